import type { FarEnd } from '../../modem/index.ts';

/** What comes back: raw octets as text; undefined for silence. */
type Answer = string | undefined | ((typed: string) => string | undefined);

interface Rule {
  readonly typed: string | RegExp;
  readonly answers: Answer[];
}

/** Lines in the form of V1: each between CR LF, `OK` last. */
export function ok(...lines: string[]): string {
  return [...lines, 'OK'].map((line) => `\r\n${line}\r\n`).join('');
}

/** A line in the form of V1. */
export function line(text: string): string {
  return `\r\n${text}\r\n`;
}

export const PROMPT = '\r\n> ';

/**
 * A modem that says what a table tells it to: when this comes, answer that. Of several answers to the same command each
 * is used once, and the last one from then on. Commands that no rule matches are `ERROR`.
 */
export class ScriptedModem {
  /** Every command, PDU (with `^Z`) and `ESC` typed, in order. */
  readonly typed: string[] = [];
  echo = false;
  /** What the line makes of what the modem says. */
  wire: (text: string) => string = (text) => text;
  readonly #farEnd: FarEnd;
  #rules: Rule[] = [];
  #line = '';
  #prompting = false;

  constructor(farEnd: FarEnd) {
    this.#farEnd = farEnd;
    farEnd.listen({
      opened: () => {},
      closed: () => {
        this.#line = '';
        this.#prompting = false;
      },
      data: (octets) => {
        for (const octet of octets) this.#hear(String.fromCharCode(octet));
      },
    });
  }

  /** From now on, `typed` is answered so; a newer rule is looked at before an older one. */
  when(typed: string | RegExp, ...answers: Answer[]): this {
    this.#rules = [{ typed, answers }, ...this.#rules];
    return this;
  }

  say(text: string): void {
    if (/> ?[\r\n]*$/.test(text)) this.#prompting = true;
    this.#farEnd.write(Buffer.from(this.wire(text), 'latin1'));
  }

  #hear(character: string): void {
    if (character === '\x1b') {
      this.typed.push('ESC');
      this.#line = '';
      this.#prompting = false;
    } else if (this.#prompting && character === '\x1a') {
      this.#prompting = false;
      this.#obey(`${this.#line}^Z`);
    } else if (!this.#prompting && character === '\r') {
      this.#obey(this.#line);
    } else this.#line += character;
  }

  #obey(typed: string): void {
    this.#line = '';
    this.typed.push(typed);
    if (this.echo) this.say(typed.endsWith('^Z') ? typed.replace('^Z', '\x1a') : `${typed}\r`);
    const answer = this.answerTo(typed);
    if (answer === undefined) return;
    this.say(answer);
  }

  /** What the table says to it. */
  answerTo(typed: string): string | undefined {
    const rule = this.#rules.find((candidate) =>
      typeof candidate.typed === 'string' ? candidate.typed === typed : candidate.typed.test(typed),
    );
    if (rule === undefined) return '\r\nERROR\r\n';
    const answer = rule.answers.length > 1 ? rule.answers.shift() : rule.answers[0];
    return typeof answer === 'function' ? answer(typed) : answer;
  }
}
