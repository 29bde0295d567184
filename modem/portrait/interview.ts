import { type Clock, sleep } from '../clock.ts';
import type { RawLine } from './line.ts';
import { isFinal, isTransient, linesIn } from './manners.ts';

/** An answer: its lines, the final result last; an empty one when none came. */
export interface Answer {
  readonly lines: readonly string[];
  readonly ms: number;
  /** All octets. */
  readonly raw: string;
}

/** The longest wait for an answer; the first one may take as long after power-on. */
const ANSWER_MS = 12_000;
/** Pause after each answer, in ms: some modems send one more `OK` after an error. */
const QUIET_MS = 60;
/** A modem that is not ready is asked so often, with pauses. */
const AGAIN = 10;
const PAUSE_MS = 2_000;

/** Questions to a modem, one after the other. */
export class Interview {
  readonly #line: RawLine;
  readonly #clock: Clock;
  /** Final results that only this modem has. */
  readonly #finals: string[] = [];
  /** The beginnings of the modem's unsolicited codes, which are left out of answers. */
  #codes: readonly string[] = [];

  constructor(line: RawLine, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
  }

  learnFinal(result: string): void {
    this.#finals.push(result);
  }

  learnCodes(codes: readonly string[]): void {
    this.#codes = codes.map(beginning);
  }

  /** Asks once. @throws PortError */
  async ask(form: string, withinMs: number = ANSWER_MS, quietMs: number = QUIET_MS): Promise<Answer> {
    const typed = `AT${form}`;
    const ends = (raw: string) => /[\r\n]$/.test(raw) && this.#lines(raw, typed).some((line) => this.#isFinal(line));
    const { raw, ms, ended } = await this.#line.type(`${typed}\r`, ends, { withinMs, quietMs });
    const said = this.#lines(raw, typed);
    const last = said.findIndex((line) => this.#isFinal(line));
    return { raw, ms, lines: ended ? said.slice(0, last + 1) : [...said, ''] };
  }

  /** Asks until the modem is ready to answer. @throws PortError */
  async askWhenReady(form: string): Promise<Answer> {
    let answer = await this.ask(form);
    for (let again = 0; again < AGAIN && isTransient(answer.lines.at(-1) ?? ''); again += 1) {
      await sleep(this.#clock, PAUSE_MS);
      answer = await this.ask(form);
    }
    return answer;
  }

  #isFinal(line: string): boolean {
    return isFinal(line, this.#finals);
  }

  #lines(raw: string, typed: string): readonly string[] {
    const own = /^AT([+^$#*%_][A-Z0-9]+)/i.exec(typed)?.[1];
    return linesIn(raw, typed).filter((line) => {
      return (own !== undefined && line.startsWith(own)) || !this.#codes.includes(beginning(line));
    });
  }
}

/** The beginning of an unsolicited code, before its values: it recognises the code when the values have changed. */
function beginning(line: string): string {
  return /^[^:]+:/.exec(line)?.[0] ?? line;
}
