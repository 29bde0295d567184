import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Output, UsageError } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { fetchOverHttp } from '../rails/paypal/http.ts';
import { ANSWER_MS, paypalRail } from '../rails/paypal/paypal-rail.ts';
import type { RemoteRail } from '../rails/rail.ts';
import { customerTokens, type TokenKind } from './customer-tokens.ts';
import { PAYPAL_SECRET_VARIABLE } from './environment.ts';
import { LimitsOfFile } from './rail-limits.ts';
import { readSettings } from './settings-file.ts';

/** An address without a path; without TLS only on this machine, for a double of PayPal. */
function origin() {
  const form = /^(?:https:\/\/[^/\s]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?)$/;
  return z.string().regex(form, 'expected https:// and a host, without a path');
}

/** What service and PayPal have agreed on. The file of the customers is looked for from the folder of this file on. */
const PayPalFile = z.strictObject({
  url: origin().default('https://api-m.paypal.com'),
  certificatesFrom: z.array(origin()).min(1).default(['https://api.paypal.com']),
  clientId: z.string().min(1),
  webhookId: z.string().min(1),
  limits: LimitsOfFile.optional(),
  customers: z.string().min(1),
});

/** Payment tokens of PayPal's vault (`vault_id` of Orders v2). */
const VAULT_IDS: TokenKind = {
  what: 'payment tokens',
  form: /^[0-9A-Za-z_-]{1,255}$/,
  expected: 'a payment token of letters, digits, _ and -',
  hasDigits: false,
};

/** The PayPal rail that a file describes. @throws UsageError when it cannot be made from it */
export function paypalRailFrom(file: string, output: Output): RemoteRail {
  const { url, certificatesFrom, clientId, webhookId, customers, limits } = readSettings('--paypal', file, PayPalFile);
  const secret = process.env[PAYPAL_SECRET_VARIABLE] ?? '';
  if (secret === '')
    throw new UsageError(`--paypal needs ${PAYPAL_SECRET_VARIABLE}, the secret of the client at PayPal`);
  const path = resolve(dirname(file), customers);
  const told = (what: string) => output.print({ event: 'paypal', what }, `PayPal: ${what}`);
  const tokenOf = customerTokens(path, VAULT_IDS, told);
  return paypalRail({
    url,
    clientId,
    secret,
    webhookId,
    limits,
    certificateOrigins: certificatesFrom,
    http: fetchOverHttp(ANSWER_MS),
    clock: systemClock,
    vaultIdOf: (number) => tokenOf(number)?.token,
    told,
  });
}
