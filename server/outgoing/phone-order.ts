import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { type DeviceId, deviceId, type Ref, ref, refOctets, refOf } from '../vocabulary/ids.ts';
import { announceKeys } from './announce.ts';
import { composeOrder, queueFrame, type Recipient, sealTo } from './compose.ts';
import { type Context, unixTime } from './context.ts';
import { isUnsent } from './unsent.ts';

/** How long the bearer may try to deliver an order, ms: three days. */
const ORDER_USEFUL_MS = 3 * 24 * 60 * 60 * 1000;

/** Before an order that is not confirmed goes out again because the phone says something, ms: so often, and then a day. */
const REPEAT_PAUSE_MS = 60_000;
const REPEATS = 5;

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
  if (last.confirmedAt === undefined) await sendAgain(tx, context, recipient, last, REPEAT_PAUSE_MS);
  return last;
}

/** The latest order to a phone, or `undefined`. */
export function latestOrder(tx: ReadTx, device: DeviceId): Promise<PhoneOrder | undefined> {
  return latestStored(tx, device);
}

/**
 * The phone says that it has carried out an order.
 * @returns `earlier` when it has not heard of the latest one, which then is to be sent again, also when it was confirmed before: the flash of the phone was
 * put back since. `none` when the phone has no order of this ref
 */
export async function confirmOrder(
  tx: Tx,
  context: Context,
  device: DeviceId,
  ref: Ref,
): Promise<'latest' | 'earlier' | 'none'> {
  const { clock, journal } = context;
  const stored = await tx.get(`SELECT * FROM device_order WHERE ref = ? AND device_id = ?`, readOrder, ref, device);
  const last = await latestStored(tx, device);
  if (stored === undefined || last === undefined) return 'none';
  if (stored.confirmedAt === undefined) {
    await tx.run('UPDATE device_order SET confirmed_at = ? WHERE ref = ?', clock.now(), ref);
    await tx.run('UPDATE device SET order_ref = NULL WHERE id = ? AND order_ref = ?', device, ref);
    await context.outbox.withdraw(tx, device, 'ADMIN', ref);
    await journal.record(tx, { kind: 'order', deviceId: device, command: stored.command, state: 'confirmed' });
  }
  if (last.ref === ref) return 'latest';
  await tx.run('UPDATE device_order SET confirmed_at = NULL WHERE ref = ?', last.ref);
  await tx.run('UPDATE device SET order_ref = ? WHERE id = ?', last.ref, device);
  return 'earlier';
}

/** The phone has said something and has an order that it has not confirmed: perhaps the SMS was lost. */
export async function remindOfOrder(tx: Tx, context: Context, recipient: Recipient): Promise<void> {
  const last = await latestStored(tx, recipient.id);
  if (last === undefined || last.confirmedAt !== undefined) return;
  if (await sendAgain(tx, context, recipient, last, last.repeats < REPEATS ? REPEAT_PAUSE_MS : DAY_MS))
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
  const issued = { ref: refOf(context.random.bytes(8)), deviceId: device, command, at: now, confirmedAt: undefined };
  // The phone takes only an order that is newer than the one before, and both may be of one second.
  const time = Math.max(unixTime(context), (before?.time ?? 0) + 1);
  await tx.run(
    'INSERT INTO device_order (ref, device_id, command, time, at, sent_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[issued.ref, device, command, time, now, now],
  );
  await tx.run('UPDATE device SET order_ref = ? WHERE id = ?', issued.ref, device);
  if (before !== undefined) await context.outbox.withdraw(tx, device, 'ADMIN', before.ref);
  await send(tx, context, recipient, { ...issued, time });
  await context.journal.record(tx, { kind: 'order', deviceId: device, command, state: 'sent' });
  return issued;
}

/** Sends the same order again. @returns false when it went out within the pause, ms, or waits to go out */
async function sendAgain(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  stored: StoredOrder,
  pause: number,
): Promise<boolean> {
  const now = context.clock.now();
  // A time later than now is of a clock that was ahead, and is not believed.
  const isPause = stored.sentAt <= now && now < stored.sentAt + pause;
  if (isPause || (await isUnsent(tx, 'ADMIN', stored.ref))) return false;
  await tx.run('UPDATE device_order SET sent_at = ? WHERE ref = ?', now, stored.ref);
  await send(tx, context, recipient, stored);
  return true;
}

/** Each time with the keys that count then, of which the phone is told first: it cannot take what an unknown key has signed. */
async function send(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  { ref, deviceId, command, time }: Pick<StoredOrder, 'ref' | 'deviceId' | 'command' | 'time'>,
): Promise<void> {
  await announceKeys(tx, context, recipient, [REPEAT_PAUSE_MS]);
  const key = await context.ring.signing(tx, recipient.signingKid);
  const plaintext = composeOrder(context, key, deviceId, refOctets(ref), command, time);
  const frame = await sealTo(tx, context, recipient, plaintext);
  await queueFrame(tx, context, recipient, 'ADMIN', ref, frame, context.clock.now() + ORDER_USEFUL_MS);
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
    at: row.integer('at'),
    sentAt: row.integer('sent_at'),
    repeats: row.integer('repeats'),
    confirmedAt: row.optionalInteger('confirmed_at'),
  };
}
