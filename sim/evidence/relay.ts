/** Which way a message of the relay layer goes: from the phone, or to it. */
export type Way = 'up' | 'down';

/** Message types of the relay layer, from the phone; to it, they are one more (3GPP TS 24.011, 8.2.2). */
const TYPE = { data: 0, ack: 2, error: 4 } as const;
/** Element identifier of RP-User-Data where it is optional (3GPP TS 24.011, 7.3.3 and 7.3.4). */
const USER_DATA = 0x41;

/** Protocol discriminator of short messages, transaction identifier flag of the answering side, and CP-DATA (3GPP TS 24.011, 8.1). */
const SMS_PROTOCOL = 9;
const ANSWERING_SIDE = 0x80;
const CP_DATA = 1;

/** RP-DATA: a TPDU, with the service centre's address as it precedes a TPDU in AT commands (3GPP TS 24.011, 7.3.1). */
export function rpData(way: Way, reference: number, serviceCentre: Uint8Array, tpdu: Uint8Array): Uint8Array {
  const none = Uint8Array.of(0);
  const addresses = way === 'up' ? [none, serviceCentre] : [serviceCentre, none];
  return Buffer.concat([header(TYPE.data, way, reference), ...addresses, Uint8Array.of(tpdu.length), tpdu]);
}

/** RP-ACK (3GPP TS 24.011, 7.3.3). */
export function rpAck(way: Way, reference: number): Uint8Array {
  return header(TYPE.ack, way, reference);
}

/** RP-ERROR with an RP cause and, if any, a report that gives TP-FCS (3GPP TS 24.011, 7.3.4). */
export function rpError(way: Way, reference: number, cause: number, report?: Uint8Array): Uint8Array {
  const userData = report === undefined ? [] : [Uint8Array.of(USER_DATA, report.length), report];
  return Buffer.concat([header(TYPE.error, way, reference), Uint8Array.of(1, cause), ...userData]);
}

/**
 * CP-DATA around a message of the relay layer. `transaction` is 0 to 6; `answering` says that the side which did not begin
 * the transaction sends it (3GPP TS 24.011, 7.2.1; 3GPP TS 24.007, 11.2.3.1.3).
 */
export function cpData(transaction: number, answering: boolean, rpdu: Uint8Array): Uint8Array {
  const first = (answering ? ANSWERING_SIDE : 0) | (transaction << 4) | SMS_PROTOCOL;
  return Buffer.concat([Uint8Array.of(first, CP_DATA, rpdu.length), rpdu]);
}

function header(type: number, way: Way, reference: number): Uint8Array {
  return Uint8Array.of(way === 'up' ? type : type + 1, reference);
}
