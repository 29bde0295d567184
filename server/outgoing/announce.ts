import { KEY_USES, type KeyUse } from '../keyring/generation.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { queueFrame, type Recipient } from './compose.ts';
import type { Context } from './context.ts';
import type { DeliveredFrame } from './outbox.ts';

/** How long the bearer may try to deliver an announcement, ms: three days. */
const ANNOUNCEMENT_USEFUL_MS = 3 * DAY_MS;

/** So often a phone is told of a key, and not twice within a day. */
const TOLD_AT_MOST = 3;

/**
 * Tells a phone of the latest keys of the service, in an SMS for each that the phone is not known to have: when it says something, and
 * when it is asked for something. What the phone has of a sealing key its frames show; of a receipt key, the network's report.
 */
export async function announceKeys(tx: Tx, context: Context, recipient: Recipient): Promise<void> {
  for (const use of KEY_USES) {
    const { kid, announcement } = await context.ring.current(tx, use);
    const known = use === 'sealing' ? recipient.sealingKid : recipient.signingKid;
    if (announcement === undefined || known === kid) continue;
    if (!(await mayTell(tx, context, recipient, use, kid))) continue;
    const usefulUntil = context.clock.now() + ANNOUNCEMENT_USEFUL_MS;
    await queueFrame(tx, context, recipient, 'KEY', `${use} ${kid}`, announcement, usefulUntil, use === 'signing');
  }
}

/** The network says that a phone has an announcement: from now on receipts to it are signed with the new key. */
export async function keyDelivered(tx: Tx, context: Context, { deviceId, ref }: DeliveredFrame): Promise<void> {
  const [use, number] = ref.split(' ');
  if (use !== 'signing') return;
  const before = await tx.get(
    'SELECT signing_kid FROM device WHERE id = ?',
    (row) => ({ kid: row.optionalInteger('signing_kid') }),
    deviceId,
  );
  if (before === undefined || !(await context.ring.isLater(tx, 'signing', Number(number), before.kid))) return;
  await tx.run('UPDATE device SET signing_kid = ? WHERE id = ?', Number(number), deviceId);
}

async function mayTell(tx: Tx, context: Context, { id }: Recipient, use: KeyUse, kid: number): Promise<boolean> {
  const now = context.clock.now();
  const told = await tx.run(
    `INSERT INTO key_told (device_id, use, kid, times, at) VALUES (?, ?, ?, 1, ?)
     ON CONFLICT (device_id, use, kid) DO UPDATE SET times = key_told.times + 1, at = excluded.at
     WHERE key_told.times < ? AND key_told.at <= ?`,
    ...[id, use, kid, now, TOLD_AT_MOST, now - DAY_MS],
  );
  return told > 0;
}
