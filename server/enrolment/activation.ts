import { formatActivationCode } from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { lockOpenChallenges } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { Context } from '../outgoing/context.ts';
import { type Device, deviceById, lockDevicesOf, setDeviceState } from '../people/devices.ts';
import type { Person } from '../people/people.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, deviceId } from '../vocabulary/ids.ts';

/** Wrong activation codes after which the activation is void. */
const CODE_TRIES = 5;
/** How long an activation lasts, ms. */
const ACTIVATION_MS: number = 24 * 60 * 60 * 1000;

/** The start of an enrolment. The code is told to the person, not sent by SMS, and is not stored. */
export interface Activation {
  readonly deviceId: DeviceId;
  /** 8 characters of base 32 in two groups. */
  readonly activationCode: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

/** The result of checking an activation code that a phone sent. */
export type CodeVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'expired' };

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
  const now = context.clock.now();
  const expiresAt = now + ACTIVATION_MS;
  await tx.run(
    `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
     VALUES (?, ?, 'registered', ?, ?, ?, ?)`,
    id,
    person.id,
    macOf(context, id, code),
    CODE_TRIES,
    expiresAt,
    now,
  );
  await context.journal.record(tx, { kind: 'device', deviceId: id, personId: person.id, state: 'registered' });
  const activationCode = formatActivationCode(code);
  code.fill(0);
  return { deviceId: id, activationCode, expiresAt };
}

/** Takes back the AUTH_REQUEST of an enrolment that is not finished. */
export async function withdrawEnrolment(tx: Tx, { approvals }: AskingContext, { id }: Device): Promise<void> {
  for (const open of await lockOpenChallenges(tx, id, 'enrolment')) await approvals.withdraw(tx, open);
}

/** Checks a code, and counts a wrong one. @param code 5 octets, wiped here. @param at ms since 1970 */
export async function tryCode(
  tx: Tx,
  context: Context,
  device: Device,
  code: Uint8Array,
  at: number,
): Promise<CodeVerdict> {
  const activation = await tx.get(
    'SELECT code_mac, code_tries_left, code_expires_at FROM device WHERE id = ?',
    (row) => ({
      mac: row.octets('code_mac'),
      triesLeft: row.integer('code_tries_left'),
      expiresAt: row.integer('code_expires_at'),
    }),
    device.id,
  );
  if (activation === undefined || activation.triesLeft === 0 || at > activation.expiresAt) return { kind: 'expired' };
  const mac = macOf(context, device.id, code);
  code.fill(0);
  if (Buffer.from(mac).equals(activation.mac)) return { kind: 'right' };
  const triesLeft = activation.triesLeft - 1;
  await tx.run('UPDATE device SET code_tries_left = ? WHERE id = ?', triesLeft, device.id);
  return { kind: 'wrong', triesLeft };
}

/** A code has 40 bits, and all plain hashes could be tried: so it is stored as a digest under the vault key. */
function macOf(context: Context, id: DeviceId, code: Uint8Array): Uint8Array {
  return context.vault.mac('activation code', `device ${id}`, code);
}

/** A random deviceId: with counted ones the descriptor of another phone would be found by trying the next number. */
async function newDeviceId(tx: ReadTx, context: Context): Promise<DeviceId> {
  for (;;) {
    const drawn = randomBelow(context.random, 2 ** 32);
    if (drawn > 0 && (await deviceById(tx, drawn)) === undefined) return deviceId(drawn);
  }
}
