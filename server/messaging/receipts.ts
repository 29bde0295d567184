import type { Receipt } from '../../device/safe-mobile/index.ts';
import type { Context } from '../context.ts';
import { type DeviceId, deviceId, type Ref, ref, refOctets } from '../ids.ts';
import { composeReceipt, queueFrame, type Recipient, recipientById, sealTo } from './compose.ts';
import type { DeliveredFrame } from './outbox.ts';

/** How long the bearer may try to deliver a receipt, ms: three days. */
const RECEIPT_USEFUL_MS = 3 * 24 * 60 * 60 * 1000;

/** How often a stored receipt is sent again when the phone asks; after that the phone gets no answer. */
const REPEAT_LIMIT = 10;

/**
 * Pauses before a receipt that the phone does not ask for is sent again, ms, unless the network said meanwhile that the
 * phone has it.
 */
const REPEAT_PAUSES_MS: readonly number[] = [60_000, 600_000, 3_600_000];

/** The values of a receipt besides its ref. */
export type ReceiptContent = Omit<Receipt, 'type' | 'time' | 'signature' | 'ref'>;

/**
 * Signs, seals, stores and sends a receipt. It takes the place of an earlier one of the same ref, so that the phone,
 * whenever it asks, gets the latest.
 * @param request the padded plaintext that the receipt answers.
 * @param asked false when the phone has no reason to ask for it, as for the receipt of a refund: then the service asks the
 * network whether the phone has it, and sends it again until it has.
 */
export function issueReceipt(
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
  asked = true,
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
  queueFrame(context, recipient, 'RECEIPT', ref, frame, now + RECEIPT_USEFUL_MS, !asked);
  if (asked) stopRepeating(context, recipient.id, ref);
  else repeatLater(context, recipient.id, ref, 0);
}

/** The timer `receipt-repeat`: the network has not said that the phone has this receipt, so it is sent again. */
export function repeatUnconfirmed(context: Context, subject: string): void {
  const [device, ref] = readSubject(subject);
  const recipient = recipientById(context, device);
  const stored = storedReceipt(context, device, ref);
  if (recipient === undefined || stored === undefined) return;
  repeatReceipt(context, recipient, ref, true);
  repeatLater(context, device, ref, stored.repeats + 1);
}

/** The phone has a receipt; unless a newer one has taken its place, it need not be sent again. */
export function receiptDelivered(context: Context, { deviceId, ref, createdAt }: DeliveredFrame): void {
  const stored = storedReceipt(context, deviceId, ref);
  if (stored !== undefined && createdAt >= stored.at) stopRepeating(context, deviceId, ref);
}

function stopRepeating(context: Context, device: DeviceId, ref: string): void {
  context.timers.cancel('receipt-repeat', subjectOf(device, ref));
}

function repeatLater(context: Context, device: DeviceId, ref: Ref, repeats: number): void {
  const pause = REPEAT_PAUSES_MS[repeats];
  if (pause !== undefined) context.timers.set('receipt-repeat', subjectOf(device, ref), context.clock.now() + pause);
}

function subjectOf(device: DeviceId, ref: string): string {
  return `${device} ${ref}`;
}

function readSubject(subject: string): readonly [DeviceId, Ref] {
  const [device, about = ''] = subject.split(' ');
  return [deviceId(Number(device)), ref(about)];
}

/** Sends a receipt that may soon be out of date ("in progress"), without storing it. */
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
export function repeatReceipt(context: Context, recipient: Recipient, ref: Ref, report = false): boolean {
  const stored = storedReceipt(context, recipient.id, ref);
  if (stored === undefined) return false;
  if (stored.repeats >= REPEAT_LIMIT || context.outbox.isWaiting('RECEIPT', ref)) return true;
  context.store.run('UPDATE receipt SET repeats = repeats + 1 WHERE device_id = ? AND ref = ?', recipient.id, ref);
  const usefulUntil = context.clock.now() + RECEIPT_USEFUL_MS;
  queueFrame(context, recipient, 'RECEIPT', ref, stored.frame, usefulUntil, report);
  return true;
}

function storedReceipt(
  context: Context,
  device: DeviceId,
  ref: string,
): { frame: Uint8Array; repeats: number; at: number } | undefined {
  return context.store.get(
    'SELECT frame, repeats, at FROM receipt WHERE device_id = ? AND ref = ?',
    (row) => ({ frame: row.octets('frame'), repeats: row.integer('repeats'), at: row.integer('at') }),
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
