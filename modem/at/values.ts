/**
 * One value of an information text (ITU-T V.250, 5.4): `3` and `READY` are words, `"SM"` a string, `(1-3,5)` a list,
 * and nothing between two commas is empty.
 */
export type AtValue =
  | { readonly kind: 'empty' }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly AtValue[] };

const EMPTY: AtValue = { kind: 'empty' };

/** The deepest nesting of lists that is read; `+CPMS=?` of some modems has two levels. Deeper ones are words. */
const DEPTH_LIMIT = 4;

/** `+CSQ: 23,0` → `+CSQ`; undefined when the line does not begin as a code does. */
export function prefixOf(line: string): string | undefined {
  return /^[+^_#*%$][A-Z0-9 ]*?(?=:| *$)/i.exec(line)?.[0].toUpperCase();
}

/**
 * The values after the colon of `+CMD: a,"b",(1-3)`, or of the whole text when there is no such prefix. Blanks may be
 * anywhere; a quote or a parenthesis that a modem does not close ends with the line.
 */
export function valuesOf(line: string): readonly AtValue[] {
  const prefix = prefixOf(line);
  const text = prefix !== undefined && line[prefix.length] === ':' ? line.slice(prefix.length + 1) : line;
  return new ValueScanner(text).readItems(0);
}

/** The value as a whole number; undefined when it is something else. Quoted numbers count: some modems quote them. */
export function numberIn(value: AtValue | undefined): number | undefined {
  const text = textIn(value);
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The value as a text, quoted or not; undefined when it is a list or empty. */
export function textIn(value: AtValue | undefined): string | undefined {
  return value?.kind === 'word' || value?.kind === 'string' ? value.text : undefined;
}

/** The items of a list; a single value counts as a list of itself, nothing as an empty one. */
export function itemsIn(value: AtValue | undefined): readonly AtValue[] {
  if (value === undefined || value.kind === 'empty') return [];
  return value.kind === 'list' ? value.items : [value];
}

/** Whether `(0,2-4)` or the like, as a test command answers, allows `number`. */
export function allows(value: AtValue | undefined, number: number): boolean {
  return itemsIn(value).some((item) => {
    const [first, last = first] = (textIn(item) ?? '').split('-').map((end) => end.trim());
    return first !== undefined && first !== '' && Number(first) <= number && number <= Number(last);
  });
}

/** Numbers of the longest range (`1-1000`) that are listed; the rest is left out. */
const RANGE_LIMIT = 1_000;

/** The numbers that `(0,2-4)` names, as a test command answers, in their order. */
export function numbersIn(value: AtValue | undefined): readonly number[] {
  return itemsIn(value).flatMap((item) => {
    const [, first, last = first] = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(textIn(item) ?? '') ?? [];
    if (first === undefined) return [];
    const length = Math.min(Number(last) - Number(first) + 1, RANGE_LIMIT);
    return Array.from({ length: Math.max(0, length) }, (_, offset) => Number(first) + offset);
  });
}

class ValueScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Items up to the end of the text, or to the parenthesis that closes this list. */
  readItems(depth: number): readonly AtValue[] {
    const items: AtValue[] = [this.#readValue(depth)];
    while (this.#text[this.#at] === ',') {
      this.#at += 1;
      items.push(this.#readValue(depth));
    }
    // One empty value means none: `()` is an empty list, and `+CMD:` has no values.
    return items.length === 1 && items[0]?.kind === 'empty' ? [] : items;
  }

  #readValue(depth: number): AtValue {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === '"') return this.#readString();
    if (next === '(' && depth < DEPTH_LIMIT) return this.#readList(depth);
    return this.#readWord(depth);
  }

  #readString(): AtValue {
    const close = this.#text.indexOf('"', this.#at + 1);
    const end = close === -1 ? this.#text.length : close;
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    this.#skipPast(',)');
    return { kind: 'string', text };
  }

  #readList(depth: number): AtValue {
    this.#at += 1;
    const items = this.readItems(depth + 1);
    this.#skipPast(')');
    if (this.#text[this.#at] === ')') this.#at += 1;
    this.#skipPast(',)');
    return { kind: 'list', items };
  }

  #readWord(depth: number): AtValue {
    const start = this.#at;
    this.#skipPast(depth > 0 ? ',)' : ',');
    const text = this.#text.slice(start, this.#at).trim();
    return text === '' ? EMPTY : { kind: 'word', text };
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #skipPast(stops: string): void {
    while (this.#at < this.#text.length && !stops.includes(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
