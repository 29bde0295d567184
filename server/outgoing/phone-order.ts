import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, deviceId, type Ref, ref, refOf } from '../vocabulary/ids.ts';
import { composeOrder, queueFrame, type Recipient, sealTo } from './compose.ts';
import { type Context, unixTime } from './context.ts';
import { isUnsent } from './unsent.ts';

/** How long the bearer may try to deliver an order, ms: three days. */
const ORDER_USEFUL_MS = 3 * 24 * 60 * 60 * 1000;

/** An order that is not confirmed goes out again when the phone says something, so often, and not sooner than after this pause, ms. */
const REPEAT_LIMIT = 5;
const REPEAT_PAUSE_MS = 60_000;

const COMMANDS: readonly AdminCommand[] = ['lock', 'unlock', 'wipe'];

/** An order of an operator to a phone. */
export interface PhoneOrder {
  readonly ref: Ref;
  readonly deviceId: DeviceId;
  readonly command: AdminCommand;
  /** ms since 1970. */
  readonly at: number;
  /** When the phone said that it has carried it out; `undefined` while it has not. */
  readonly confirmedAt: number | undefined;
}

interface StoredOrder extends PhoneOrder {
  /** In the order, unix seconds. */
  readonly time: number;
  readonly frame: Uint8Array;
  readonly sentAt: number;
  readonly repeats: number;
}

/**
 * Sends an order to a phone, which the caller has locked. The same order again goes out again, a minute after the last time, until the
 * phone confirms it; another one takes the place of an earlier one.
 */
export async function order(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  command: AdminCommand,
): Promise<PhoneOrder> {
  const last = await latestStored(tx, recipient.id);
  if (last?.command !== command) return issue(tx, context, recipient, command, last);
  if (last.confirmedAt === undefined) await sendAgain(tx, context, recipient, last);
  return last;
}

/** The latest order to a phone, or `undefined`. */
export function latestOrder(tx: ReadTx, device: DeviceId): Promise<PhoneOrder | undefined> {
  return latestStored(tx, device);
}

/** The phone says that it has carried out an order. @returns false when it has none of this ref */
export async function confirmOrder(tx: Tx, context: Context, device: DeviceId, ref: Ref): Promise<boolean> {
  const { clock, journal } = context;
  const stored = await tx.get(`SELECT * FROM device_order WHERE ref = ? AND device_id = ?`, readOrder, ref, device);
  if (stored === undefined) return false;
  if (stored.confirmedAt === undefined) {
    await tx.run('UPDATE device_order SET confirmed_at = ? WHERE ref = ?', clock.now(), ref);
    await tx.run('UPDATE device SET order_ref = NULL WHERE id = ? AND order_ref = ?', device, ref);
    await context.outbox.withdraw(tx, device, 'ADMIN', ref);
    await journal.record(tx, { kind: 'order', deviceId: device, command: stored.command, state: 'confirmed' });
  }
  return true;
}

/** The phone has said something and has an order that it has not confirmed: perhaps the SMS was lost. */
export async function remindOfOrder(tx: Tx, context: Context, recipient: Recipient): Promise<void> {
  const last = await latestStored(tx, recipient.id);
  if (last === undefined || last.confirmedAt !== undefined || last.repeats >= REPEAT_LIMIT) return;
  if (await sendAgain(tx, context, recipient, last))
    await tx.run('UPDATE device_order SET repeats = repeats + 1 WHERE ref = ?', last.ref);
}

async function issue(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  command: AdminCommand,
  before: StoredOrder | undefined,
): Promise<PhoneOrder> {
  const { id: device } = recipient;
  const now = context.clock.now();
  const octets = context.random.bytes(8);
  const issued = { ref: refOf(octets), deviceId: device, command, at: now, confirmedAt: undefined };
  // The phone takes only an order that is newer than the one before, and both may be of one second.
  const time = Math.max(unixTime(context), (before?.time ?? 0) + 1);
  const key = await context.ring.signing(tx, recipient.signingKid);
  const frame = await sealTo(tx, context, recipient, composeOrder(context, key, device, octets, command, time));
  await tx.run(
    'INSERT INTO device_order (ref, device_id, command, time, frame, at, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[issued.ref, device, command, time, frame, now, now],
  );
  await tx.run('UPDATE device SET order_ref = ? WHERE id = ?', issued.ref, device);
  if (before !== undefined) await context.outbox.withdraw(tx, device, 'ADMIN', before.ref);
  await queueFrame(tx, context, recipient, 'ADMIN', issued.ref, frame, now + ORDER_USEFUL_MS);
  await context.journal.record(tx, { kind: 'order', deviceId: device, command, state: 'sent' });
  return issued;
}

/** Sends the same frame again. @returns false when it went out within the last minute, or waits to go out */
async function sendAgain(tx: Tx, context: Context, recipient: Recipient, stored: StoredOrder): Promise<boolean> {
  const now = context.clock.now();
  if (now < stored.sentAt + REPEAT_PAUSE_MS || (await isUnsent(tx, 'ADMIN', stored.ref))) return false;
  await tx.run('UPDATE device_order SET sent_at = ? WHERE ref = ?', now, stored.ref);
  await queueFrame(tx, context, recipient, 'ADMIN', stored.ref, stored.frame, now + ORDER_USEFUL_MS);
  return true;
}

function latestStored(tx: ReadTx, device: DeviceId): Promise<StoredOrder | undefined> {
  return tx.get('SELECT * FROM device_order WHERE device_id = ? ORDER BY time DESC LIMIT 1', readOrder, device);
}

function readOrder(row: Row): StoredOrder {
  return {
    ref: ref(row.text('ref')),
    deviceId: deviceId(row.integer('device_id')),
    command: row.oneOf('command', COMMANDS),
    time: row.integer('time'),
    frame: row.octets('frame'),
    at: row.integer('at'),
    sentAt: row.integer('sent_at'),
    repeats: row.integer('repeats'),
    confirmedAt: row.optionalInteger('confirmed_at'),
  };
}
