import { type Primitives, type Receipt, receiptText, type Status, verifySignature } from '../safe-mobile/index.ts';
import { type AnchoredKey, keysAt } from './anchors.ts';
import type { DeviceRecord } from './device-record.ts';
import { isOpen, type Standing, type Transaction } from './transaction.ts';

/**
 * Whether the service signed a receipt for this transaction, and so its amount and payee, with a key that counts now.
 * @param now unix seconds
 */
export function isSigned(
  primitives: Primitives,
  { phone, anchors }: DeviceRecord,
  transaction: Transaction,
  receipt: Receipt,
  plaintext: Uint8Array,
  now: number,
): boolean {
  const text = receiptText(primitives, phone.deviceId, transaction.plaintext, plaintext);
  return isSignedBy(primitives, keysAt(anchors.signing, now), text, receipt.signature);
}

/** Whether one of the keys made a signature: the messages have no room for the kid. */
export function isSignedBy(
  primitives: Primitives,
  keys: readonly AnchoredKey[],
  text: Uint8Array,
  signature: Uint8Array,
): boolean {
  return keys.some(({ publicKey }) => verifySignature(primitives, publicKey, text, signature));
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
