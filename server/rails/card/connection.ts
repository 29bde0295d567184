import type { Cancel, Clock } from '../../../modem/index.ts';
import { messageOf } from '../../vocabulary/errors.ts';
import { type Framing, framed, Unframing } from './framing.ts';
import { isoTime } from './iso-time.ts';
import { decodeIso, encodeIso, type IsoMessage, type Variant } from './iso8583.ts';
import type { Line, OpenLine } from './line.ts';
import { type MacKey, openIso, sealIso } from './mac.ts';

/** How host and service speak with each other; the two have agreed on it. */
export interface Dialect {
  readonly variant: Variant;
  readonly framing: Framing;
  /** Every message has an authentication code made with it, except without a key. */
  readonly macKey?: MacKey;
}

/** How a {@link CardConnection} is made. */
export interface ConnectionOptions {
  readonly open: OpenLine;
  readonly clock: Clock;
  readonly dialect: Dialect;
  /** When the host is asked whether it is there, ms after the last message. Default: {@link SILENCE_MS}. */
  readonly silenceMs?: number;
  /** Hears that the host has ended its business day, DE 15 of its message. */
  readonly cutOff?: (day: string | undefined) => void;
  /** Hears in a sentence what has become of the connection. */
  readonly told?: (what: string) => void;
}

/** What became of a request. `not-sent`: not an octet has left. `no-answer`: the host has it or not. */
export type Exchange = IsoMessage | 'not-sent' | 'no-answer';

/** Network management information codes, DE 70. */
const SIGN_ON = '001';
const CUT_OFF = '201';
const ECHO = '301';

/** Pauses before the connection is opened again, ms; the last one goes on. */
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

/** How long a network management message is waited for, ms. */
const MANAGEMENT_LIMIT_MS = 10_000;

/** How long a request waits for a connection that is being opened, ms: after a start, or a short interruption. */
const SIGN_ON_LIMIT_MS = 5_000;

const SILENCE_MS = 60_000;

/** What a wait for an answer is known by. */
type AnswerKey = string;

/**
 * The connection to a card host: opened, signed on (0800, DE 70 001), asked for an echo after a silence, and opened again
 * after pauses when it is lost. Answers are matched by message type, terminal (DE 41) and trace number (DE 11): one that matches no
 * request, or cannot be read, or has a wrong code, is passed over, so its request ends without an answer.
 */
export class CardConnection {
  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<AnswerKey, Set<(answer: Exchange) => void>>();
  readonly #wantReady = new Set<() => void>();
  #line: Line | undefined;
  #unframing: Unframing;
  #isSignedOn = false;
  #isRunning = false;
  #failures = 0;
  #trace = 0;
  #next: Cancel = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#unframing = new Unframing(options.dialect.framing);
  }

  /** Opens the connection and keeps it open. @returns what ends it */
  start(): () => void {
    this.#isRunning = true;
    this.#open();
    return () => {
      this.#isRunning = false;
      this.#drop();
      for (const end of [...this.#wantReady]) end();
    };
  }

  /**
   * Sends a request with DE 41 and DE 11, as soon as the host is signed on, and waits for its answer.
   * @param limitMs for both. @throws IsoError when it cannot be encoded
   */
  async exchange(request: IsoMessage, limitMs: number): Promise<Exchange> {
    const from = this.#options.clock.now();
    if (!this.#isSignedOn) await this.#signedOn(Math.min(limitMs, SIGN_ON_LIMIT_MS));
    const leftMs = limitMs - (this.#options.clock.now() - from);
    // A process that was stopped meanwhile sends nothing late: another one may have taken the order up.
    return this.#isSignedOn && leftMs > 0 ? this.#exchange(request, leftMs) : 'not-sent';
  }

  /** Resolves when the host is signed on, at the latest after this time. */
  #signedOn(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#wantReady.delete(end);
        resolve();
      };
      const cancel = this.#options.clock.after(limitMs, end);
      this.#wantReady.add(end);
    });
  }

  #open(): void {
    const { open, dialect } = this.#options;
    this.#unframing = new Unframing(dialect.framing);
    this.#line = open({
      opened: () => void this.#signOn(),
      received: (octets) => this.#received(octets),
      closed: (reason) => this.#lost(reason),
    });
  }

  async #signOn(): Promise<void> {
    const line = this.#line;
    const answer = await this.#manage(SIGN_ON);
    // The line may have ended meanwhile, and another one be open.
    if (line !== this.#line || answer === 'not-sent') return;
    const code = answer === 'no-answer' ? undefined : answer.fields.get(39);
    if (code !== '00') {
      this.#lost(
        code === undefined ? 'the host does not answer the sign-on' : `the host refuses the sign-on (${code})`,
      );
      return;
    }
    this.#isSignedOn = true;
    this.#failures = 0;
    this.#options.told?.('signed on at the card host');
    for (const end of [...this.#wantReady]) end();
    this.#watch();
  }

  /** After a silence the host is asked whether it is there. */
  #watch(): void {
    this.#next();
    const { clock, silenceMs = SILENCE_MS } = this.#options;
    this.#next = clock.after(silenceMs, () => void this.#echo());
  }

  async #echo(): Promise<void> {
    const line = this.#line;
    const answer = await this.#manage(ECHO);
    if (answer === 'no-answer' && line === this.#line) this.#lost('the host does not answer an echo');
  }

  #manage(code: string): Promise<Exchange> {
    this.#trace = (this.#trace % 999_999) + 1;
    const fields = new Map([
      [7, isoTime(this.#options.clock.now()).transmission],
      [11, `${this.#trace}`.padStart(6, '0')],
      [70, code],
    ]);
    return this.#exchange({ mti: '0800', fields }, MANAGEMENT_LIMIT_MS);
  }

  #exchange(request: IsoMessage, limitMs: number): Promise<Exchange> {
    const octets = this.#encoded(request);
    const line = this.#line;
    if (line === undefined) return Promise.resolve('not-sent');
    const key = keyOf(answerType(request.mti), request.fields);
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(key) ?? new Set();
      const end = (answer: Exchange) => {
        cancel();
        waiters.delete(end);
        if (waiters.size === 0) this.#waiting.delete(key);
        resolve(answer);
      };
      const cancel = this.#options.clock.after(limitMs, () => end('no-answer'));
      this.#waiting.set(key, waiters.add(end));
      line.write(octets);
    });
  }

  #received(octets: Uint8Array): void {
    try {
      for (const message of this.#unframing.take(octets)) this.#heard(message);
    } catch (error) {
      this.#lost(`what the host sends cannot be divided into messages: ${messageOf(error)}`);
    }
  }

  #heard(octets: Uint8Array): void {
    if (this.#isSignedOn) this.#watch();
    const message = this.#decoded(octets);
    if (message === undefined) return;
    if (message.mti === '0800') this.#answer(message);
    else for (const end of [...(this.#waiting.get(keyOf(message.mti, message.fields)) ?? [])]) end(message);
  }

  /** The host asks for an echo, or says that its business day has ended. */
  #answer({ fields }: IsoMessage): void {
    const code = fields.get(70) ?? '';
    const known = code === ECHO || code === CUT_OFF;
    const repeated = [7, 11, 15, 41, 70].flatMap((field) => {
      const value = fields.get(field);
      return value === undefined ? [] : [[field, value] as const];
    });
    this.#line?.write(this.#encoded({ mti: '0810', fields: new Map([...repeated, [39, known ? '00' : '12']]) }));
    if (code === CUT_OFF) this.#options.cutOff?.(fields.get(15));
  }

  #encoded(message: IsoMessage): Uint8Array {
    const { variant, framing, macKey } = this.#options.dialect;
    const octets = macKey === undefined ? encodeIso(message, variant) : sealIso(message, variant, macKey);
    return framed(octets, framing);
  }

  /** `undefined`: it cannot be read, or its code is wrong. */
  #decoded(octets: Uint8Array): IsoMessage | undefined {
    const { variant, macKey } = this.#options.dialect;
    try {
      return macKey === undefined ? decodeIso(octets, variant) : openIso(octets, variant, macKey);
    } catch (error) {
      this.#options.told?.(`a message of the card host is passed over: ${messageOf(error)}`);
      return undefined;
    }
  }

  #lost(reason: string): void {
    this.#drop();
    if (!this.#isRunning) return;
    const pause = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#options.told?.(`no connection to the card host: ${reason}; the next try is in ${pause / 1_000} s`);
    this.#next = this.#options.clock.after(pause, () => this.#open());
  }

  /** Ends the line; whoever waits for an answer gets none. */
  #drop(): void {
    this.#next();
    this.#isSignedOn = false;
    this.#line?.close();
    this.#line = undefined;
    for (const end of [...this.#waiting.values()].flatMap((waiters) => [...waiters])) end('no-answer');
  }
}

/** The type of the answer: 0210 to 0200 and 0201, 0430 to 0420. */
function answerType(mti: string): string {
  return `${mti.slice(0, 2)}${Number(mti.charAt(2)) + 1}0`;
}

function keyOf(mti: string, fields: ReadonlyMap<number, string>): AnswerKey {
  return `${mti} ${fields.get(41) ?? ''} ${fields.get(11) ?? ''}`;
}
