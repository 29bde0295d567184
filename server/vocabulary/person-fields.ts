// A file of its own, apart from people.ts: the command line checks these fields without loading the service.

/** An international number: `+`, then 7 to 15 digits (ITU-T E.164). */
export const E164: RegExp = /^\+[1-9][0-9]{6,14}$/;

/** An alias, which may be said in the place of a number: 1 to 7 letters, as PAY_INIT carries it. */
export const ALIAS: RegExp = /^[A-Za-z]{1,7}$/;

/** Whether it may name a person: a number, or an alias. */
export function namesSomebody(who: string): boolean {
  return E164.test(who) || ALIAS.test(who);
}

/** Languages the service writes to people in. */
export const LANGUAGES = ['en', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];
