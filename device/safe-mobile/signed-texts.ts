import { concat } from './octets.ts';
import type { Primitives } from './primitives.ts';
import { signedText, uint32 } from './signature.ts';

/** What a customer signs: the whole 83-octet request that the phone displayed. */
export function approvalText(deviceId: number, ctr: number, instrument: number, request: Uint8Array): Uint8Array {
  return signedText('SM1 approve', uint32(deviceId), uint32(ctr), Uint8Array.of(instrument), request);
}

/**
 * What the service signs in a receipt: the hash of the request stands for its amount and payee.
 * @param request the padded plaintext that the receipt answers: the request (83 octets) or the PAY_INIT (79). `undefined` for a change of the PIN:
 * a hash over PIN_NEW, which holds `A'`, or over PIN_PROOF would tell whoever has the phone whether a PIN is right, so 32 zero octets stand for it.
 * @param receipt the padded plaintext of the receipt; only octets 0 to 18 count.
 */
export function receiptText(
  primitives: Primitives,
  deviceId: number,
  request: Uint8Array | undefined,
  receipt: Uint8Array,
): Uint8Array {
  const digest = request === undefined ? new Uint8Array(32) : primitives.sha512(request).subarray(0, 32);
  return signedText('SM1 receipt', uint32(deviceId), digest, receipt.subarray(0, 19));
}

/** What the old key signs when the PIN changes. */
export function pinChangeText(deviceId: number, ctr: number, pcid: Uint8Array, approvalKey: Uint8Array): Uint8Array {
  return signedText('SM1 pin', uint32(deviceId), uint32(ctr), concat(pcid, approvalKey));
}

/** What the service signs under an order to a phone: octets 0 to 14 of the padded ADMIN. */
export function adminText(deviceId: number, admin: Uint8Array): Uint8Array {
  return signedText('SM1 admin', uint32(deviceId), admin.subarray(0, 15));
}

/** What the service signs under its time: octets 0 to 12 of the padded TIME_RESPONSE. */
export function timeText(deviceId: number, response: Uint8Array): Uint8Array {
  return signedText('SM1 time', uint32(deviceId), response.subarray(0, 13));
}
