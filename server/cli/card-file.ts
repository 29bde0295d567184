import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { octetsOf } from '../../device/safe-mobile/index.ts';
import { type Output, UsageError } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { cardRail } from '../rails/card/card-rail.ts';
import { tcpLine } from '../rails/card/line.ts';
import { statementFolder } from '../rails/card/statement-folder.ts';
import type { RemoteRail } from '../rails/rail.ts';
import { customerTokens, type TokenKind } from './customer-tokens.ts';
import { CARD_MAC_KEY_VARIABLE } from './environment.ts';
import { LimitsOfFile } from './rail-limits.ts';
import { HOST_AND_PORT, hostAndPort, readSettings } from './settings-file.ts';

/** What service and acquirer have agreed on. Files and folders are looked for from the folder of this file on. */
const CardFile = z.strictObject({
  host: z.string().regex(HOST_AND_PORT, 'expected host:port'),
  variant: z.enum(['ascii', 'binary']),
  lengthCountsItself: z.boolean().default(false),
  tpdu: z
    .string()
    .regex(/^[0-9a-fA-F]{10}$/, 'expected 10 hexadecimal digits')
    .optional(),
  acquirer: z.string().regex(/^[0-9]{1,11}$/, 'expected 1 to 11 digits'),
  merchant: z.string().regex(/^[ -~]{1,15}$/, 'expected 1 to 15 characters'),
  terminals: z
    .tuple([terminal()], terminal())
    .refine((all) => new Set(all).size === all.length, 'expected each one once'),
  reversals: z.enum(['request', 'advice']).default('request'),
  echoSeconds: z.int().min(10).max(3_600).default(60),
  fee: z.strictObject({ basisPoints: z.int().min(0).max(10_000), fixedMinor: z.int().min(0) }).optional(),
  totals: z.boolean().default(true),
  limits: LimitsOfFile.optional(),
  customers: z.string().min(1),
  statements: z.string().min(1),
});

function terminal() {
  return z.string().regex(/^[!-~]{1,8}$/, 'expected 1 to 8 characters');
}

/** Tokens of the acquirer (DE 2). */
const CARDS: TokenKind = {
  what: 'cards',
  form: /^[0-9]{1,19}$/,
  expected: 'a token of 1 to 19 digits',
  hasDigits: true,
};

/** The card rail that a file describes. @throws UsageError when it cannot be made from it */
export function cardRailFrom(file: string, output: Output): RemoteRail {
  const settings = readSettings('--card', file, CardFile);
  const { variant, lengthCountsItself, tpdu } = settings;
  const { host, port } = hostAndPort(settings.host);
  const macKey = macKeyOfEnvironment();
  const told = (what: string) => output.print({ event: 'card', what }, `Card: ${what}`);
  return cardRail({
    open: tcpLine(host, port, systemClock),
    clock: systemClock,
    dialect: {
      variant,
      framing: { lengthCountsItself, ...(tpdu !== undefined && { tpdu: octetsOf(tpdu) }) },
      ...(macKey !== undefined && { macKey }),
    },
    silenceMs: settings.echoSeconds * 1_000,
    acquirer: settings.acquirer,
    merchant: settings.merchant,
    terminals: settings.terminals,
    reversals: settings.reversals,
    fee: settings.fee,
    limits: settings.limits,
    totals: settings.totals,
    cardOf: customerTokens(resolve(dirname(file), settings.customers), CARDS, told),
    statements: statementFolder(resolve(dirname(file), settings.statements), systemClock),
    told,
  });
}

function macKeyOfEnvironment(): Uint8Array | undefined {
  const text = process.env[CARD_MAC_KEY_VARIABLE] ?? '';
  if (text === '') return undefined;
  if (/^[0-9a-fA-F]{32}$/.test(text)) return octetsOf(text);
  throw new UsageError(`${CARD_MAC_KEY_VARIABLE} is no key: expected 32 hexadecimal digits`);
}
