import { formatActivationCode, hexOf } from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { lockOpenChallenges } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { EnrolArrival } from '../intake/arrival.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Context } from '../outgoing/context.ts';
import { type CodeTries, isOver, readCodeTries, whyUnanswered } from '../people/code-tries.ts';
import { type Device, deviceById, lockDevicesOf, setDeviceState } from '../people/devices.ts';
import type { Person } from '../people/people.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, deviceId, NO_REF } from '../vocabulary/ids.ts';

/** Wrong activation codes after which the activation is void. */
const CODE_TRIES = 5;
/** How long an activation lasts, ms. */
const ACTIVATION_MS: number = 24 * 60 * 60 * 1000;

const LINK_TOKEN_OCTETS = 16;

/** The start of an enrolment. The code is told to the person, not sent by SMS, and is not stored. */
export interface Activation {
  readonly deviceId: DeviceId;
  /** 8 characters of base 32 in two groups. */
  readonly activationCode: string;
  /** Names the descriptor of the phone in its link, as 32 hexadecimal digits; not stored. */
  readonly linkToken: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

/** The result of checking an activation code that a phone sent. */
export type CodeVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'expired' }
  /** Not right, or not looked at, and the phone is not told. */
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Registers a new phone for a person, whom the caller has locked. Unfinished activations of the same person become void. */
export async function createActivation(tx: Tx, context: AskingContext, person: Person): Promise<Activation> {
  for (const device of await lockDevicesOf(tx, person.id)) {
    if (device.state === 'registered' || device.state === 'enrolling') {
      await withdrawEnrolment(tx, context, device);
      await setDeviceState(tx, context.journal, device, 'revoked');
    }
  }
  const id = await newDeviceId(tx, context);
  const code = context.random.bytes(5);
  const linkToken = hexOf(context.random.bytes(LINK_TOKEN_OCTETS));
  const now = context.clock.now();
  const expiresAt = now + ACTIVATION_MS;
  // The descriptor gives these keys, also when another one follows while the activation lasts.
  const [sealing, signing] = [await context.ring.current(tx, 'sealing'), await context.ring.current(tx, 'signing')];
  await tx.run(
    `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at, link_hash,
       sealing_kid, signing_kid, first_sealing_kid, first_signing_kid)
     VALUES (?, ?, 'registered', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    person.id,
    macOf(context, id, code),
    CODE_TRIES,
    expiresAt,
    now,
    hashApiKey(linkToken),
    ...[sealing.kid, signing.kid],
    ...[sealing.kid, signing.kid],
  );
  await context.journal.record(tx, { kind: 'device', deviceId: id, personId: person.id, state: 'registered' });
  const activationCode = formatActivationCode(code);
  code.fill(0);
  return { deviceId: id, activationCode, linkToken, expiresAt };
}

/**
 * The phone of this link, or `undefined`: as long as its activation lasts, and while it is active, because it loads updates of the
 * application there. @param now ms since 1970
 */
export async function deviceOfLink(tx: ReadTx, linkToken: string, now: number): Promise<Device | undefined> {
  const found = await tx.get(
    `SELECT id FROM device
     WHERE link_hash = ? AND (state = 'active'
       OR (state IN ('registered', 'enrolling') AND code_tries_left > 0 AND code_expires_at >= ?))`,
    (row) => row.integer('id'),
    hashApiKey(linkToken),
    now,
  );
  return found === undefined ? undefined : deviceById(tx, found);
}

/** Takes back the AUTH_REQUEST of an enrolment that is not finished. */
export async function withdrawEnrolment(tx: Tx, { approvals }: AskingContext, { id }: Device): Promise<void> {
  for (const open of await lockOpenChallenges(tx, id, 'enrolment')) await approvals.withdraw(tx, open);
}

/**
 * Checks a code, and counts a wrong one. Wrong codes from another number than the registered one are counted apart and not answered:
 * a stranger ends nobody's activation, and causes no SMS.
 * @param code 5 octets
 */
export async function tryCode(
  tx: Tx,
  context: CodeContext,
  device: Device,
  code: Uint8Array,
  { at, originator }: EnrolArrival,
): Promise<CodeVerdict> {
  const activation = await tx.get(
    'SELECT code_mac, code_tries_left, tries_elsewhere, code_expires_at FROM device WHERE id = ?',
    (row) => ({ ...readCodeTries(row), mac: row.octets('code_mac') }),
    device.id,
  );
  if (activation === undefined) throw new Error(`device ${device.id} is gone`);
  const own = originator === device.number;
  const reason = whyUnanswered(activation, own, context.limits, at);
  if (reason !== undefined) return { kind: 'unanswered', reason };
  if (isOver(activation, at)) return countOver(tx, device, activation);
  const isRight = (mac: Uint8Array) => Buffer.from(mac).equals(activation.mac);
  if (context.vault.macs(...codePlace(device.id), code).some(isRight)) return { kind: 'right' };
  return own ? countWrong(tx, context, device, activation) : countElsewhere(tx, context, device, activation);
}

async function countWrong(
  tx: Tx,
  { journal }: CodeContext,
  device: Device,
  { triesLeft }: CodeTries,
): Promise<CodeVerdict> {
  await tx.run('UPDATE device SET code_tries_left = ? WHERE id = ?', triesLeft - 1, device.id);
  if (triesLeft === 1)
    await journal.record(tx, { kind: 'alarm', alarm: 'activation-ended', deviceId: device.id, ref: NO_REF });
  return { kind: 'wrong', triesLeft: triesLeft - 1 };
}

/** Below zero the tries count how often the phone was told that the activation is over. */
async function countOver(tx: Tx, device: Device, { triesLeft }: CodeTries): Promise<CodeVerdict> {
  await tx.run('UPDATE device SET code_tries_left = ? WHERE id = ?', Math.min(0, triesLeft) - 1, device.id);
  return { kind: 'expired' };
}

async function countElsewhere(
  tx: Tx,
  { limits, journal }: CodeContext,
  device: Device,
  { triesElsewhere }: CodeTries,
): Promise<CodeVerdict> {
  const tries = triesElsewhere + 1;
  await tx.run('UPDATE device SET tries_elsewhere = ? WHERE id = ?', tries, device.id);
  if (tries === limits.codeTriesElsewhere)
    await journal.record(tx, { kind: 'alarm', alarm: 'codes-tried-elsewhere', deviceId: device.id, ref: '' });
  return { kind: 'unanswered', reason: 'wrong code from elsewhere' };
}

/** What the check of a code uses. */
type CodeContext = Pick<Context, 'limits' | 'journal' | 'vault'>;

/** A code has 40 bits, and all plain hashes could be tried: so it is stored as a digest under the vault key. */
function macOf(context: Pick<Context, 'vault'>, id: DeviceId, code: Uint8Array): Uint8Array {
  return context.vault.mac(...codePlace(id), code);
}

function codePlace(id: DeviceId): readonly [purpose: string, subject: string] {
  return ['activation code', `device ${id}`];
}

/** A random deviceId: with counted ones the descriptor of another phone would be found by trying the next number. */
async function newDeviceId(tx: ReadTx, context: Context): Promise<DeviceId> {
  for (;;) {
    const drawn = randomBelow(context.random, 2 ** 32);
    if (drawn > 0 && (await deviceById(tx, drawn)) === undefined) return deviceId(drawn);
  }
}
