import type { z } from 'zod';

/** What is wrong with a value, a line each: where, and what was expected there. */
export function complaints(
  issues: readonly z.core.$ZodIssue[],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }));
    }
    return [{ path: issue.path, message: plain(issue) }];
  });
}

/** The types that a schema expects, for people. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};
const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'items' };

/** What zod says where the schema has no words of its own begins so. */
const ZODS_OWN = /^(Invalid|Too) /;

function plain(issue: z.core.$ZodIssue): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? 'an object'}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'too_small':
      return `must ${amount(issue.origin, issue.minimum)} at least`;
    case 'too_big':
      return `must ${amount(issue.origin, issue.maximum)} at most`;
    default:
      return 'is not valid';
  }
}

/** `be 5`, `have 5 items`. */
function amount(origin: string, count: number | bigint): string {
  const unit = UNITS[origin];
  if (unit === undefined) return `be ${count}`;
  return `have ${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
