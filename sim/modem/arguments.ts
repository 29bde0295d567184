import type { CommandError } from './result.ts';

type Value = { readonly kind: 'omitted' } | { readonly kind: 'plain' | 'quoted'; readonly text: string };

const OMITTED: Value = { kind: 'omitted' };

/**
 * The values of a set command, `1,"text",,3` (ITU-T V.250, 5.4.2.1). Reading a value of the wrong kind throws the error of
 * the command, `+CME ERROR` or `+CMS ERROR`.
 */
export class Arguments {
  readonly #values: readonly Value[];
  readonly #invalid: () => CommandError;

  constructor(text: string, invalid: () => CommandError) {
    this.#invalid = invalid;
    this.#values = split(text).map((value) => this.#valueOf(value));
  }

  /** How many values there are; omitted ones between commas count. */
  get count(): number {
    return this.#values.length;
  }

  /** Refuses more than `most` values. */
  atMost(most: number): void {
    if (this.count > most) throw this.#invalid();
  }

  /** The whole number at `index`, one of `allowed` (`[from, to]`); omitted: `otherwise`, or refused without one. */
  number(index: number, allowed: readonly [from: number, to: number], otherwise?: number): number {
    const value = this.#values[index] ?? OMITTED;
    if (value.kind === 'omitted') {
      if (otherwise === undefined) throw this.#invalid();
      return otherwise;
    }
    const number = Number(value.text);
    const [from, to] = allowed;
    if (!/^\d{1,9}$/.test(value.text) || number < from || number > to) throw this.#invalid();
    return number;
  }

  /** The whole number at `index`, which must be one of `allowed`; omitted: `otherwise`, or refused without one. */
  oneOf(index: number, allowed: readonly number[], otherwise?: number): number {
    const number = this.number(index, [0, Math.max(...allowed)], otherwise);
    if (!allowed.includes(number)) throw this.#invalid();
    return number;
  }

  /** The string at `index`, with or without its quotes; omitted: `otherwise`, or refused without one. */
  string(index: number, otherwise?: string): string {
    const value = this.#values[index] ?? OMITTED;
    if (value.kind !== 'omitted') return value.text;
    if (otherwise === undefined) throw this.#invalid();
    return otherwise;
  }

  /** Whether the value at `index` is given and not omitted. */
  has(index: number): boolean {
    return (this.#values[index] ?? OMITTED).kind !== 'omitted';
  }

  #valueOf(text: string): Value {
    if (text === '') return OMITTED;
    if (!text.startsWith('"')) {
      if (text.includes('"')) throw this.#invalid();
      return { kind: 'plain', text };
    }
    if (text.length < 2 || !text.endsWith('"') || text.indexOf('"', 1) !== text.length - 1) throw this.#invalid();
    return { kind: 'quoted', text: unescaped(text.slice(1, -1)) };
  }
}

function split(text: string): string[] {
  if (text === '') return [];
  const parts = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === ',' && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** `\22` stands for a quote and `\5C` for a backslash (ITU-T V.250, 5.4.2.2). */
function unescaped(text: string): string {
  return text.replaceAll(/\\(22|5[Cc])/g, (_, code: string) => (code === '22' ? '"' : '\\'));
}
