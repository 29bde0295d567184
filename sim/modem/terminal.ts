import { type Clock, type FarEnd, sleep } from '../../modem/index.ts';
import { CommandLineInput, type Completed, EntryInput } from './line-input.ts';
import type { WireHabits } from './personality.ts';
import { RESULT_NUMBERS } from './result.ts';

/** What is typed while a command runs waits; beyond this, it is lost. */
const INPUT_QUEUE_OCTETS = 64 * 1024;
/** Unsolicited codes that wait for the end of a command; beyond this, the oldest is lost. */
const HELD_CODES = 100;

/** How a terminal talks (ITU-T V.250, 6.2). What `ATZ` and `AT&F` set back. */
export interface TalkSettings {
  echo: boolean;
  verbose: boolean;
  quiet: boolean;
  /** S3, S4 and S5. */
  lineEnd: number;
  lineFeed: number;
  backspace: number;
}

/** Talk settings as they are after power-on. */
export const talkDefaults = (): TalkSettings => ({
  echo: true,
  verbose: true,
  quiet: false,
  lineEnd: 0x0d,
  lineFeed: 0x0a,
  backspace: 0x08,
});

interface Entry {
  readonly input: EntryInput;
  readonly mode: 'pdu' | 'text';
  done(octets: Uint8Array | undefined): void;
}

/** Runs a command line and resolves to its final result code; to nothing when the modem stays silent. Never throws. */
export type LineRunner = (body: string) => Promise<string | undefined>;

/**
 * One line into the modem: takes octets one by one, echoes, runs one command line at a time, and frames what goes back.
 * Unsolicited codes wait while a command runs or its prompt is open.
 */
export class Terminal {
  readonly talk: TalkSettings = talkDefaults();
  readonly #line: FarEnd;
  readonly #run: LineRunner;
  readonly #wire: WireHabits;
  readonly #clock: Clock;
  readonly #commands = new CommandLineInput();
  #entry: Entry | undefined;
  #running = false;
  #present = false;
  #deaf: boolean;
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;
  #held: string[] = [];
  #echo: number[] = [];

  constructor(line: FarEnd, run: LineRunner, wire: WireHabits, clock: Clock, changed: () => void) {
    this.#line = line;
    this.#run = run;
    this.#wire = wire;
    this.#clock = clock;
    this.#deaf = wire.swallowsFirstLine;
    line.listen({
      opened: () => {
        this.#present = true;
        this.#deaf = wire.swallowsFirstLine;
        if (wire.staleAtOpen !== '') this.#send(wire.staleAtOpen);
        changed();
      },
      data: (octets) => this.#take(octets),
      closed: () => {
        this.#leave();
        changed();
      },
    });
  }

  /** Whether a host has the line open. */
  get present(): boolean {
    return this.#present;
  }

  /** Sends the information text of one command; its lines are separated, and framed as one (ITU-T V.250, 5.7.1). */
  respond(lines: readonly string[]): void {
    if (lines.length > 0) this.#sendFramed(lines);
  }

  /** Sends an unsolicited code as soon as no command is running. */
  notify(lines: readonly string[]): void {
    if (!this.#present) return;
    if (!this.#running || this.#wire.codesInterrupt) {
      this.#sendFramed(lines);
      return;
    }
    this.#held.push(this.#framed(lines));
    if (this.#held.length > HELD_CODES) this.#held.shift();
  }

  /**
   * Opens the prompt, CR LF `> `, and resolves to what was typed up to Ctrl-Z; `undefined` after ESC.
   * In text mode each line gets a prompt of its own (3GPP TS 27.005, 3.5.1).
   */
  async prompt(mode: 'pdu' | 'text'): Promise<Uint8Array | undefined> {
    if (this.#wire.promptDelayMs > 0) await sleep(this.#clock, this.#wire.promptDelayMs);
    this.#send(this.#wire.prompt);
    return new Promise((done) => {
      this.#entry = { input: new EntryInput(), mode, done };
      this.#pump();
    });
  }

  /** Pulls the line away from the host. */
  hangUp(): void {
    this.#line.hangUp();
  }

  #take(octets: Uint8Array): void {
    if (this.#waitingOctets + octets.length > INPUT_QUEUE_OCTETS) return;
    this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    this.#pump();
  }

  #pump(): void {
    while (!this.#running || this.#entry !== undefined) {
      const octet = this.#nextOctet();
      if (octet === undefined) break;
      if (this.#entry === undefined) this.#typeCommand(octet);
      else this.#typeEntry(this.#entry, octet);
    }
    this.#flushEcho();
  }

  #nextOctet(): number | undefined {
    const first = this.#waiting[0];
    if (first === undefined) return undefined;
    if (first.length > 1) this.#waiting[0] = first.subarray(1);
    else this.#waiting.shift();
    this.#waitingOctets -= 1;
    return first[0];
  }

  #typeCommand(octet: number): void {
    this.#echoBack(octet);
    const completed = this.#commands.take(octet, this.talk.lineEnd, this.talk.backspace);
    if (completed === undefined) return;
    if (this.#deaf) {
      this.#deaf = false;
      return;
    }
    this.#flushEcho();
    this.#running = true;
    void this.#finish(completed);
  }

  async #finish(completed: Completed): Promise<void> {
    const result = completed.kind === 'line' ? await this.#run(completed.body) : 'ERROR';
    this.#running = false;
    this.#end(result);
    for (const code of this.#held.splice(0)) this.#send(code);
    this.#pump();
  }

  #typeEntry(entry: Entry, octet: number): void {
    const step = entry.input.take(octet);
    const typed = step === 'more' || step === 'new-line';
    if (typed || this.#wire.echoesCtrlZ) this.#echoBack(octet);
    if (step === 'new-line' && entry.mode === 'text') {
      this.#flushEcho();
      this.#send(this.#wire.prompt);
    }
    if (typed) return;
    this.#entry = undefined;
    entry.done(step === 'done' ? entry.input.octets : undefined);
  }

  #end(result: string | undefined): void {
    if (result === undefined || this.talk.quiet) return;
    if (this.talk.verbose) {
      this.#sendFramed([result]);
      if (this.#wire.orphanOkAfterError && result !== 'OK') this.#sendFramed(['OK']);
    } else this.#send(`${RESULT_NUMBERS[result] ?? result}${String.fromCharCode(this.talk.lineEnd)}`);
  }

  #sendFramed(lines: readonly string[]): void {
    this.#send(this.#framed(lines));
  }

  #framed(lines: readonly string[]): string {
    const end = this.#wire.lineEnd ?? String.fromCharCode(this.talk.lineEnd, this.talk.lineFeed);
    const start = this.talk.verbose ? (this.#wire.lineStart ?? end) : '';
    return `${start}${lines.join(end)}${end}`;
  }

  #echoBack(octet: number): void {
    if (this.talk.echo && this.#wire.echoes) this.#echo.push(octet);
  }

  #flushEcho(): void {
    if (this.#echo.length === 0) return;
    this.#line.write(Uint8Array.from(this.#echo));
    this.#echo = [];
  }

  /** Each character of `text` is one octet. */
  #send(text: string): void {
    this.#line.write(new Uint8Array(Buffer.from(text, 'latin1')));
  }

  #leave(): void {
    this.#present = false;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#held = [];
    this.#echo = [];
    const entry = this.#entry;
    this.#entry = undefined;
    entry?.done(undefined);
  }
}
