import type { Receipt } from '../../device/safe-mobile/index.ts';
import type { Tx } from '../store/store.ts';
import { type DeviceId, deviceId, type Ref, ref, refOctets } from '../vocabulary/ids.ts';
import { composeReceipt, queueFrame, type Recipient, recipientById, sealTo } from './compose.ts';
import type { Context } from './context.ts';
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
export async function issueReceipt(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
  asked = true,
): Promise<void> {
  const now = context.clock.now();
  const frame = sealReceipt(context, recipient, ref, request, content);
  await tx.run(
    `INSERT INTO receipt (ref, device_id, frame, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (ref, device_id) DO UPDATE SET frame = excluded.frame, at = excluded.at, repeats = 0`,
    ref,
    recipient.id,
    frame,
    now,
  );
  await context.outbox.withdraw(tx, recipient.id, 'RECEIPT', ref);
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, frame, now + RECEIPT_USEFUL_MS, !asked);
  if (!asked) await repeatLater(tx, context, recipient.id, ref, 0);
}

/** The timer `receipt-repeat`: the network has not said that the phone has this receipt, so it is sent again. */
export async function repeatUnconfirmed(tx: Tx, context: Context, subject: string): Promise<void> {
  const [device, ref] = readSubject(subject);
  const recipient = await recipientById(tx, device);
  const stored = await lockReceipt(tx, device, ref);
  if (recipient === undefined || stored === undefined) return;
  await repeatReceipt(tx, context, recipient, ref, true);
  await repeatLater(tx, context, device, ref, stored.repeats + 1);
}

/** The phone has a receipt; unless a newer one has taken its place, it need not be sent again. */
export async function receiptDelivered(
  tx: Tx,
  context: Context,
  { deviceId, ref, createdAt }: DeliveredFrame,
): Promise<void> {
  const stored = await lockReceipt(tx, deviceId, ref);
  if (stored !== undefined && createdAt >= stored.at) await stopRepeating(tx, context, deviceId, ref);
}

async function stopRepeating(tx: Tx, context: Context, device: DeviceId, ref: string): Promise<void> {
  await context.timers.cancel(tx, 'receipt-repeat', subjectOf(device, ref));
}

async function repeatLater(tx: Tx, context: Context, device: DeviceId, ref: Ref, repeats: number): Promise<void> {
  const pause = REPEAT_PAUSES_MS[repeats];
  if (pause !== undefined)
    await context.timers.set(tx, 'receipt-repeat', subjectOf(device, ref), context.clock.now() + pause);
}

function subjectOf(device: DeviceId, ref: string): string {
  return `${device} ${ref}`;
}

function readSubject(subject: string): readonly [DeviceId, Ref] {
  const [device, about = ''] = subject.split(' ');
  return [deviceId(Number(device)), ref(about)];
}

/** Sends a receipt that may soon be out of date ("in progress"), without storing it. */
export async function sendPassingReceipt(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array,
  content: ReceiptContent,
): Promise<void> {
  const frame = sealReceipt(context, recipient, ref, request, content);
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, frame, context.clock.now() + RECEIPT_USEFUL_MS);
}

/** Sends the stored receipt again, the same frame. @returns whether there is one */
export async function repeatReceipt(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  report = false,
): Promise<boolean> {
  const stored = await lockReceipt(tx, recipient.id, ref);
  if (stored === undefined) return false;
  if (stored.repeats >= REPEAT_LIMIT || (await context.outbox.isWaiting(tx, 'RECEIPT', ref))) return true;
  await tx.run('UPDATE receipt SET repeats = repeats + 1 WHERE device_id = ? AND ref = ?', recipient.id, ref);
  const usefulUntil = context.clock.now() + RECEIPT_USEFUL_MS;
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, stored.frame, usefulUntil, report);
  return true;
}

/** Locked, so that a stored receipt is not sent again after one that takes its place meanwhile. */
async function lockReceipt(
  tx: Tx,
  device: DeviceId,
  ref: string,
): Promise<{ frame: Uint8Array; repeats: number; at: number } | undefined> {
  return tx.get(
    'SELECT frame, repeats, at FROM receipt WHERE device_id = ? AND ref = ? FOR UPDATE',
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
