import { type Board, FlashError, type Key, type KeyPress, type Screen } from '../hal/index.ts';
import { type Primitives, phonePrimitives } from '../safe-mobile/index.ts';
import type { SuiteContent } from '../suite/index.ts';
import { Alarms } from './alarms.ts';
import { type HandsetEvent, Watchers } from './events.ts';
import { Front } from './front.ts';
import type { HandsetOptions } from './handset-options.ts';
import { immediateScreen } from './immediate-message.ts';
import { Inbox } from './inbox.ts';
import { Installer } from './installer.ts';
import { Interruptions } from './interruptions.ts';
import { type Language, SHELL_TEXTS, type ShellTexts } from './languages.ts';
import { Launcher } from './launcher.ts';
import { Notices } from './notices.ts';
import { Permissions } from './permissions.ts';
import { PushMessages } from './push-messages.ts';
import { Reception } from './reception.ts';
import { Sender } from './sender.ts';
import { loadSettings, type Settings, saveSettings } from './settings.ts';
import { Shell } from './shell.ts';
import type { Signer } from './signer.ts';
import { Speaker } from './speaker.ts';
import { SuiteChanges } from './suite-changes.ts';
import { type Installation, type ScriptLoader, Suites } from './suites.ts';
import { wholeScreen } from './whole-screen.ts';

/**
 * A feature phone: keys in, a {@link Screen} as data out. It works with any bearer and clock, and without a terminal.
 * A new handset is off; {@link powerOn} boots it from its flash.
 */
export class Handset {
  readonly #board: Board;
  readonly #inbox: Inbox;
  readonly #push: PushMessages;
  readonly #suites: Suites;
  readonly #alarms: Alarms;
  readonly #front: Front;
  readonly #shell: Shell;
  readonly #interruptions: Interruptions;
  readonly #launcher: Launcher;
  readonly #installer: Installer;
  readonly #notices: Notices;
  readonly #permissions: Permissions;
  readonly #changes: SuiteChanges;
  readonly #reception: Reception;
  readonly #speaker: Speaker;
  readonly #sender: Sender;
  readonly #watchers: Watchers;
  #settings: Settings;

  /** @throws FlashError `damaged` when the flash is not a phone's */
  constructor(options: HandsetOptions) {
    const { board, classes, scripts, language = 'en', askBeforeOpening = false } = options;
    this.#board = board;
    this.#watchers = new Watchers(board.clock, () => this.screen, options.clockTicks ?? true);
    this.#settings = loadSettings(board.flash, { language, askBeforeOpening });
    this.#inbox = new Inbox(board.flash);
    this.#push = new PushMessages(board.flash, board.clock);
    this.#suites = new Suites(board.flash, classes, scripts, options.trustedKeys);
    this.#permissions = new Permissions(board.flash);
    this.#alarms = new Alarms(board.flash, board.clock, () => this.#launcher.openWaiting());
    this.#front = new Front(board.clock, () => this.#texts, {
      changed: () => this.#watchers.draw(),
      free: () => queueMicrotask(() => this.#giveScreen()),
    });
    const emit = (event: HandsetEvent) => this.#watchers.emit(event);
    this.#speaker = new Speaker((tone) => board.buzz(tone), emit);
    this.#sender = new Sender(board.radio, emit);
    this.#shell = this.#createShell();
    this.#interruptions = this.#createInterruptions();
    this.#launcher = this.#createLauncher();
    this.#notices = new Notices(board.flash, board.clock, board.download);
    this.#installer = this.#createInstaller(options.primitives ?? phonePrimitives, scripts);
    this.#changes = this.#createChanges();
    this.#reception = this.#createReception();
  }

  /** What the LCD shows now. */
  get screen(): Screen {
    const [board, front, inbox, launcher] = [this.#board, this.#front, this.#inbox, this.#launcher];
    return wholeScreen({ board, front, inbox, launcher, interruptions: this.#interruptions, texts: this.#texts });
  }

  get language(): Language {
    return this.#settings.language;
  }

  /** The installed applications. */
  get applications(): Suites['installed'] {
    return this.#suites.installed;
  }

  /** Calls a listener with screens, sounds and messages from now on; the returned function ends that. */
  watch(watcher: (event: HandsetEvent) => void): () => void {
    return this.#watchers.add(watcher);
  }

  /** Boots: shows the idle screen, starts the radio, and opens the application for which a message waits. */
  powerOn(): void {
    if (this.#front.isOn) return;
    this.#front.clear('idle');
    this.#watchers.start();
    this.#alarms.start();
    this.#notices.start();
    this.#board.radio.receive(this.#reception.receiver);
    this.#launcher.powerOn();
  }

  /** Switches off: ends the running application. New messages stay in the modem until the phone is on again. */
  powerOff(): void {
    if (!this.#front.isOn) return;
    this.#installer.cancel();
    this.#launcher.run?.destroy();
    this.#interruptions.forget();
    this.#alarms.stop();
    this.#notices.stop();
    this.#watchers.stop();
    this.#front.clear('off');
  }

  /** One stroke of a key. */
  press(key: Key, long = false): void {
    if (key === 'power') this.#pressPower(long);
    else if (this.#front.owner === 'idle') this.#pressOnIdle({ key, long });
    else if (this.#front.owner !== 'off') {
      this.#front.press({ key, long });
      this.#interruptions.next();
    }
  }

  /** Writes a character into the text field that has the focus, as the keyboard of an emulator does; else nothing. */
  type(character: string): void {
    this.#front.type(character);
  }

  /**
   * Installs a suite from its descriptor (the text of a JAD file) or updates an installed one, ending it if it runs.
   * @param signer who signed it. Default: its classes are in the phone
   * @throws InstallError
   */
  install(jad: string, signer?: Signer): Installation {
    return this.#changes.installed(this.#suites.install(jad, signer));
  }

  /** Installs a suite whose descriptor and JAR were opened, without a question to its owner: for benches. @throws InstallError */
  installSuite(content: SuiteContent, jar: Uint8Array, source: string): Installation {
    return this.#changes.installed(this.#suites.installDownloaded(content, jar, source));
  }

  get #texts(): ShellTexts {
    return SHELL_TEXTS[this.#settings.language];
  }

  #createShell(): Shell {
    const handset = this;
    return new Shell({
      lcd: {
        show: (shown) => this.#front.show('shell', shown.view(), (event) => this.#guardShell(() => shown.event(event))),
        playSound: (type) => this.#speaker.alert(type),
        callSerially: queueMicrotask,
      },
      inbox: this.#inbox,
      permissions: this.#permissions,
      get settings() {
        return handset.#settings;
      },
      get suites() {
        return handset.#suites;
      },
      utcOffsetMinutes: (at) => this.#board.utcOffsetMinutes(at),
      change: (settings) => {
        saveSettings(this.#board.flash, settings);
        this.#settings = settings;
      },
      launch: (application) => this.#launcher.launch(application),
      open: (link) => this.#installer.open(link),
      remove: (suite) => this.#changes.remove(suite),
      leave: () => this.#goIdle(),
      postpone: (suite) => {
        this.#goIdle();
        this.#installer.again();
        this.#launcher.openOthers(suite);
      },
    });
  }

  #createInterruptions(): Interruptions {
    return new Interruptions(this.#front, {
      show: (displayable) => {
        this.#front.lockKeys();
        this.#shell.show(displayable);
      },
      leave: () => {
        this.#goIdle();
        this.#installer.again();
      },
    });
  }

  #createInstaller(primitives: Primitives, scripts: ScriptLoader | undefined): Installer {
    const handset = this;
    const { download, clock } = this.#board;
    return new Installer({
      download,
      clock,
      primitives,
      suites: this.#suites,
      scripts,
      notices: this.#notices,
      get language() {
        return handset.#settings.language;
      },
      get hasScreen() {
        return handset.#launcher.run === undefined && handset.#front.isFree;
      },
      show: (displayable, isUnasked) => {
        if (isUnasked) this.#front.lockKeys();
        this.#shell.show(displayable);
      },
      emit: (event) => this.#watchers.emit(event),
      installed: (installation) => this.#changes.installed(installation),
      launch: (application) => this.#launcher.launch(application),
      leave: () => this.#goIdle(),
    });
  }

  // A full flash does not stop the phone: the menu shows that it is full.
  #guardShell(task: () => void): void {
    try {
      task();
    } catch (error) {
      if (!(error instanceof FlashError)) throw error;
      this.#shell.trouble(error.message);
    }
  }

  #createLauncher(): Launcher {
    const handset = this;
    return new Launcher({
      board: this.#board,
      push: this.#push,
      alarms: this.#alarms,
      suites: this.#suites,
      front: this.#front,
      get language() {
        return handset.#settings.language;
      },
      get askBeforeOpening() {
        return handset.#settings.askBeforeOpening;
      },
      holdUp: () => {
        this.#speaker.alert('ALARM');
        this.#watchers.draw();
      },
      permissions: this.#permissions,
      ask: (question) => this.#interruptions.ask(question),
      send: (message) => this.#sender.send(message),
      show: (view, listener) => this.#interruptions.applicationShows(view, listener),
      playSound: (type) => this.#speaker.alert(type),
      emit: (event) => this.#watchers.emit(event),
      askToOpen: (application, cause, open) => {
        this.#speaker.alert('ALARM');
        this.#front.lockKeys();
        this.#shell.ask(application, cause, open);
      },
      closed: (failed, requested) => {
        this.#interruptions.applicationEnded();
        // Switched off while the application was in the middle of a call.
        if (!this.#front.isOn) return;
        this.#front.clear('idle');
        this.#installer.again();
        if (requested !== undefined) this.#installer.openFor(requested);
        if (failed !== undefined) this.#shell.failed(failed);
        if (this.#front.owner === 'shell') this.#front.lockKeys();
        else this.#interruptions.next();
      },
    });
  }

  #createChanges(): SuiteChanges {
    const handset = this;
    return new SuiteChanges({
      suites: this.#suites,
      alarms: this.#alarms,
      push: this.#push,
      permissions: this.#permissions,
      notices: this.#notices,
      get run() {
        return handset.#launcher.run;
      },
      emit: (event) => this.#watchers.emit(event),
      draw: () => this.#watchers.draw(),
    });
  }

  #createReception(): Reception {
    const handset = this;
    return new Reception({
      inbox: this.#inbox,
      push: this.#push,
      suites: this.#suites,
      get run() {
        return handset.#launcher.run;
      },
      get isOn() {
        return handset.#front.isOn;
      },
      emit: (event) => this.#watchers.emit(event),
      now: () => this.#board.clock.now(),
      showNow: (message) => {
        this.#speaker.play('message');
        const offset = this.#board.utcOffsetMinutes(message.sentAt);
        this.#interruptions.tell(immediateScreen(message, offset, this.#texts), this.#texts.ok);
      },
      textCame: (rings) => {
        if (rings) this.#speaker.play('message');
        this.#watchers.draw();
      },
      openWaiting: () => this.#launcher.openWaiting(),
    });
  }

  // The red key: held, it switches the phone on or off; pressed, it ends the application and shows the idle screen.
  #pressPower(long: boolean): void {
    if (!this.#front.isOn) this.powerOn();
    else if (long) this.powerOff();
    else if (this.#launcher.run !== undefined) this.#launcher.run.destroy();
    else {
      this.#installer.cancel();
      this.#goIdle();
    }
  }

  #pressOnIdle({ key }: KeyPress): void {
    if (key === 'soft-left' || key === 'select') this.#shell.menu();
    else if (key === 'soft-right') this.#shell.messages();
  }

  #goIdle(): void {
    this.#front.clear('idle');
    this.#interruptions.next();
  }

  /** A question of the phone is answered: the next one comes, or the application that has waited. */
  #giveScreen(): void {
    this.#interruptions.free();
    this.#launcher.openNext();
  }
}
