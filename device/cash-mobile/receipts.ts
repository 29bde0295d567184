import { type Primitives, type Receipt, receiptText, type Status, verifySignature } from '../safe-mobile/index.ts';
import type { Properties } from './properties.ts';
import { isOpen, type Standing, type Transaction } from './transaction.ts';

/** Whether the service signed a receipt for this transaction, and so its amount and payee. */
export function isSigned(
  primitives: Primitives,
  { deviceId, receiptKey }: Properties,
  transaction: Transaction,
  receipt: Receipt,
  plaintext: Uint8Array,
): boolean {
  const text = receiptText(primitives, deviceId, transaction.plaintext, plaintext);
  return verifySignature(primitives, receiptKey, text, receipt.signature);
}

/** The statuses that may follow "paid". */
const AFTER_PAID: readonly Status[] = ['reversed', 'refunded'];

/** How a transaction stands after a receipt, or `undefined` when the receipt says nothing new or goes backwards. */
export function standingAfter(transaction: Transaction, receipt: Receipt): Standing | undefined {
  const { status, triesLeft, approvalCode, time } = receipt;
  const { standing: before } = transaction;
  const after: Standing = { status, triesLeft, approvalCode, time };
  if (before === undefined) return after;
  if (!isOpen(transaction)) return before.status === 'paid' && AFTER_PAID.includes(status) ? after : undefined;
  if (status === 'wrong-pin') return time > before.time || triesLeft < before.triesLeft ? after : undefined;
  return status === 'in-progress' ? undefined : after;
}
