import { type Clock, type FarEnd, sleep } from '../../modem/index.ts';
import type { LineFaultAction, Said } from '../network/fault-kinds.ts';
import type { SeededRandom } from '../random.ts';
import { CommandLineInput, type Completed, EntryInput } from './command-line-input.ts';
import { codeOf } from './line-faults.ts';
import { LineOutput } from './line-output.ts';
import { LineReader } from './line-reader.ts';
import type { WireHabits } from './personality.ts';
import { RESULT_NUMBERS } from './result.ts';
import type { TalkSettings } from './talk.ts';

/** Unsolicited codes that may wait for the end of a command; one more makes the oldest lost. */
const HELD_CODES = 100;

interface Entry {
  readonly input: EntryInput;
  readonly mode: 'pdu' | 'text';
  done(octets: Uint8Array | undefined): void;
}

/** The modem behind a terminal. */
export interface TerminalHost {
  readonly wire: WireHabits;
  /** Echo and form of the output at the start. */
  readonly talk: TalkSettings;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Runs a command line, which is the `first` since the host came, and resolves to its final result code; to nothing when the modem stays silent. Never throws. */
  run(body: string, first: boolean): Promise<string | undefined>;
  /** The faults for an output that is about to be sent while `command` runs. */
  strikes(said: Said, command: string | undefined): readonly LineFaultAction[];
  /** A host came or went. */
  changed(): void;
  /** The host does not read, and the octets that waited for it are lost. */
  overflowed(): void;
}

/**
 * One line into the modem: takes octets one by one, echoes, runs one command line at a time, and frames what goes back.
 * Unsolicited codes wait while a command runs or its prompt is open.
 */
export class Terminal {
  readonly talk: TalkSettings;
  /** Whether unsolicited codes come on this line (`^PORTSEL`). */
  codes: boolean;
  /** The command that runs, for faults that strike while it does. */
  command: string | undefined;
  readonly #line: FarEnd;
  readonly #host: TerminalHost;
  readonly #output: LineOutput;
  readonly #reader: LineReader;
  readonly #commands: CommandLineInput;
  #entry: Entry | undefined;
  #running = false;
  #present = false;
  /** Counts restarts of the modem: output of a command from before a restart is dropped. */
  #life = 0;
  #first = true;
  #linesHigh = true;
  #answer = '';
  #held: string[] = [];
  #echo: number[] = [];

  constructor(line: FarEnd, host: TerminalHost, codes: boolean) {
    this.#line = line;
    this.#host = host;
    this.talk = { ...host.talk };
    this.#commands = new CommandLineInput(host.wire.keepsEscape);
    this.codes = codes;
    this.#output = new LineOutput(line, host.clock, host.random);
    this.#reader = new LineReader(host.clock, host.wire.characterMs);
    line.listen({
      opened: () => this.#opened(),
      data: (octets) => {
        if (host.wire.needsControlLines && !this.#linesHigh) return;
        this.#reader.take(octets);
        this.#pump();
      },
      closed: () => {
        this.#leave();
        host.changed();
      },
      overflowed: () => host.overflowed(),
      controlled: ({ dtr, rts }) => {
        this.#linesHigh = dtr && rts;
      },
    });
  }

  /** Whether a host has the line open. */
  get present(): boolean {
    return this.#present;
  }

  /** Adds the information text of one command; its lines are separated, and framed as one (ITU-T V.250, 5.7.1). */
  respond(lines: readonly string[]): void {
    if (lines.length > 0) this.#answer += this.#framed(lines);
  }

  /** Sends an unsolicited code as soon as no command is running. */
  notify(lines: readonly string[]): void {
    if (!this.#present || !this.codes) return;
    const code = this.#framed(lines);
    if (!this.#running || this.#host.wire.codesInterrupt) {
      this.#say('code', code);
      return;
    }
    this.#held.push(code);
    if (this.#held.length > HELD_CODES) this.#held.shift();
  }

  /**
   * Opens the prompt, CR LF `> `, and resolves to what was typed up to Ctrl-Z; `undefined` after ESC.
   * In text mode each line gets a prompt of its own (3GPP TS 27.005, 3.5.1).
   */
  async prompt(mode: 'pdu' | 'text'): Promise<Uint8Array | undefined> {
    const { wire, clock } = this.#host;
    const life = this.#life;
    this.#flushAnswer();
    if (wire.promptDelayMs > 0) await sleep(clock, wire.promptDelayMs);
    if (life !== this.#life) return undefined;
    this.#say('prompt', wire.prompt);
    return new Promise((done) => {
      this.#entry = { input: new EntryInput(), mode, done };
      this.#pump();
    });
  }

  /** Sends octets that are neither an answer nor a code, even while a command runs. */
  interject(text: string): void {
    if (this.#present) this.#output.say(codeOf(text));
  }

  /** Sends nothing for `ms`, then all output that waited. */
  stall(ms: number): void {
    this.#output.stall(ms);
  }

  /** The modem restarts: a running command is dropped and never answered. */
  restart(talk: TalkSettings): void {
    Object.assign(this.talk, talk);
    this.#forget();
  }

  /** Pulls the line away from the host. */
  hangUp(): void {
    this.#forget();
    this.#line.hangUp();
  }

  /** Puts the line back, under another name if it has one. */
  plugIn(renamed: boolean): void {
    this.#line.plugIn?.(renamed);
  }

  #opened(): void {
    const { staleAtOpen } = this.#host.wire;
    this.#present = true;
    this.#first = true;
    this.#host.changed();
    if (staleAtOpen !== '') this.#output.say(octetsOf(staleAtOpen));
  }

  #pump(): void {
    while (!this.#running || this.#entry !== undefined) {
      const octet = this.#reader.next();
      if (octet === undefined) break;
      if (this.#entry === undefined) this.#typeCommand(octet);
      else this.#typeEntry(this.#entry, octet);
    }
    this.#flushEcho();
  }

  #typeCommand(octet: number): void {
    this.#echoBack(octet);
    const completed = this.#commands.take(octet, this.talk.lineEnd, this.talk.backspace);
    if (completed === undefined) return;
    const { firstLine, answersAll } = this.#host.wire;
    const first = this.#first;
    this.#first = false;
    if (first && firstLine === 'unheard') return;
    this.#flushEcho();
    if (answersAll !== undefined) this.#say('answer', this.#framed([answersAll]));
    else if (first && firstLine === 'forgotten') this.#say('answer', this.#framed(['OK']));
    else void this.#execute(completed, first);
  }

  async #execute(completed: Completed, first: boolean): Promise<void> {
    this.#running = true;
    const life = this.#life;
    const result = completed.kind === 'line' ? await this.#host.run(completed.body, first) : 'ERROR';
    if (life !== this.#life) return;
    this.#running = false;
    if (result !== undefined) this.#answer += this.#resultText(result);
    this.#flushAnswer();
    this.command = undefined;
    for (const code of this.#held.splice(0)) this.#say('code', code);
    this.#pump();
  }

  #typeEntry(entry: Entry, octet: number): void {
    const step = entry.input.take(octet);
    const typed = step === 'more' || step === 'new-line';
    if (typed || this.#host.wire.echoesCtrlZ) this.#echoBack(octet);
    if (step === 'new-line' && entry.mode === 'text') {
      this.#flushEcho();
      this.#say('prompt', this.#host.wire.prompt);
    }
    if (typed) return;
    this.#entry = undefined;
    entry.done(step === 'done' ? entry.input.octets : undefined);
  }

  #resultText(result: string): string {
    if (this.talk.quiet) return '';
    if (!this.talk.verbose) return `${RESULT_NUMBERS[result] ?? result}${String.fromCharCode(this.talk.lineEnd)}`;
    const orphan = this.#host.wire.orphanOkAfterError && result !== 'OK' ? this.#framed(['OK']) : '';
    return `${this.#framed([result])}${orphan}`;
  }

  #framed(lines: readonly string[]): string {
    const { wire } = this.#host;
    const end = wire.lineEnd ?? String.fromCharCode(this.talk.lineEnd, this.talk.lineFeed);
    const start = this.talk.verbose ? (wire.lineStart ?? end) : '';
    const text = `${start}${lines.join(end)}${end}`;
    return wire.nuls ? `\0${text.slice(0, start.length + 1)}\0${text.slice(start.length + 1)}` : text;
  }

  #flushAnswer(): void {
    const answer = this.#answer;
    this.#answer = '';
    if (answer !== '') this.#say('answer', answer);
  }

  #say(said: Said, text: string): void {
    this.#output.say(octetsOf(text), this.#host.strikes(said, said === 'code' ? undefined : this.command));
  }

  #echoBack(octet: number): void {
    if (this.talk.echo && this.#host.wire.echoes) this.#echo.push(octet);
  }

  #flushEcho(): void {
    if (this.#echo.length === 0) return;
    this.#output.say(Uint8Array.from(this.#echo));
    this.#echo = [];
  }

  #leave(): void {
    this.#present = false;
    this.#reader.reset();
    this.#output.reset();
    this.#held = [];
    this.#echo = [];
    this.#abandonEntry();
  }

  #forget(): void {
    this.#life += 1;
    this.#running = false;
    this.command = undefined;
    this.#answer = '';
    this.#held = [];
    this.#abandonEntry();
  }

  #abandonEntry(): void {
    const entry = this.#entry;
    this.#entry = undefined;
    entry?.done(undefined);
  }
}

/** Each character of `text` is one octet. */
function octetsOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
