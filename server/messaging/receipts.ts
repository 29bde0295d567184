import type { Receipt } from '../../device/safe-mobile/index.ts';
import type { Context } from '../context.ts';
import { type DeviceId, type Ref, refOctets } from '../ids.ts';
import { composeReceipt, queueFrame, type Recipient, sealTo } from './compose.ts';

/** How long the bearer may try to deliver a receipt, ms: three days. */
const RECEIPT_USEFUL_MS = 3 * 24 * 60 * 60 * 1000;

/** How often a stored receipt is sent again for the asking; after that the phone is not answered. */
const REPEAT_LIMIT = 10;

/** What a receipt says beside its ref. */
export type ReceiptContent = Omit<Receipt, 'type' | 'time' | 'signature' | 'ref'>;

/**
 * Signs, seals, stores and sends a receipt. It takes the place of an earlier one of the same ref, so that the phone,
 * whenever it asks, gets the latest.
 * @param request the padded plaintext that the receipt answers.
 */
export function issueReceipt(
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
): void {
  const now = context.clock.now();
  const frame = sealReceipt(context, recipient, ref, request, content);
  context.store.run(
    `INSERT INTO receipt (ref, device_id, frame, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (device_id, ref) DO UPDATE SET frame = excluded.frame, at = excluded.at, repeats = 0`,
    ref,
    recipient.id,
    frame,
    now,
  );
  context.outbox.withdraw(recipient.id, 'RECEIPT', ref);
  queueFrame(context, recipient, 'RECEIPT', ref, frame, now + RECEIPT_USEFUL_MS);
}

/** Sends a receipt that is true only for the moment, as "in progress" is, and does not store it. */
export function sendPassingReceipt(
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
): void {
  const frame = sealReceipt(context, recipient, ref, request, content);
  queueFrame(context, recipient, 'RECEIPT', ref, frame, context.clock.now() + RECEIPT_USEFUL_MS);
}

/** Sends the stored receipt again, the same frame. @returns whether there is one */
export function repeatReceipt(context: Context, recipient: Recipient, ref: Ref): boolean {
  const stored = storedReceipt(context, recipient.id, ref);
  if (stored === undefined) return false;
  if (stored.repeats >= REPEAT_LIMIT || context.outbox.isWaiting('RECEIPT', ref)) return true;
  context.store.run('UPDATE receipt SET repeats = repeats + 1 WHERE device_id = ? AND ref = ?', recipient.id, ref);
  queueFrame(context, recipient, 'RECEIPT', ref, stored.frame, context.clock.now() + RECEIPT_USEFUL_MS);
  return true;
}

function storedReceipt(
  context: Context,
  device: DeviceId,
  ref: Ref,
): { frame: Uint8Array; repeats: number } | undefined {
  return context.store.get(
    'SELECT frame, repeats FROM receipt WHERE device_id = ? AND ref = ?',
    (row) => ({ frame: row.octets('frame'), repeats: row.integer('repeats') }),
    device,
    ref,
  );
}

function sealReceipt(
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
): Uint8Array {
  return sealTo(
    context,
    recipient,
    composeReceipt(context, recipient.id, request, { ...content, ref: refOctets(ref) }),
  );
}
