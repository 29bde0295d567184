import type { Row } from '../store/row.ts';
import type { Tx } from '../store/store.ts';
import { type DeviceId, deviceId, type Ref, ref } from '../vocabulary/ids.ts';

const STATES = ['open', 'changed', 'refused'] as const;

/** A change of a PIN, as far as its two messages have come. */
export interface PinChange {
  readonly deviceId: DeviceId;
  /** By the phone. */
  readonly pcid: Ref;
  /** `open` until both messages have come and the PIN was right (`changed`), or wrong once too often (`refused`). */
  readonly state: (typeof STATES)[number];
  /** Of the message that came first. */
  readonly ctr: number;
  /** `A'` of PIN_NEW, sealed; `undefined` until it came, and after the end. */
  readonly newKey: Uint8Array | undefined;
  /** The signature of PIN_PROOF, sealed; only while it waits for `A'`. */
  readonly proof: Uint8Array | undefined;
  /** The `ctr` of the last PIN_PROOF, also of one that was wrong; 0: none came. */
  readonly proofCtr: number;
  readonly wrongPins: number;
}

/** The change of this name, locked; `undefined` when the service does not know it. */
export function lockPinChange(tx: Tx, device: DeviceId, pcid: Ref): Promise<PinChange | undefined> {
  return tx.get('SELECT * FROM pin_change WHERE device_id = ? AND pcid = ? FOR UPDATE', readPinChange, device, pcid);
}

/**
 * Begins a change. The phone has left an earlier one that is open, so that one goes.
 * @returns `undefined` when this one is the earlier: its message was overtaken
 */
export async function beginPinChange(tx: Tx, device: DeviceId, pcid: Ref, ctr: number): Promise<PinChange | undefined> {
  const later = await tx.get(
    "SELECT 1 AS one FROM pin_change WHERE device_id = ? AND state = 'open' AND ctr > ?",
    (row) => row.integer('one'),
    device,
    ctr,
  );
  if (later !== undefined) return undefined;
  await tx.run("DELETE FROM pin_change WHERE device_id = ? AND state = 'open'", device);
  await tx.run("INSERT INTO pin_change (device_id, pcid, state, ctr) VALUES (?, ?, 'open', ?)", device, pcid, ctr);
  return lockPinChange(tx, device, pcid);
}

/** Writes down how far the change is. */
export async function savePinChange(tx: Tx, change: PinChange): Promise<void> {
  await tx.run(
    `UPDATE pin_change SET state = ?, new_key = ?, proof = ?, proof_ctr = ?, wrong_pins = ?
     WHERE device_id = ? AND pcid = ?`,
    ...[change.state, change.newKey ?? null, change.proof ?? null, change.proofCtr, change.wrongPins],
    change.deviceId,
    change.pcid,
  );
}

/** Keeps the key of before for what was asked and signed before the change. @param sealed for its place @param at ms since 1970 */
export async function keepFormerKey(
  tx: Tx,
  { deviceId, pcid }: PinChange,
  sealed: Uint8Array,
  at: number,
): Promise<void> {
  await tx.run(
    'UPDATE pin_change SET former_key = ?, changed_at = ? WHERE device_id = ? AND pcid = ?',
    sealed,
    at,
    deviceId,
    pcid,
  );
}

/** Forgets the change with its keys. */
export async function forgetPinChange(tx: Tx, device: DeviceId, pcid: Ref): Promise<void> {
  await tx.run('DELETE FROM pin_change WHERE device_id = ? AND pcid = ?', device, pcid);
}

function readPinChange(row: Row): PinChange {
  return {
    deviceId: deviceId(row.integer('device_id')),
    pcid: ref(row.text('pcid')),
    state: row.oneOf('state', STATES),
    ctr: row.integer('ctr'),
    newKey: row.optionalOctets('new_key'),
    proof: row.optionalOctets('proof'),
    proofCtr: row.integer('proof_ctr'),
    wrongPins: row.integer('wrong_pins'),
  };
}
