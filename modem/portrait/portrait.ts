import { z } from 'zod';

/** What a line may hold on its way: anything, also carriage returns; a portrait is no place for more. */
const text = z.string().max(4_096);
const ms = z.int().min(0).max(600_000);
const form = z
  .string()
  .regex(/^([A-Z&][A-Z0-9]*|[+^$#*%_][A-Z0-9!%./:_-]+)(=?\?|=.*)?$/, 'must be a command without AT: +CNMI=?');
const lines = z.array(text).min(1).max(1_000);

/** Forms by what they were answered with: lines, the final result last; an empty one when none came. */
type Answers = Readonly<Record<string, readonly string[]>>;

/** How a modem frames what it says. */
export interface Manners {
  /** `never`: not even after `ATE1`. */
  readonly echo: 'on' | 'off' | 'never';
  readonly lineStart: string;
  readonly lineEnd: string;
  /** Absent: none was seen. */
  readonly prompt?: string | undefined;
  readonly promptMs?: number | undefined;
  /** What ESC at the prompt is answered with. */
  readonly escape?: 'OK' | 'silence' | undefined;
  /** The final result of a command that nobody has; empty: it says nothing. */
  readonly unknownCommand: string;
  /** An error is followed by an `OK` that belongs to nothing. */
  readonly okAfterError: boolean;
  readonly nuls: boolean;
  /** What waited in the port when it was opened. */
  readonly waiting: string;
  readonly firstLine: 'heard' | 'unheard';
  readonly simState: 'READY' | 'SIM PIN2';
}

/**
 * A modem as `gsm-modem portrait` saw it: what it answers to forms that change nothing, and its manners. Of what is its
 * owner's only the place is noted: `{imei}`, `{imsi}`, `{iccid}`, `{number}`, `{smsc}`; `{pin}`, `{puk}` and `{state}`
 * stand for tries left and for what the SIM waits for, `{n}` and `{stat}` for values of `+CREG`, `{places}` for places in
 * use. Forms are written without `AT`.
 */
export interface Portrait {
  /** Version of the form. */
  readonly portrait: 1;
  /** Small letters, digits and hyphens. */
  readonly name: string;
  readonly manners: Manners;
  /** From the end of a command line to its final result, ms; `firstMs` comes on top for the first line. */
  readonly delays: {
    readonly usualMs: number;
    readonly firstMs: number;
    readonly commands: Readonly<Record<string, number>>;
  };
  /** Codes that came though nothing was asked, in the order in which they were first heard. */
  readonly codes?: { readonly everyMs: number; readonly lines: readonly string[] } | undefined;
  readonly answers: Answers;
  /** Read forms as they were answered first. */
  readonly found: Answers;
  /** Forms that were answered with what changes, or is the owner's: the answer is not kept. */
  readonly live: readonly string[];
  /** Forms that were answered as a command that nobody has. */
  readonly missing: readonly string[];
}

/** What a portrait must be, for files that people have written or changed. */
export const portraitSchema: z.ZodType<Portrait> = z.strictObject({
  portrait: z.literal(1, 'must be 1, the version of the form'),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be small letters, digits and hyphens'),
  manners: z.strictObject({
    echo: z.enum(['on', 'off', 'never']),
    lineStart: text,
    lineEnd: text.min(1),
    prompt: text.optional(),
    promptMs: ms.optional(),
    escape: z.enum(['OK', 'silence']).optional(),
    unknownCommand: text,
    okAfterError: z.boolean(),
    nuls: z.boolean(),
    waiting: text,
    firstLine: z.enum(['heard', 'unheard']),
    simState: z.enum(['READY', 'SIM PIN2']),
  }),
  delays: z.strictObject({ usualMs: ms, firstMs: ms, commands: z.record(form, ms) }),
  codes: z.strictObject({ everyMs: ms.min(1), lines }).optional(),
  answers: z.record(form, lines),
  found: z.record(form, lines),
  live: z.array(form).max(1_000),
  missing: z.array(form).max(1_000),
});
