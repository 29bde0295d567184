import type { Journal } from '../journal/journal.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DEVICE_STATES, type DeviceState } from '../vocabulary/device-states.ts';
import { type DeviceId, deviceId, type PersonId, personId } from '../vocabulary/ids.ts';
import { likenessOf } from './aliases.ts';

/** One phone of one person. A new phone, or a forgotten PIN, is a new device. */
export interface Device {
  readonly id: DeviceId;
  readonly personId: PersonId;
  /** The number that its person registered, E.164: where frames to the phone go. */
  readonly number: string;
  readonly state: DeviceState;
  /** `D`, 32 octets; there from `enrolling` on. */
  readonly sealingKey: Uint8Array | undefined;
  /** `A` under the vault key; there from `enrolling` on. */
  readonly sealedApprovalKey: Uint8Array | undefined;
  /** The highest `ctr` received. */
  readonly highestCtr: number;
  /** Wrong PINs since the last right one. */
  readonly failuresInRow: number;
  /** When a block ends, ms since 1970; `undefined` in a blocked device: only a new enrolment helps. */
  readonly blockedUntil: number | undefined;
  /** When the phone was registered, ms since 1970. */
  readonly createdAt: number;
  /** When the phone became active, ms since 1970. */
  readonly activatedAt: number | undefined;
  /** Of its allowance of messages that answer no open question: see `take`. */
  readonly unbiddenFullAt: number;
  /** When it was last said that this allowance is used up, ms since 1970; 0 never. */
  readonly unbiddenAlarmAt: number;
  /** Since when the phone is locked, ms since 1970: it was reported stolen or lost. */
  readonly lockedAt: number | undefined;
  /** Of the order that the phone has not confirmed. */
  readonly orderRef: string | undefined;
  /** The latest sealing key of the service that the phone is known to have; `undefined`: that of the key file. */
  readonly sealingKid: number | undefined;
  /** Its lowest `ctr` under this key. */
  readonly sealingFrom: number;
  /** The latest receipt key that the phone is known to have; `undefined`: that of the key file. */
  readonly signingKid: number | undefined;
  /** The sealing key of the service in the phone's descriptor; `undefined`: that of the key file. */
  readonly firstSealingKid: number | undefined;
  /** The receipt key in the phone's descriptor; `undefined`: that of the key file. */
  readonly firstSigningKid: number | undefined;
  /** The ends of keys that were announced until then, ms since 1970, are known to the phone, or were of no key of it. */
  readonly endsHeardAt: number;
  /** The `ctr` with which the phone proved the PIN of before the last change; 0: it never changed. */
  readonly pinChangedCtr: number;
}

/** The device, or `undefined` when there is none of this id. */
export async function deviceById(tx: ReadTx, id: number): Promise<Device | undefined> {
  return tx.get(`${SELECT_DEVICE} WHERE d.id = ?`, readDevice, id);
}

/** The device, locked for what is decided by its counters, PIN tries and state; `undefined` when there is none of this id. */
export async function lockDevice(tx: Tx, id: number): Promise<Device | undefined> {
  return tx.get(LOCK_BY_ID, readDevice, id);
}

/** All devices of a person, oldest first. */
export async function devicesOf(tx: ReadTx, person: PersonId): Promise<Device[]> {
  return tx.all(`${SELECT_DEVICE} WHERE d.person_id = ? ORDER BY d.serial`, readDevice, person);
}

/** All devices of a person, oldest first, locked. */
export async function lockDevicesOf(tx: Tx, person: PersonId): Promise<Device[]> {
  return tx.all(`${SELECT_DEVICE} WHERE d.person_id = ? ORDER BY d.serial ${LOCK_DEVICE}`, readDevice, person);
}

/** The device to which requests to a person are sent, active or blocked, locked; or `undefined`. @param who E.164, or an alias */
export async function lockEnrolledDevice(tx: Tx, who: string): Promise<Device | undefined> {
  return who.startsWith('+') ? tx.get(LOCK_ENROLLED, readDevice, who) : tx.get(LOCK_NAMED, readDevice, likenessOf(who));
}

/** Whether people may be asked by this phone: it is active, and not locked. */
export function mayBeAsked({ state, lockedAt }: Device): boolean {
  return state === 'active' && lockedAt === undefined;
}

/** Changes the state of a device, with an entry in the journal. */
export async function setDeviceState(tx: Tx, journal: Journal, device: Device, state: DeviceState): Promise<void> {
  await tx.run('UPDATE device SET state = ? WHERE id = ?', state, device.id);
  await journal.record(tx, { kind: 'device', deviceId: device.id, personId: device.personId, state });
}

// Not the whole row: what an activation needs is of no use to messages, and each blob that is read is an array of its own.
const SELECT_DEVICE = `SELECT d.id, d.person_id, p.number, d.state, d.sealing_key, d.sealed_approval_key, d.highest_ctr, d.failures_in_row,
  d.blocked_until, d.created_at, d.activated_at, d.unbidden_full_at, d.unbidden_alarm_at, d.locked_at, d.order_ref, d.sealing_kid,
  d.sealing_from, d.signing_kid, d.first_sealing_kid, d.first_signing_kid, d.ends_heard_at, d.pin_changed_ctr
  FROM device d JOIN person p ON p.id = d.person_id`;

const LOCK_DEVICE = 'FOR UPDATE OF d';

// Each message and each request asks these: their texts are made once.
const LOCK_BY_ID = `${SELECT_DEVICE} WHERE d.id = ? ${LOCK_DEVICE}`;
const LOCK_ENROLLED = `${SELECT_DEVICE} WHERE p.number = ? AND d.state IN ('active', 'blocked') ${LOCK_DEVICE}`;
const LOCK_NAMED = `${SELECT_DEVICE} JOIN alias a ON a.person_id = p.id AND a.ended_at IS NULL
  WHERE a.likeness = ? AND d.state IN ('active', 'blocked') ${LOCK_DEVICE}`;

function readDevice(row: Row): Device {
  return {
    id: deviceId(row.integer('id')),
    personId: personId(row.integer('person_id')),
    number: row.text('number'),
    state: row.oneOf('state', DEVICE_STATES),
    sealingKey: row.optionalOctets('sealing_key'),
    sealedApprovalKey: row.optionalOctets('sealed_approval_key'),
    highestCtr: row.integer('highest_ctr'),
    failuresInRow: row.integer('failures_in_row'),
    blockedUntil: row.optionalInteger('blocked_until'),
    createdAt: row.integer('created_at'),
    activatedAt: row.optionalInteger('activated_at'),
    unbiddenFullAt: row.integer('unbidden_full_at'),
    unbiddenAlarmAt: row.integer('unbidden_alarm_at'),
    lockedAt: row.optionalInteger('locked_at'),
    orderRef: row.optional('order_ref', (found, column) => found.text(column)),
    sealingKid: row.optionalInteger('sealing_kid'),
    sealingFrom: row.integer('sealing_from'),
    signingKid: row.optionalInteger('signing_kid'),
    firstSealingKid: row.optionalInteger('first_sealing_kid'),
    firstSigningKid: row.optionalInteger('first_signing_kid'),
    endsHeardAt: row.integer('ends_heard_at'),
    pinChangedCtr: row.integer('pin_changed_ctr'),
  };
}
