import type { SqlValue } from './store.ts';

/** A stored value that does not have the type of its column: another program has changed the file. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** One row of an answer, read column by column. Every reader throws {@link RowError} when the value is of another type. */
export class Row {
  readonly #places: ReadonlyMap<string, number>;
  readonly #values: readonly SqlValue[];

  /** @param places of the columns in `values`, by name. */
  constructor(places: ReadonlyMap<string, number>, values: readonly SqlValue[]) {
    this.#places = places;
    this.#values = values;
  }

  text(column: string): string {
    const value = this.#value(column);
    if (typeof value !== 'string') throw wrong(column, 'text', value);
    return value;
  }

  integer(column: string): number {
    const value = this.#value(column);
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(column, 'a whole number', value);
    return value;
  }

  octets(column: string): Uint8Array {
    const value = this.#value(column);
    if (!(value instanceof Uint8Array)) throw wrong(column, 'octets', value);
    return value;
  }

  /** A text that is one of a closed set, as the states of a machine are. */
  oneOf<T extends string>(column: string, choices: readonly T[]): T {
    const value = this.text(column);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new RowError(`column ${column} holds none of ${choices.join(', ')}`);
    return found;
  }

  /** The column, converted by `read`, or `undefined` where the column is NULL. */
  optional<T>(column: string, read: (row: Row, column: string) => T): T | undefined {
    return this.#value(column) === null ? undefined : read(this, column);
  }

  optionalText(column: string): string | undefined {
    return this.optional(column, (row, name) => row.text(name));
  }

  optionalInteger(column: string): number | undefined {
    return this.optional(column, (row, name) => row.integer(name));
  }

  optionalOctets(column: string): Uint8Array | undefined {
    return this.optional(column, (row, name) => row.octets(name));
  }

  #value(column: string): SqlValue {
    const value = this.#values[this.#places.get(column) ?? -1];
    if (value === undefined) throw new RowError(`the answer has no column ${column}`);
    return value;
  }
}

function wrong(column: string, expected: string, value: SqlValue): RowError {
  return new RowError(`column ${column} should hold ${expected}, not ${value === null ? 'NULL' : typeof value}`);
}
