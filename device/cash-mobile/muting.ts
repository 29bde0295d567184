import { requestOf, type Transaction } from './transaction.ts';

/** Prompts that may wait for the customer at once. */
export const PROMPT_LIMIT = 3;
/** Refusals of one merchant within {@link REFUSAL_WINDOW_MS} after which the phone no longer asks its owner. */
const REFUSAL_LIMIT = 3;
const REFUSAL_WINDOW_MS = 600_000;

/** Whether the customer has refused this merchant so often lately that its requests are refused unseen. */
export function isMuted(transactions: readonly Transaction[], merchantId: number, now: number): boolean {
  const refusals = transactions.filter(({ role, sent, plaintext }) => {
    if (role !== 'customer' || (sent?.said !== 'no' && sent?.said !== 'not-me')) return false;
    const request = requestOf({ role, plaintext });
    return request.type === 'PAY_REQUEST' && request.merchantId === merchantId && now - sent.at < REFUSAL_WINDOW_MS;
  });
  return refusals.length >= REFUSAL_LIMIT;
}
