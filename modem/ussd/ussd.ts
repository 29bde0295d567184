import type { Chat } from '../at/chat.ts';
import { AtRefused } from '../at/command.ts';
import type { UnsolicitedCode } from '../at/unsolicited.ts';
import type { Cancel, Clock } from '../clock.ts';
import { UssdError } from '../error.ts';
import { isSameForm, type UssdString, ussdStrings, ussdTextOf } from './strings.ts';

/** An answer of the network. With `more` the network waits for a reply, usually for about a minute. */
export type UssdAnswer =
  | { readonly more: false; readonly text: string }
  | {
      readonly more: true;
      readonly text: string;
      /** Replies in the same session. @throws as {@link Ussd.request} does; UssdError (`ended`) when the session is over. */
      reply(text: string): Promise<UssdAnswer>;
      /** Ends the session. Does nothing when the session is over. */
      cancel(): Promise<void>;
    };

/** How long the network may take, in ms; the standard says 60 s to 120 s (3GPP TS 22.090). */
const ANSWER_LIMIT_MS = 120_000;

/** An answer is complete when no other `+CUSD` has come for this long, in ms: some modems send it twice, or in pieces. */
const PIECE_MS = 300;

/** The same `+CUSD` once more within this time, in ms, is a repetition by the modem, not a new message. */
const TWICE_MS = 5_000;

/** Pieces of one answer at most; the others are dropped. */
const PIECES_LIMIT = 16;

/** `<m>` of `+CUSD` (3GPP TS 27.007, 7.15): 0 and 1 are answers. */
const MORE = 1;
const ENDED = 2;
const OTHER_CLIENT = 3;
const NOT_SUPPORTED = 4;
const TIME_OUT = 5;

/** Only a `"` before `,<dcs>` or at the end closes the string: modems do not escape quotes inside it. */
const CODE = /^\+CUSD: *(\d)(?: *, *"?([\s\S]*?)"? *(?:, *(\d+))? *)?$/i;

/** `+CME ERROR` numbers that come from the network: typing the string in another form would not help. */
const BY_NETWORK = [30, 31, 32, 132, 133, 134, 148] as const;

/** An answer being received. */
interface Waiting {
  /** The codes so far, without repetitions. */
  readonly lines: string[];
  /** Cancels the timer: until the first code the network's, then that of the next piece. */
  cancel: Cancel;
  finish(lines: readonly string[]): void;
}

/** USSD over one opening of a modem: one session at a time. */
export class Ussd {
  readonly #chat: Chat;
  readonly #clock: Clock;
  #packed: boolean;
  /** A string that the network has understood: from now on all are written in its form. */
  #understood: UssdString | undefined;
  #waiting: Waiting | undefined;
  #isBusy = false;
  /** Counts sessions; 0 is none. */
  #session = 0;
  #isOpen = false;
  #tell: ((message: UssdAnswer) => void) | undefined;
  #last: { readonly line: string; readonly until: number } | undefined;
  /** `+CSCS`; undefined when the modem does not say. */
  readonly #charset: string | undefined;

  /** @param packed type packed septets first */
  constructor(chat: Chat, clock: Clock, charset: string | undefined, packed: boolean) {
    this.#chat = chat;
    this.#clock = clock;
    this.#charset = charset;
    this.#packed = packed;
  }

  /**
   * Asks for a service by its code, `*100#`. A session that is still open is ended before.
   *
   * @throws UssdError, AtRefused, AtTimeout, AtAborted, PortError
   */
  async request(code: string): Promise<UssdAnswer> {
    return this.#alone(async () => {
      if (this.#isOpen) await this.#end();
      this.#session += 1;
      return this.#say(code);
    });
  }

  /** From now on reports messages that the network begins. Some modems pass these on only after `+CUSD=1`. */
  listen(tell: (message: UssdAnswer) => void): void {
    const isFirst = this.#tell === undefined;
    this.#tell = tell;
    if (isFirst) void this.#chat.run({ text: 'AT+CUSD=1', repeatable: true });
  }

  /** Takes a `+CUSD` code: a piece of the answer to a request, or a message that the network begins. */
  hear({ line }: UnsolicitedCode): void {
    // Some modems send the last `+CUSD` twice.
    if (this.#waiting === undefined && line === this.#last?.line && this.#clock.now() < this.#last.until) return;
    if (this.#waiting === undefined && statusIn(line) >= ENDED) {
      this.#isOpen = false;
      return;
    }
    const waiting = this.#waiting ?? this.#expectMessage();
    if (!waiting.lines.includes(line) && waiting.lines.length < PIECES_LIMIT) waiting.lines.push(line);
    waiting.cancel();
    waiting.cancel = this.#clock.after(PIECE_MS, () => waiting.finish(waiting.lines));
    this.#last = { line, until: this.#clock.now() + TWICE_MS };
  }

  /** The network begins a session, which ends any other session. */
  #expectMessage(): Waiting {
    const finish = (lines: readonly string[]) => {
      if (this.#waiting === waiting) this.#waiting = undefined;
      if (lines.length === 0) return;
      this.#session += 1;
      this.#answerOf(lines).then(
        (message) => this.#tell?.(message),
        () => {},
      );
    };
    const waiting: Waiting = { lines: [], cancel: () => {}, finish };
    this.#waiting = waiting;
    return waiting;
  }

  /** The modem is gone: a waiting request ends. */
  detach(): void {
    this.#isOpen = false;
    this.#waiting?.finish([]);
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new UssdError('busy', 'another USSD request waits for its answer');
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  async #reply(session: number, text: string): Promise<UssdAnswer> {
    return this.#alone(() => {
      if (!this.#isOpen || this.#session !== session) throw new UssdError('ended', 'this USSD session is over');
      return this.#say(text);
    });
  }

  async #cancel(session: number): Promise<void> {
    if (this.#isOpen && this.#session === session) await this.#alone(() => this.#end());
  }

  async #end(): Promise<void> {
    this.#isOpen = false;
    const result = await this.#chat.run({ text: 'AT+CUSD=2' });
    // A refusal of `+CUSD=2` means that the session was over already.
    if (result.kind !== 'ok' && result.kind !== 'error') throw result.error;
  }

  /** Sends a text in the form that the network has understood before, or else in each form in turn. */
  async #say(text: string): Promise<UssdAnswer> {
    const strings = ussdStrings(text, this.#charset);
    if (strings.length === 0) throw new UssdError('too-long', `${text.length} characters do not fit one USSD string`);
    const known = this.#understood;
    const likely = known === undefined ? [] : strings.filter((string) => isSameForm(string, known));
    const preferred = this.#packed ? strings.toReversed() : strings;
    const answer = await this.#sayInTurn(likely.length > 0 ? likely : preferred);
    if (!(answer instanceof Error)) return answer;
    if (known !== undefined || !isRefusedByModem(answer) || !(await this.#setTextMode())) throw answer;
    const again = await this.#sayInTurn(strings);
    if (again instanceof Error) throw again;
    return again;
  }

  /** Sends the string in one form after the other, until the network answers; then that form is used from now on. */
  async #sayInTurn(strings: readonly UssdString[]): Promise<UssdAnswer | UssdError | AtRefused> {
    let failure: UssdError | AtRefused | undefined;
    for (const string of strings) {
      const answer = await this.#sayOnce(string);
      if (!(answer instanceof Error)) {
        if (string.packed !== undefined) this.#understood ??= string;
        return answer;
      }
      // Of several failures one of the network is reported rather than one of the modem: it tells more.
      if (failure === undefined || (failure instanceof AtRefused && answer instanceof UssdError)) failure = answer;
      if (!mayPassAnotherWay(answer, string)) return answer;
    }
    return failure ?? new UssdError('ended', 'the USSD session is over');
  }

  /** Huawei E1752 refuses every string until it is told that strings are text. */
  async #setTextMode(): Promise<boolean> {
    return (await this.#chat.run({ text: 'AT^USSDMODE=0', repeatable: true })).kind === 'ok';
  }

  async #sayOnce({ text, dcs, packed }: UssdString): Promise<UssdAnswer | UssdError | AtRefused> {
    this.#packed = packed ?? this.#packed;
    this.#isOpen = false;
    try {
      // Some modems send `+CUSD` before the `OK` of the command, so the answer is expected before the command is typed.
      const lines = this.#expectAnswer();
      await this.#chat.ask({ text: `AT+CUSD=1,"${text}",${dcs}`, timeoutMs: ANSWER_LIMIT_MS });
      this.#limit();
      return await this.#answerOf(await lines);
    } catch (error) {
      if (error instanceof UssdError || error instanceof AtRefused) return error;
      throw error;
    } finally {
      this.#waiting?.cancel();
      this.#waiting = undefined;
    }
  }

  #expectAnswer(): Promise<readonly string[]> {
    return new Promise((finish) => {
      this.#waiting = { lines: [], cancel: () => {}, finish };
    });
  }

  /** Starts the time limit of the network's answer. */
  #limit(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.lines.length > 0) return;
    waiting.cancel = this.#clock.after(ANSWER_LIMIT_MS, () => waiting.finish([]));
  }

  async #answerOf(lines: readonly string[]): Promise<UssdAnswer> {
    const last = lines.at(-1);
    if (last === undefined) return this.#unanswered();
    const status = statusIn(last);
    const text = lines.map((line) => this.#textIn(line)).join('');
    // Some modems write the last answer as `+CUSD: 2` ("ended by the network") with a text: then the text is the answer.
    if (status > MORE && text === '') throw failureOf(status);
    this.#isOpen = status === MORE;
    if (status !== MORE) return { more: false, text };
    const session = this.#session;
    return {
      more: true,
      text,
      reply: (reply) => this.#reply(session, reply),
      cancel: () => this.#cancel(session),
    };
  }

  /** No answer came: ends the session, so that a late answer is not taken for the answer to the next request. */
  async #unanswered(): Promise<never> {
    await this.#end();
    throw new UssdError('timeout', `the network did not answer within ${ANSWER_LIMIT_MS / 1_000} s`);
  }

  #textIn(line: string): string {
    const [, , said = '', dcs = '15'] = CODE.exec(line) ?? [];
    return ussdTextOf(said, Number(dcs), this.#charset, this.#packed);
  }
}

function statusIn(line: string): number {
  return Number(CODE.exec(line)?.[1] ?? ENDED);
}

function failureOf(status: number): UssdError {
  if (status === NOT_SUPPORTED) return new UssdError('not-supported', 'the network has no such USSD service');
  if (status === TIME_OUT) return new UssdError('timeout', 'the network did not answer in time');
  if (status === OTHER_CLIENT) return new UssdError('ended', 'another user of the modem has the USSD session');
  return new UssdError('ended', 'the network ended the USSD session');
}

/** The modem does not take the string; the network has not seen it. */
function isRefusedByModem(failure: UssdError | AtRefused): boolean {
  return failure instanceof AtRefused && !failure.is('CME', ...BY_NETWORK);
}

/**
 * A string typed in the wrong way is refused by the modem. Packed septets that the modem took for characters are a code
 * that no network knows; after characters, that answer means what it says.
 */
function mayPassAnotherWay(failure: UssdError | AtRefused, { packed }: UssdString): boolean {
  if (failure instanceof AtRefused) return isRefusedByModem(failure);
  return failure.code === 'ended' || (failure.code === 'not-supported' && packed === true);
}
