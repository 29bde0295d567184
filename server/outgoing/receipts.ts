import type { Receipt } from '../../device/safe-mobile/index.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, deviceId, type Ref, ref, refOctets } from '../vocabulary/ids.ts';
import { composeReceipt, queueFrame, type Recipient, recipientById, sealTo } from './compose.ts';
import type { Context } from './context.ts';
import type { DeliveredFrame } from './outbox.ts';
import { askForReport, isUnsent } from './unsent.ts';

/** How long the bearer may try to deliver a receipt, ms: three days. */
const RECEIPT_USEFUL_MS = 3 * 24 * 60 * 60 * 1000;

/** How often a stored receipt is sent again when the phone asks; after that the phone gets no answer. */
const REPEAT_LIMIT = 10;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Pauses before a receipt that the phone does not ask for is sent again, ms, unless the network said meanwhile that the
 * phone has it. The last ones are for a network that fails for hours: a phone without the receipt of a refund reads "Paid" for good.
 */
const REPEAT_PAUSES_MS: readonly number[] = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/** The longest pause after the phone's last query, of which the answers before count as repeats, and while the receipt waits for the bearer, ms. */
const LONGEST_PAUSE_MS = HOUR_MS;

/** How long after the request a phone may still ask about it by itself, ms: its last query is 8 minutes after its answer. */
const QUERIES_MS = 8 * 60 * 1000;

/**
 * Whether the phone asks once more by itself when it misses a receipt: of a request that was made while the clock was ahead nobody knows.
 * @param requestedAt when the request was made, ms since 1970
 */
export function asksByItself({ clock }: Pick<Context, 'clock'>, requestedAt: number): boolean {
  const age = clock.now() - requestedAt;
  return age >= 0 && age <= QUERIES_MS;
}

/** The values of a receipt besides its ref. */
export type ReceiptContent = Omit<Receipt, 'type' | 'time' | 'signature' | 'ref'>;

/**
 * Signs, seals, stores and sends a receipt. It takes the place of an earlier one of the same ref, so that the phone,
 * whenever it asks, gets the latest.
 * @param request the padded plaintext that the receipt answers; `undefined` for a change of the PIN.
 * @param asked false when the phone has no reason to ask for it, as for the receipt of a refund: then the service asks the
 * network whether the phone has it, and sends it again until it has.
 */
export async function issueReceipt(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array | undefined,
  content: ReceiptContent,
  asked = true,
): Promise<void> {
  const now = context.clock.now();
  const frame = await sealReceipt(tx, context, recipient, ref, request, content);
  tx.later(
    `INSERT INTO receipt (ref, device_id, frame, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (ref, device_id) DO UPDATE SET frame = excluded.frame, at = excluded.at, repeats = 0, first_frame = NULL`,
    ref,
    recipient.id,
    frame,
    now,
  );
  await context.outbox.withdraw(tx, recipient.id, 'RECEIPT', ref);
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, frame, now + RECEIPT_USEFUL_MS, !asked);
  if (asked) return;
  countReports(tx, recipient.id, ref);
  await repeatLater(tx, context, recipient.id, ref, REPEAT_PAUSES_MS[0]);
}

/** The timer `receipt-repeat`: the network has not said that the phone has this receipt, so it is sent again. */
export async function repeatUnconfirmed(tx: Tx, context: Context, subject: string): Promise<void> {
  const [device, ref] = readSubject(subject);
  const recipient = await recipientById(tx, device);
  const stored = await lockReceipt(tx, device, ref);
  if (recipient === undefined || stored === undefined) return;
  const isOnItsWay = await deliver(tx, context, recipient, ref, stored);
  const pause = isOnItsWay ? pauseSoonAfter(stored) : REPEAT_PAUSES_MS[stored.repeats + 1];
  await repeatLater(tx, context, device, ref, pause);
}

/** The phone has a receipt; unless a newer one has taken its place, it need not be sent again. */
export async function receiptDelivered(
  tx: Tx,
  { timers }: Context,
  { id, deviceId, ref }: DeliveredFrame,
): Promise<void> {
  const firstFrame = (await lockReceipt(tx, deviceId, ref))?.firstFrame ?? Infinity;
  if (id >= firstFrame) await timers.cancel(tx, 'receipt-repeat', subjectOf(deviceId, ref));
}

/**
 * Reports about the frame that has not left yet, and about later ones, are reports about the stored receipt. Those about earlier frames are about one
 * whose place it took. Clocks cannot tell: two receipts may be of one millisecond, and of two processes.
 */
function countReports(tx: Tx, device: DeviceId, ref: Ref): void {
  tx.later(
    `UPDATE receipt SET first_frame =
       (SELECT max(id) FROM outbox WHERE ended_at IS NULL AND ref = ? AND device_id = ? AND message = 'RECEIPT')
     WHERE device_id = ? AND ref = ? AND first_frame IS NULL`,
    ...[ref, device, device, ref],
  );
}

/** @param pause ms; `undefined`: the receipt is not sent again by itself any more */
async function repeatLater(
  tx: Tx,
  context: Context,
  device: DeviceId,
  ref: Ref,
  pause: number | undefined,
): Promise<void> {
  if (pause !== undefined)
    await context.timers.set(tx, 'receipt-repeat', subjectOf(device, ref), context.clock.now() + pause);
}

/** The pause before the next repeat, ms, when somebody waits for the receipt. */
function pauseSoonAfter({ repeats }: StoredReceipt): number {
  return Math.min(REPEAT_PAUSES_MS[repeats + 1] ?? LONGEST_PAUSE_MS, LONGEST_PAUSE_MS);
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
  request: Uint8Array | undefined,
  content: ReceiptContent,
): Promise<void> {
  const frame = await sealReceipt(tx, context, recipient, ref, request, content);
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, frame, context.clock.now() + RECEIPT_USEFUL_MS);
}

/**
 * Answers a query with the stored receipt, the same frame, unless it is on its way. @param asked false when this may have been the phone's last
 * query: then the service takes care that the phone gets the receipt, as long as it is useful. @returns whether there is one that the phone can take: it
 * believes nothing that was made with a key that has ended since
 */
export async function repeatReceipt(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  asked = true,
): Promise<boolean> {
  const stored = await lockReceipt(tx, recipient.id, ref);
  if (stored === undefined || (await context.ring.hasEndedSince(tx, stored.at))) return false;
  if (asked || context.clock.now() > stored.at + RECEIPT_USEFUL_MS) {
    if (!(await isUnsent(tx, 'RECEIPT', ref))) await sendAgain(tx, context, recipient, ref, stored, false);
    return true;
  }
  await deliver(tx, context, recipient, ref, stored);
  await repeatLater(tx, context, recipient.id, ref, pauseSoonAfter(stored));
  return true;
}

/** Sends the receipt again unless it is on its way, and asks the network whether the phone has it. @returns whether it was on its way */
async function deliver(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  stored: StoredReceipt,
): Promise<boolean> {
  const isOnItsWay = await askForReport(tx, 'RECEIPT', ref);
  if (!isOnItsWay) await sendAgain(tx, context, recipient, ref, stored, true);
  countReports(tx, recipient.id, ref);
  return isOnItsWay;
}

async function sendAgain(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  { frame, repeats }: StoredReceipt,
  report: boolean,
): Promise<void> {
  if (repeats >= REPEAT_LIMIT) return;
  await tx.run('UPDATE receipt SET repeats = repeats + 1 WHERE device_id = ? AND ref = ?', recipient.id, ref);
  const usefulUntil = context.clock.now() + RECEIPT_USEFUL_MS;
  await queueFrame(tx, context, recipient, 'RECEIPT', ref, frame, usefulUntil, report);
}

interface StoredReceipt {
  readonly frame: Uint8Array;
  readonly repeats: number;
  /** ms since 1970. */
  readonly at: number;
  /** The first frame about which a report says that the phone has this receipt; `undefined`: no report was asked for. */
  readonly firstFrame: number | undefined;
}

/** Locked, so that a stored receipt is not sent again after one that takes its place meanwhile. */
async function lockReceipt(tx: Tx, device: DeviceId, ref: string): Promise<StoredReceipt | undefined> {
  return tx.get(
    'SELECT frame, repeats, at, first_frame FROM receipt WHERE device_id = ? AND ref = ? FOR UPDATE',
    (row) => ({
      frame: row.octets('frame'),
      repeats: row.integer('repeats'),
      at: row.integer('at'),
      firstFrame: row.optionalInteger('first_frame'),
    }),
    device,
    ref,
  );
}

async function sealReceipt(
  tx: ReadTx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  request: Uint8Array | undefined,
  content: ReceiptContent,
): Promise<Uint8Array> {
  const key = await context.ring.signing(tx, recipient.signingKid);
  const receipt = composeReceipt(context, key, recipient.id, request, { ...content, ref: refOctets(ref) });
  return sealTo(tx, context, recipient, receipt);
}
