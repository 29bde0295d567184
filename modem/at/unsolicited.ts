import type { Cancel, Clock } from '../clock.ts';
import type { Exchange } from './exchange.ts';
import { numberIn, prefixOf, valuesOf } from './values.ts';

/** An unsolicited result code: a line that the modem sends without a command. */
export interface UnsolicitedCode {
  /** `+CMTI`, or the whole line for codes without values, such as `RING`. */
  readonly prefix: string;
  /** The line; inside the quotes of a text there may be LFs. */
  readonly line: string;
  /** The PDU of a two-line code, in hexadecimal; or the line that came in its place, when no PDU came. */
  readonly pdu?: string;
}

/** What follows the first line of a code. */
type Shape = 'line' | 'pdu';

/** Codes with a colon whose shape is known. Every other `+NAME:` that no command expects is unsolicited, and one line. */
const SHAPES: Readonly<Record<string, Shape>> = {
  '+CMT': 'pdu',
  '+CDS': 'pdu',
  '+CBM': 'pdu',
};

/** Headers whose PDU has not come yet; one more makes the oldest forgotten. */
const PENDING_LIMIT = 4;

/** After so long, in ms, the PDU of a code does not come any more when another line came in its place. */
const DAMAGED_MS = 2_000;

/** Codes that are a whole line: they may come anywhere, and are never part of an answer. */
const WORDS: ReadonlySet<string> = new Set([
  'RING',
  'RDY',
  'SMS DONE',
  'SMS READY',
  'CALL READY',
  'PB DONE',
  'NORMAL POWER DOWN',
  'MODEM:STARTUP',
]);

/** The codes of a modem that has just been switched on, or rebooted. */
export const STARTUP_CODES: ReadonlySet<string> = new Set(['RDY', 'MODEM:STARTUP']);

/** The codes that follow within about 20 s, when the modem has read the SIM. */
export const STARTED_CODES: ReadonlySet<string> = new Set(['SMS DONE', 'SMS READY', 'CALL READY', 'PB DONE']);

/** A PDU as a line: whole octets, behind which some modems write `,0`. */
const HEX = /^(?:[0-9A-F]{2})+(?:,\d*)?$/i;

/** Whether a line that no command expects is an unsolicited code. */
export function isUnsolicited(line: string): boolean {
  return unsolicitedPrefixOf(line) !== undefined;
}

/** The prefix of an unsolicited code; undefined when the line is none. */
function unsolicitedPrefixOf(line: string): string | undefined {
  const upper = line.toUpperCase();
  if (WORDS.has(upper)) return upper;
  const prefix = prefixOf(line);
  return prefix !== undefined && line[prefix.length] === ':' ? prefix : undefined;
}

/** A header whose PDU is due. */
interface PendingPdu {
  readonly owner: 'answer' | 'code';
  /** Whether a line that is no PDU may stand in its place. */
  mayBeDamaged: boolean;
  /** The first line that came in its place and is no PDU. */
  damaged?: string;
  deliver(pdu?: string, damaged?: string): void;
}

/** Puts together headers and their PDUs, in answers and in unsolicited codes, also when they are interleaved. */
export class LineRouter {
  readonly #clock: Clock;
  readonly #tell: (code: UnsolicitedCode) => void;
  /** Headers without their PDU yet. A PDU belongs to the last one: `+CMT` may come between `+CMGR:` and its PDU. */
  #pending: PendingPdu[] = [];
  readonly #timers = new Set<Cancel>();

  constructor(clock: Clock, tell: (code: UnsolicitedCode) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Whether a line is the PDU of a header that came before. */
  expectsPdu(line: string): boolean {
    return this.#pending.length > 0 && HEX.test(line);
  }

  /** Whether a line that is nothing else stands in the place of the PDU of the header before. */
  expectsDamagedPdu(): boolean {
    return this.#pending.at(-1)?.mayBeDamaged === true;
  }

  /** Keeps the line for the case that no PDU follows: noise on the line may stand before the PDU. */
  takeDamagedPdu(line: string): void {
    const header = this.#pending.at(-1);
    if (header !== undefined) header.damaged ??= line;
  }

  /** Takes the PDU. */
  takePdu(line: string): void {
    this.#pending.pop()?.deliver(line);
  }

  /** Takes an information line that the running command expects. */
  takeAnswer(line: string, exchange: Exchange): void {
    if (exchange.command.response?.pdu !== true) {
      exchange.add({ text: line });
      return;
    }
    this.forgetAnswer();
    this.#expectPdu('answer', (pdu, damagedPdu) =>
      exchange.add({
        text: line,
        ...(pdu !== undefined && { pdu }),
        ...(damagedPdu !== undefined && { damagedPdu }),
      }),
    );
  }

  /** The answer is complete, or its next header has come: the PDU of the header before does not come any more. */
  forgetAnswer(): void {
    const headers = this.#pending.filter(({ owner }) => owner === 'answer');
    this.#pending = this.#pending.filter(({ owner }) => owner !== 'answer');
    for (const header of headers) header.deliver(undefined, header.damaged);
  }

  /** Takes an unsolicited code. */
  takeUnsolicited(line: string): void {
    const prefix = unsolicitedPrefixOf(line);
    if (prefix === undefined) return;
    const shape = SHAPES[prefix] ?? 'line';
    if (shape === 'line') this.#tell({ prefix, line });
    else this.#expectPduOfCode(prefix, line);
  }

  /** The port is closed: nothing is told any more. */
  stop(): void {
    for (const cancel of this.#timers) cancel();
  }

  #expectPduOfCode(prefix: string, line: string): void {
    const header = this.#expectPdu('code', (said, damaged) => {
      const pdu = said ?? damaged;
      if (pdu !== undefined) this.#tell({ prefix, line, pdu });
    });
    header.mayBeDamaged = isPduHeader(line);
    if (!header.mayBeDamaged) return;
    const cancel = this.#clock.after(DAMAGED_MS, () => {
      this.#timers.delete(cancel);
      this.#giveUpDamaged(header);
    });
    this.#timers.add(cancel);
  }

  /** Delivers the line that came in the place of a PDU. When none came, the PDU may still come, but no line in its place. */
  #giveUpDamaged(header: PendingPdu): void {
    header.mayBeDamaged = false;
    if (header.damaged === undefined || !this.#pending.includes(header)) return;
    this.#pending = this.#pending.filter((other) => other !== header);
    header.deliver(undefined, header.damaged);
  }

  #expectPdu(owner: PendingPdu['owner'], deliver: PendingPdu['deliver']): PendingPdu {
    if (this.#pending.length === PENDING_LIMIT) this.#pending.shift()?.deliver();
    const header = { owner, mayBeDamaged: owner === 'answer', deliver };
    this.#pending.push(header);
    return header;
  }
}

/**
 * Whether a code has the form of PDU mode, `+CMT: [<alpha>],<length>` (3GPP TS 27.005, 3.4.1). In text mode more values
 * stand there, or a time last, and the line behind them is a text.
 */
function isPduHeader(line: string): boolean {
  const values = valuesOf(line);
  return values.length <= 2 && numberIn(values.at(-1)) !== undefined;
}
