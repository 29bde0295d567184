import { parseApprovalCode } from '../../../device/safe-mobile/index.ts';
import type { AttemptKind } from '../rail.ts';

/** What a response code (DE 39) says of a request. */
export type Response =
  | { readonly kind: 'done' }
  /** Not carried out. */
  | { readonly kind: 'declined'; readonly reason: string }
  /** The host itself does not know whether it was carried out, or cannot say it now. */
  | { readonly kind: 'unknown'; readonly reason: string };

type Meaning = Extract<Response, { kind: 'declined' }>['reason'];

/**
 * Why a charge or refund is refused, by the reasons that receipts have; what is not here is `not-honoured`. `rail-unreachable` and
 * `rail-failed` may be tried again. `confirmation-wanted`, a soft decline: the issuer wants to hear from its customer (3-D Secure), which
 * a PIN on a phone does not replace.
 */
const REFUSALS: Readonly<Record<string, Meaning>> = {
  '13': 'limit-exceeded',
  '1A': 'confirmation-wanted',
  '33': 'expired-card',
  '51': 'insufficient-funds',
  '54': 'expired-card',
  '57': 'not-permitted',
  '58': 'not-permitted',
  '61': 'limit-exceeded',
  '62': 'not-permitted',
  '65': 'confirmation-wanted',
  '91': 'rail-unreachable',
  '92': 'rail-unreachable',
  '96': 'rail-failed',
};

/** Approved, and approved with identification. */
const APPROVED: readonly string[] = ['00', '08', '11'];

/** The host cannot find what is to be reversed: the reversal is done as well. */
export const NOT_FOUND = '25';

const REVERSED: readonly string[] = ['00', NOT_FOUND];

/** The answer came too late for somebody on the way: what was asked for may have been carried out. */
const TOO_LATE = '68';

/** Sent before: after a crash a refund goes again without being marked as a repeat, and the first one may have been carried out. */
const DUPLICATE = '94';

/** A reversal must arrive: these say that it has not, or do not say it. */
const NOT_NOW: readonly string[] = [TOO_LATE, DUPLICATE, '06', '09', '19', '22', '90', '91', '92', '96'];

/** What the code says. @param code DE 39; `undefined`: the answer has none */
export function responseOf(code: string | undefined, kind: AttemptKind): Response {
  if (code === undefined) return { kind: 'unknown', reason: 'the host answered without a response code' };
  if ((kind === 'reversal' ? REVERSED : APPROVED).includes(code)) return { kind: 'done' };
  const isOpen =
    kind === 'reversal' ? NOT_NOW.includes(code) : code === TOO_LATE || (kind === 'refund' && code === DUPLICATE);
  if (isOpen) {
    return { kind: 'unknown', reason: `the host answered ${code}` };
  }
  if (kind === 'reversal') return { kind: 'declined', reason: `reversal refused (${code})` };
  return { kind: 'declined', reason: REFUSALS[code] ?? 'not-honoured' };
}

/** The approval number of a receipt: DE 38, six letters and digits, in base 36; 0 when there is none. */
export function approvalCodeOf(identification: string | undefined): number {
  return parseApprovalCode(identification?.trim() ?? '') ?? 0;
}
