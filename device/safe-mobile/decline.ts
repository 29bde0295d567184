/** Why a rail did not move the money. */
export type DeclineReason =
  | 'not-honoured'
  | 'insufficient-funds'
  | 'expired-card'
  | 'not-permitted'
  | 'limit-exceeded'
  | 'rail-unreachable'
  | 'rail-failed';

/** The response code of each (ISO 8583:1987, field 39). */
const RESPONSE_CODES: Readonly<Record<DeclineReason, string>> = {
  'not-honoured': '05',
  'insufficient-funds': '51',
  'expired-card': '54',
  'not-permitted': '57',
  'limit-exceeded': '61',
  'rail-unreachable': '91',
  'rail-failed': '96',
};

const BASE = 36;

/** Whether the text is one of the reasons. */
export function isDeclineReason(text: string): text is DeclineReason {
  return Object.hasOwn(RESPONSE_CODES, text);
}

/**
 * The approval code field of a receipt with the status `declined`: the response code, read in base 36 as an approval code
 * is. 0 means that the receipt gives no reason.
 */
export function declineCode(reason: DeclineReason): number {
  return Number.parseInt(RESPONSE_CODES[reason], BASE);
}

/** The reason in a `declined` receipt; `undefined` when it gives none, or one that is not in the table. */
export function declineReasonOf(code: number): DeclineReason | undefined {
  return Object.keys(RESPONSE_CODES)
    .filter(isDeclineReason)
    .find((reason) => declineCode(reason) === code);
}
