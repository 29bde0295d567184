import { ENDLESS, type Generation, KEY_USES, type KeyUse, neverBegins, notAfterOf } from '../keyring/generation.ts';
import { FIRST_SIGNING_KID, type KnownKid } from '../keyring/key-ring.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { NO_REF } from '../vocabulary/ids.ts';
import { queueFrame, type Recipient, sendNak } from './compose.ts';
import type { Context } from './context.ts';
import type { DeliveredFrame } from './outbox.ts';

/** How long the bearer may try to deliver an announcement, ms: three days. */
const ANNOUNCEMENT_USEFUL_MS = 3 * DAY_MS;

const HOUR_MS = 60 * 60 * 1000;

/** Pauses before a phone that is not known to have heard an announcement is told it again, ms; the last one for ever. */
const PAUSES_MS: readonly number[] = [HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS];

/** The same for a phone that seals to a key that does not count for it: until it has heard, nothing that it says is dealt with. */
const CUT_OFF_PAUSES_MS: readonly number[] = [HOUR_MS, DAY_MS];

/** The number under which it is noted that a phone has such a key: no key has it. */
const NO_KEY = 0;

/**
 * Tells a phone of the latest keys of the service, in an SMS for each that the phone is not known to have: when it says something, and
 * when it is asked for something. Which keys the phone has its frames say: of the sealing key in the header, of the receipt key in the last octet. A phone
 * that has the latest key is told of the ends of earlier ones, until the network says that it has them.
 * @param pauses between two times, ms
 */
export async function announceKeys(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  pauses: readonly number[] = PAUSES_MS,
): Promise<void> {
  for (const use of KEY_USES) {
    const { kid, announcement } = await context.ring.current(tx, use);
    if (announcement !== undefined && knownKid(recipient, use) !== kid)
      await tell(tx, context, recipient, use, kid, announcement, pauses);
  }
  await announceEnds(tx, context, recipient, pauses);
}

/**
 * A phone seals to a key that does not count for it, or of which this database has nothing: it was off for long, its flash was put back, it is a copy;
 * or a backup of the database was put back. It is told all keys anew, and under the latest one the time, in case its clock is behind: at
 * most once an hour, then once a day.
 * @returns whether it is told now
 */
export async function announceAnew(tx: Tx, context: Context, recipient: Recipient): Promise<boolean> {
  const { ring, journal } = context;
  const { id } = recipient;
  if (!(await mayTell(tx, context, recipient, 'sealing', NO_KEY, 0, CUT_OFF_PAUSES_MS))) return false;
  await journal.record(tx, { kind: 'alarm', alarm: 'earlier-key', deviceId: id, ref: NO_REF });
  await tx.run('DELETE FROM key_told WHERE device_id = ? AND kid <> ?', id, NO_KEY);
  await tx.run('UPDATE device SET signing_kid = first_signing_kid, ends_heard_at = 0 WHERE id = ?', id);
  // Also the keys of its descriptor: perhaps somebody has repeated the announcement of an earlier one, and the phone takes that for the later.
  for (const use of KEY_USES) await tellLatest(tx, context, recipient, await ring.current(tx, use));
  // A phone that has such a key takes it for the latest one until it hears of the end.
  for (const { use, kid, endAnnouncement } of (await ring.ended(tx)).filter(neverBegins))
    if (endAnnouncement !== undefined) await tell(tx, context, recipient, use, kid, endAnnouncement, PAUSES_MS);
  const sealing = await ring.current(tx, 'sealing');
  if (sealing.announcement !== undefined)
    await sendNak(tx, context, { ...recipient, sealingKid: sealing.kid }, NO_REF, 'bad-key');
  return true;
}

/**
 * A phone has let a question run out and said nothing. Perhaps it is off; perhaps its flash was put back, and it cannot open what is sealed with a key that it
 * had heard of: it is told the latest keys again, whether it is known to have them or not.
 */
export async function announceAgain(tx: Tx, context: Context, recipient: Recipient): Promise<void> {
  const { ring } = context;
  for (const use of KEY_USES) {
    const latest = await ring.current(tx, use);
    if (latest.kid !== ring.numberOf(use, firstKid(recipient, use))) await tellLatest(tx, context, recipient, latest);
  }
}

async function tellLatest(tx: Tx, context: Context, recipient: Recipient, latest: Generation): Promise<void> {
  const { use, kid, announcement } = latest;
  if (announcement !== undefined) await tell(tx, context, recipient, use, kid, announcement, PAUSES_MS);
}

/**
 * A phone says which receipt key it has, in a frame that only this phone can seal: with this one receipts to it are signed from now on. When it is an earlier one than
 * the phone had, its flash was put back; when this database has nothing of it, a backup of the database was put back: an alarm says so, and the phone is told
 * the latest key anew.
 * @param said its number; 0: that of the phone's descriptor
 * @returns the phone with this key
 */
export async function receiptKeySaid(tx: Tx, context: Context, recipient: Recipient, said: number): Promise<Recipient> {
  const { ring } = context;
  const { id, firstSigningKid = FIRST_SIGNING_KID, signingKid = FIRST_SIGNING_KID } = recipient;
  const kid = said === 0 ? firstSigningKid : said;
  if (kid === signingKid) return recipient;
  const isKnown = await ring.has(tx, 'signing', kid);
  if (isKnown) await tx.run('UPDATE device SET signing_kid = ? WHERE id = ?', kid, id);
  const corrected = isKnown ? { ...recipient, signingKid: kid } : recipient;
  if (isKnown && (await ring.isLater(tx, 'signing', kid, signingKid))) return corrected;
  if (!(await mayTell(tx, context, corrected, 'signing', NO_KEY, 0, CUT_OFF_PAUSES_MS))) return corrected;
  await context.journal.record(tx, { kind: 'alarm', alarm: 'earlier-key', deviceId: id, ref: NO_REF });
  await tx.run("DELETE FROM key_told WHERE device_id = ? AND use = 'signing' AND kid <> ?", id, NO_KEY);
  await tx.run('UPDATE device SET ends_heard_at = 0 WHERE id = ?', id);
  return { ...corrected, endsHeardAt: 0 };
}

/** The network says that a phone has the announcement of an end: it is not told this one again. Which keys it has only the phone can say. */
export async function endDelivered(tx: Tx, { clock }: Context, { deviceId, ref }: DeliveredFrame): Promise<void> {
  const [use, kid, notAfter] = ref.split(' ');
  await tx.run(
    'UPDATE key_told SET heard_at = ? WHERE device_id = ? AND use = ? AND kid = ? AND not_after = ?',
    ...[clock.now(), deviceId, use ?? '', Number(kid), Number(notAfter ?? ENDLESS)],
  );
}

async function announceEnds(tx: Tx, context: Context, recipient: Recipient, pauses: readonly number[]): Promise<void> {
  const ended = await context.ring.ended(tx);
  const latest = Math.max(0, ...ended.map(({ endAnnouncedAt }) => endAnnouncedAt));
  if (recipient.endsHeardAt >= latest) return;
  const heard = await tx.all(
    'SELECT use, kid, not_after FROM key_told WHERE device_id = ? AND heard_at IS NOT NULL ORDER BY use, kid, not_after',
    (row) => `${row.text('use')} ${row.integer('kid')} ${row.integer('not_after')}`,
    recipient.id,
  );
  let isOpen = false;
  for (const generation of ended) {
    const { use, kid, endAnnouncement } = generation;
    const isOfPhone = neverBegins(generation) || (await mayHave(tx, context, recipient, use, kid));
    if (endAnnouncement === undefined || !isOfPhone) continue;
    if (heard.includes(nameOf(use, kid, endAnnouncement))) continue;
    isOpen = true;
    if (await hasLater(tx, context, recipient, use, kid))
      await tell(tx, context, recipient, use, kid, endAnnouncement, pauses);
  }
  if (!isOpen) await tx.run('UPDATE device SET ends_heard_at = ? WHERE id = ?', latest, recipient.id);
}

/** Whether a phone may have a key: that of its descriptor, or a later one. */
async function mayHave(tx: Tx, { ring }: Context, phone: Recipient, use: KeyUse, kid: number): Promise<boolean> {
  const first = firstKid(phone, use);
  return kid === ring.numberOf(use, first) || ring.isLater(tx, use, kid, first);
}

/**
 * Whether a phone has a later key, so that it can do without this one. A phone that has named none has the receipt key of its descriptor, and may be off: the end
 * of that one is told at the latest when the service does not sign with it any more.
 */
async function hasLater(
  tx: Tx,
  { ring, clock }: Context,
  phone: Recipient,
  use: KeyUse,
  kid: number,
): Promise<boolean> {
  if (await ring.isLater(tx, use, ring.numberOf(use, knownKid(phone, use)), kid)) return true;
  const isOver = ({ endsAt }: Generation) => endsAt !== undefined && endsAt <= clock.now();
  return use === 'signing' && (await ring.ended(tx)).some((one) => one.use === use && one.kid === kid && isOver(one));
}

function knownKid({ sealingKid, signingKid }: Recipient, use: KeyUse): KnownKid {
  return use === 'sealing' ? sealingKid : signingKid;
}

function firstKid({ firstSealingKid, firstSigningKid }: Recipient, use: KeyUse): KnownKid {
  return use === 'sealing' ? firstSealingKid : firstSigningKid;
}

function nameOf(use: KeyUse, kid: number, announcement: Uint8Array): string {
  return `${use} ${kid} ${notAfterOf(announcement)}`;
}

/** Sends an announcement, unless it went within the pause. The network is asked for a report of an end: frames of the phone do not say that it has it. */
async function tell(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  use: KeyUse,
  kid: number,
  announcement: Uint8Array,
  pauses: readonly number[],
): Promise<void> {
  const notAfter = notAfterOf(announcement);
  if (!(await mayTell(tx, context, recipient, use, kid, notAfter, pauses))) return;
  const usefulUntil = context.clock.now() + ANNOUNCEMENT_USEFUL_MS;
  const report = notAfter !== ENDLESS;
  await queueFrame(tx, context, recipient, 'KEY', nameOf(use, kid, announcement), announcement, usefulUntil, report);
}

async function mayTell(
  tx: Tx,
  { clock }: Context,
  { id }: Recipient,
  use: KeyUse,
  kid: number,
  notAfter: number,
  pauses: readonly number[],
): Promise<boolean> {
  const now = clock.now();
  // A time later than now is of a clock that was ahead, and is not believed.
  const [first = 0, second = first, third = second, later = third] = pauses;
  const told = await tx.run(
    `INSERT INTO key_told (device_id, use, kid, not_after, times, at) VALUES (?, ?, ?, ?, 1, ?)
     ON CONFLICT (device_id, use, kid, not_after) DO UPDATE SET times = key_told.times + 1, at = excluded.at
     WHERE key_told.at <= ? OR key_told.at > ? OR (key_told.times = 1 AND key_told.at <= ?) OR (key_told.times = 2 AND key_told.at <= ?)
       OR (key_told.times = 3 AND key_told.at <= ?)`,
    ...[id, use, kid, notAfter, now, now - later, now, now - first, now - second, now - third],
  );
  return told > 0;
}
