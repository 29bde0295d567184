import {
  Alert,
  ChoiceGroup,
  Command,
  Display,
  type Displayable,
  Form,
  type LcdPlatform,
  List,
  StringItem,
} from '../midp/index.ts';
import { addCommands, type OwnCommand } from './commands.ts';
import { localTime } from './idle-screen.ts';
import type { Inbox, InboxMessage } from './inbox.ts';
import { calledInQuestion, trustText } from './indicator.ts';
import { INSTALL_TEXTS } from './install-texts.ts';
import { LANGUAGE_NAMES, LANGUAGES, SHELL_TEXTS, type ShellTexts } from './languages.ts';
import { type Link, linkInText, linkOf } from './link.ts';
import { permissionScreen } from './permission-screen.ts';
import type { Grants, Permissions } from './permissions.ts';
import type { Settings } from './settings.ts';
import type { Suite, SuiteMidlet, Suites } from './suites.ts';

/** The part of the phone that its own menus use. */
export interface ShellPhone {
  readonly lcd: LcdPlatform;
  readonly inbox: Inbox;
  readonly settings: Settings;
  readonly suites: Suites;
  readonly permissions: Permissions;
  utcOffsetMinutes(at: number): number;
  change(settings: Settings): void;
  launch(application: SuiteMidlet): void;
  /** Opens the link of a message. */
  open(link: Link): void;
  /** Removes a suite with all that it has stored. */
  remove(suite: Suite): void;
  /** Back to the idle screen. */
  leave(): void;
  /** Not this suite now: back to the idle screen, or to another application that waits. */
  postpone(suite: Suite): void;
}

/** A line of a menu, and where it leads. */
interface Line {
  readonly label: string;
  open(): void;
  details?(): void;
}

/** The phone's own menus: messages, applications, settings, built with the same views as those of applications. */
export class Shell {
  readonly #phone: ShellPhone;
  readonly #display: Display;

  constructor(phone: ShellPhone) {
    this.#phone = phone;
    this.#display = new Display(phone.lcd);
  }

  /** The main menu. */
  menu(): void {
    const texts = this.#texts();
    this.#list(
      texts.menu,
      [
        { label: texts.messages, open: () => this.messages(() => this.menu()) },
        { label: texts.applications, open: () => this.#applications() },
        { label: texts.settings, open: () => this.#settings() },
      ],
      () => this.#phone.leave(),
    );
  }

  /** The inbox, newest message first. @param back called by "Back"; default: shows the idle screen */
  messages(back: () => void = () => this.#phone.leave()): void {
    const texts = this.#texts();
    const lines = this.#phone.inbox.messages.toReversed().map((message) => ({
      label: `${message.read ? '' : '* '}${message.from} ${message.text}`,
      open: () => this.#message(message, back),
    }));
    if (lines.length === 0) this.#note(texts.messages, texts.noMessages, back);
    else this.#list(texts.messages, lines, back);
  }

  /** Asks whether a message or an alarm may open its application. */
  ask({ suite }: SuiteMidlet, cause: 'message' | 'alarm', open: () => void): void {
    const texts = this.#texts();
    const { name } = suite.descriptor;
    const called = calledInQuestion(suite, this.#phone.settings.language);
    const asks = (cause === 'alarm' ? texts.openForAlarm : texts.openNow).replace('{}', () => called);
    const alert = new Alert(name, asks, 'ALARM');
    addCommands(alert, [
      { label: texts.open, type: 'OK', does: open },
      { label: texts.later, type: 'CANCEL', does: () => this.#phone.postpone(suite) },
    ]);
    this.#display.setCurrent(alert);
  }

  /** Says that an application had to be closed. */
  failed(suite: Suite): void {
    const { name } = suite.descriptor;
    const alert = new Alert(name, this.#texts().applicationFailed.replace('{}', name), 'ERROR');
    alert.onDismiss(() => this.#phone.postpone(suite));
    this.#display.setCurrent(alert);
  }

  /** Shows a screen of another part of the phone. */
  show(displayable: Displayable): void {
    this.#display.setCurrent(displayable);
  }

  /** Says what went wrong. */
  trouble(message: string): void {
    const alert = new Alert('', message, 'ERROR');
    alert.onDismiss(() => this.menu());
    this.#display.setCurrent(alert);
  }

  #message(message: InboxMessage, back: () => void): void {
    const texts = this.#texts();
    const { inbox } = this.#phone;
    inbox.markRead(message.id);
    const form = new Form(message.from, [
      new StringItem('', message.text),
      new StringItem(texts.at, localTime(message.sentAt, this.#phone.utcOffsetMinutes(message.sentAt))),
    ]);
    const remove = () => {
      inbox.delete(message.id);
      this.messages(back);
    };
    const link = message.link === undefined ? linkInText(message.text) : linkOf(message.link);
    const open: readonly OwnCommand[] =
      link === undefined ? [] : [{ label: texts.open, type: 'SCREEN', does: () => this.#phone.open(link) }];
    addCommands(form, [
      ...open,
      { label: texts.delete, type: 'SCREEN', does: remove },
      { label: texts.back, type: 'BACK', does: () => this.messages(back) },
    ]);
    this.#display.setCurrent(form);
  }

  #applications(): void {
    const texts = this.#texts();
    const lines = this.#phone.suites.midlets.map((application) => ({
      label: labelOf(application),
      open: () => this.#phone.launch(application),
      details: () => this.#details(application.suite),
    }));
    if (lines.length === 0) this.#note(texts.applications, texts.noApplications, () => this.menu());
    else this.#list(texts.applications, lines, () => this.menu(), texts.details);
  }

  #details(suite: Suite): void {
    const texts = this.#texts();
    const { descriptor, signer, trust } = suite;
    const installTexts = INSTALL_TEXTS[this.#phone.settings.language];
    const form = new Form(descriptor.name, [
      new StringItem(texts.version, descriptor.version),
      new StringItem(texts.vendor, descriptor.vendor),
      new StringItem(installTexts.trust, trustText(signer, trust, installTexts)),
      new StringItem(texts.permissions, descriptor.permissions.join('\n')),
    ]);
    const choose: OwnCommand = { label: texts.permissions, type: 'SCREEN', does: () => this.#choose(suite) };
    addCommands(form, [
      ...(suite.signer.kind === 'phone' ? [] : [choose]),
      { label: installTexts.remove, type: 'SCREEN', does: () => this.#askRemoval(suite) },
      { label: texts.back, type: 'BACK', does: () => this.#applications() },
    ]);
    this.#display.setCurrent(form);
  }

  /** What an application may do. */
  #choose(suite: Suite): void {
    const { permissions, settings } = this.#phone;
    const { ok, back } = this.#texts();
    const details = () => this.#details(suite);
    const save = (grants: Grants) => {
      permissions.set(suite, grants);
      details();
    };
    const actions = { ok, back, save, leave: details };
    this.show(permissionScreen(suite, permissions.of(suite), INSTALL_TEXTS[settings.language], actions));
  }

  #askRemoval(suite: Suite): void {
    const { remove, removeText } = INSTALL_TEXTS[this.#phone.settings.language];
    const { name } = suite.descriptor;
    const form = new Form(name, [
      new StringItem(
        '',
        removeText.replace('{}', () => name),
      ),
    ]);
    const yes = () => {
      this.#phone.remove(suite);
      this.#applications();
    };
    addCommands(form, [
      { label: remove, type: 'OK', does: yes },
      { label: this.#texts().back, type: 'BACK', does: () => this.#details(suite) },
    ]);
    this.#display.setCurrent(form);
  }

  #settings(): void {
    const texts = this.#texts();
    const { settings } = this.#phone;
    const language = new ChoiceGroup(
      texts.language,
      'EXCLUSIVE',
      LANGUAGES.map((name) => LANGUAGE_NAMES[name]),
    );
    language.setSelectedIndex(LANGUAGES.indexOf(settings.language), true);
    const opening = new ChoiceGroup(texts.openApplications, 'EXCLUSIVE', [texts.atOnce, texts.askFirst]);
    opening.setSelectedIndex(settings.askBeforeOpening ? 1 : 0, true);
    const form = new Form(texts.settings, [language, opening]);
    const save = () => {
      const chosen = LANGUAGES[language.getSelectedIndex()] ?? settings.language;
      this.#phone.change({ language: chosen, askBeforeOpening: opening.getSelectedIndex() === 1 });
      this.menu();
    };
    addCommands(form, [
      { label: texts.ok, type: 'OK', does: save },
      { label: texts.back, type: 'BACK', does: () => this.menu() },
    ]);
    this.#display.setCurrent(form);
  }

  #texts(): ShellTexts {
    return SHELL_TEXTS[this.#phone.settings.language];
  }

  #list(title: string, lines: readonly Line[], back: () => void, details?: string): void {
    const list = new List(
      title,
      'IMPLICIT',
      lines.map(({ label }) => label),
    );
    const select = new Command(this.#texts().select, 'ITEM', 1);
    const more = new Command(details ?? '', 'SCREEN', 1);
    list.setSelectCommand(select);
    list.addCommand(new Command(this.#texts().back, 'BACK', 1));
    if (details !== undefined) list.addCommand(more);
    list.setCommandListener((command) => {
      const line = lines[list.getSelectedIndex()];
      if (command === select) line?.open();
      else if (command === more) line?.details?.();
      else back();
    });
    this.#display.setCurrent(list);
  }

  #note(title: string, text: string, then: () => void): void {
    const alert = new Alert(title, text, 'INFO', 2_000);
    alert.onDismiss(then);
    this.#display.setCurrent(alert);
  }
}

/** A suite of one application is called by its own name. */
function labelOf({ suite, midlet }: SuiteMidlet): string {
  return suite.descriptor.midlets.length === 1 ? suite.descriptor.name : midlet.name;
}
