/** A request that is not as `gsm-modem pdu --jsonl` wants it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** A JSON object from a line, read member by member. A member that is `null` counts as absent. */
export class Request {
  readonly #members: ReadonlyMap<string, unknown>;

  /** Throws {@link RequestError} when the line is not a JSON object. */
  constructor(line: string) {
    this.#members = new Map(Object.entries(objectOf(line)).filter(([, value]) => value !== null));
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** A required string. */
  text(name: string): string {
    const value = this.#members.get(name);
    if (typeof value === 'string') return value;
    throw new RequestError(`"${name}" must be a string`);
  }

  /** An optional string that must be one of `words`. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#members.get(name);
    const found = words.find((word) => word === value);
    if (found !== undefined || value === undefined) return found;
    throw new RequestError(`"${name}" must be one of ${words.join(', ')}`);
  }

  /** The meaning of an optional string, by `of`; `expected` tells the user what the string must be. */
  meaning<Meaning>(name: string, of: (text: string) => Meaning | undefined, expected: string): Meaning | undefined {
    const value = this.#members.get(name);
    if (value === undefined) return undefined;
    const meaning = typeof value === 'string' ? of(value) : undefined;
    if (meaning !== undefined) return meaning;
    throw new RequestError(`"${name}" must be ${expected}`);
  }

  /** A required whole number from 0 to `highest`. */
  wanted(name: string, highest: number): number {
    const value = this.number(name, highest);
    if (value !== undefined) return value;
    throw new RequestError(`"${name}" must be a whole number from 0 to ${highest}`);
  }

  /** An optional whole number from 0 to `highest`. */
  number(name: string, highest: number): number | undefined {
    const value = this.#members.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= highest) return value;
    throw new RequestError(`"${name}" must be a whole number from 0 to ${highest}`);
  }

  /** An optional true or false; false when absent. */
  flag(name: string): boolean {
    const value = this.#members.get(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw new RequestError(`"${name}" must be true or false`);
  }
}

function objectOf(line: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RequestError('not JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new RequestError('not a JSON object');
}
