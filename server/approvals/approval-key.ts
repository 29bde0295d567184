import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { ReadTx } from '../store/store.ts';
import { type DeviceId, type Ref, ref } from '../vocabulary/ids.ts';

// `A`, the public half of the key that a PIN opens: a secret of the service, because whoever has it and the phone can test PINs.

/** Seals `A` for its device. The caller wipes the plaintext. */
export function sealApprovalKey(context: Context, device: Pick<Device, 'id'>, approvalKey: Uint8Array): Uint8Array {
  return context.vault.seal('approval key', `device ${device.id}`, approvalKey);
}

/** The present `A` of a phone. The caller wipes it. @throws Error when the phone has not enrolled */
export function openApprovalKey(context: Context, device: Device): Uint8Array {
  if (device.sealedApprovalKey === undefined) throw new Error(`device ${device.id} has no approval key`);
  return context.vault.open('approval key', `device ${device.id}`, device.sealedApprovalKey);
}

/** Where the key of before a change of the PIN is sealed: it opens nowhere else. @param pcid of the change */
export function formerKeyPlace(device: DeviceId, pcid: Ref): readonly [purpose: string, subject: string] {
  return ['former approval key', `device ${device} ${pcid}`];
}

/** An approval, as far as it decides under which key it was signed. */
export interface Signed {
  /** Of the phone's message. */
  readonly ctr: number;
  /** When the phone was asked, ms since 1970. */
  readonly askedAt: number;
}

/**
 * The `A` that judges an approval: the one of before a change of the PIN, when the phone was asked before the change and has signed before it.
 * What is asked later is judged by the present one alone: the person may have changed the PIN because somebody knows it. The caller wipes it.
 */
export async function approvalKeyFor(
  tx: ReadTx,
  context: Context,
  device: Device,
  { ctr, askedAt }: Signed,
): Promise<Uint8Array> {
  if (ctr > device.pinChangedCtr) return openApprovalKey(context, device);
  const former = await tx.get(
    `SELECT pcid, former_key FROM pin_change
     WHERE device_id = ? AND former_key IS NOT NULL AND proof_ctr > ? AND changed_at >= ? ORDER BY proof_ctr LIMIT 1`,
    (row) => ({ pcid: ref(row.text('pcid')), sealed: row.octets('former_key') }),
    device.id,
    ctr,
    askedAt,
  );
  if (former === undefined) return openApprovalKey(context, device);
  return context.vault.open(...formerKeyPlace(device.id, former.pcid), former.sealed);
}
