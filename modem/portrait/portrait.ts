import { z } from 'zod';

/** One line of an answer: any characters, also carriage returns. */
const text = z.string().max(4_096);
const ms = z.int().min(0).max(600_000);
const form = z
  .string()
  .regex(/^([A-Z&][A-Z0-9]*|[+^$#*%_][A-Z0-9!%./:_-]+)(=?\?|=.*)?$/, 'must be a command without AT: +CNMI=?');
const lines = z.array(text).min(1).max(1_000);

/** Answers by form: the lines, the final result last, or an empty line when no final result came. */
type Answers = Readonly<Record<string, readonly string[]>>;

/** Echo, line ends, prompt and errors of a modem. */
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
  /** The final result of a command that no modem has; empty: the modem does not answer. */
  readonly unknownCommand: string;
  /** Whether an `OK` follows each error (some modems do so). */
  readonly okAfterError: boolean;
  readonly nuls: boolean;
  /** What waited in the port when it was opened. */
  readonly waiting: string;
  readonly firstLine: 'heard' | 'unheard';
  readonly simState: 'READY' | 'SIM PIN2';
}

/**
 * A modem as `gsm-modem portrait` saw it: its answers to test and read forms that change nothing, and its manners. The
 * owner's data are left out; names mark their places: `{imei}`, `{imsi}`, `{iccid}`, `{number}`, `{smsc}`. `{pin}` and
 * `{puk}` stand for tries left, `{state}` for the state of the SIM, `{n}` and `{stat}` for values of `+CREG`, `{places}`
 * for places in use. Forms are written without `AT`.
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
  /** Unsolicited codes, in the order in which they were first heard. */
  readonly codes?: { readonly everyMs: number; readonly lines: readonly string[] } | undefined;
  readonly answers: Answers;
  /** Answers to read forms, before the portrait changed any setting. */
  readonly found: Answers;
  /** Forms whose answer changes from time to time or tells of the owner: that they are answered is kept, the answer is not. */
  readonly live: readonly string[];
  /** Forms that the modem answered like a command that no modem has. */
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
