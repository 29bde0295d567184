import { addressOf, encodePdu, encodeTpdu, type Tpdu } from '../../modem/index.ts';

const ANY_TPDU: Tpdu = {
  type: 'SUBMIT',
  messageReference: 0,
  destination: addressOf('0'),
  dcs: { group: 'general', alphabet: '8bit', automaticDeletion: false },
  userData: { kind: 'data', header: [], data: new Uint8Array() },
};

/** The service centre's address as it stands before a TPDU (3GPP TS 27.005, 3.1); one zero octet for no number. */
export function smscField(number: string): Uint8Array {
  if (number === '') return Uint8Array.of(0);
  const pdu = encodePdu({ smsc: addressOf(number), tpdu: ANY_TPDU });
  return pdu.subarray(0, pdu.length - encodeTpdu(ANY_TPDU).length);
}
