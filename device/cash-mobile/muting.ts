import { type Request, requestOf, type Transaction } from './transaction.ts';

/** Prompts that may wait for the customer at once. */
export const PROMPT_LIMIT = 3;
/** Refusals of one merchant or relying party within {@link REFUSAL_WINDOW_MS} after which the phone no longer asks its owner. */
const REFUSAL_LIMIT = 3;
const REFUSAL_WINDOW_MS = 600_000;

/** Whether the customer has refused whoever asks so often lately that this request is refused unseen. */
export function isMuted(transactions: readonly Transaction[], request: Request, now: number): boolean {
  const asker = askerOf(request);
  if (asker === undefined) return false;
  const refusals = transactions.filter(({ role, sent, plaintext }) => {
    if (role !== 'customer' || (sent?.said !== 'no' && sent?.said !== 'not-me')) return false;
    return askerOf(requestOf({ role, plaintext })) === asker && now - sent.at < REFUSAL_WINDOW_MS;
  });
  return refusals.length >= REFUSAL_LIMIT;
}

/** Whoever may be muted: a merchant by its number, a relying party by its name. The enrolment is asked for by the customer. */
function askerOf(request: Request): number | string | undefined {
  if (request.type === 'PAY_REQUEST') return request.merchantId;
  return request.type === 'AUTH_REQUEST' && request.kind !== 'confirm-enrolment' ? request.relyingParty : undefined;
}
