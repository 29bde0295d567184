import type { z } from 'zod';

/** A schema for each field of `Fields`, all of which may be left out: for an object that has more than these. */
export type OptionalFields<Fields> = {
  readonly [Key in keyof Required<Fields>]: z.ZodOptional<
    z.ZodType<Exclude<Fields[Key], undefined>, Exclude<Fields[Key], undefined>>
  >;
};

/** The fields that have a value. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const given: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (isDefined(value)) given[key] = value;
  }
  return given;
}

function isDefined<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}
