// A file of its own, apart from people.ts: the command line checks these fields without loading the service.

/** An international number: `+`, then 7 to 15 digits (ITU-T E.164). */
export const E164: RegExp = /^\+[1-9][0-9]{6,14}$/;

/** Languages the service writes to people in. */
export const LANGUAGES = ['en', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];
