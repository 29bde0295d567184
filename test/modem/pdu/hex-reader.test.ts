import { expect, test } from 'vitest';
import { decodeTpduFromHex, encodeTpdu, encodeTpduToHex, PduError, toHex } from '../../../modem/pdu/index.ts';

/** A DELIVER in hex with `length` octets of data, each of them `octet`. */
function deliver(length: number, octet: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0').toUpperCase();
  return `0404912143000490304061520000${hex(length)}${hex(octet).repeat(length)}`;
}

function dataIn(hex: string): Uint8Array {
  const tpdu = decodeTpduFromHex(hex, 'mobile-terminated');
  if (tpdu.type !== 'DELIVER' || tpdu.userData.kind !== 'data') throw new Error(tpdu.type);
  return tpdu.userData.data;
}

test('decoded data stays what it was, however many TPDUs are decoded after it', () => {
  // Together far more octets than one array that TPDUs are written into.
  const wanted = Array.from({ length: 3_000 }, (_, index) => [index % 141, index % 251] as const);
  const found = wanted.map(([length, octet]) => dataIn(deliver(length, octet)));
  expect(found.every((data, index) => data.length === wanted[index]?.[0])).toBe(true);
  expect(found.every((data, index) => data.every((octet) => octet === wanted[index]?.[1]))).toBe(true);
});

test('what is refused in between spoils nothing', () => {
  const [before, after] = [() => dataIn(deliver(3, 1)), () => dataIn(deliver(3, 2))];
  const first = before();
  for (const wrong of [
    '04049121430004903040615200000',
    'XX',
    deliver(3, 7).slice(2),
    'AA'.repeat(513),
    'FF'.repeat(512),
  ]) {
    expect(() => decodeTpduFromHex(wrong, 'mobile-terminated')).toThrow(PduError);
  }
  expect([first, after()]).toEqual([Uint8Array.of(1, 1, 1), Uint8Array.of(2, 2, 2)]);
});

test('what is encoded to hexadecimal is the octets that are encoded', () => {
  const tpdu = decodeTpduFromHex(deliver(20, 0xab), 'mobile-terminated');
  expect(encodeTpduToHex(tpdu)).toBe(toHex(encodeTpdu(tpdu)));
  expect(encodeTpduToHex(tpdu)).toBe(deliver(20, 0xab));
});
