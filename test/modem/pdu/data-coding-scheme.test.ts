import { describe, expect, test } from 'vitest';
import {
  CompressedTextError,
  type DataCodingScheme,
  dataCodingOctet,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  fromHex,
  PduEncodeError,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, deliverHex, refusal } from './fields.ts';

const GENERAL = { group: 'general', automaticDeletion: false } as const;
const WAITING = { group: 'message-waiting' } as const;

describe('TP-DCS (3GPP TS 23.038, 4)', () => {
  test.each<[string, DataCodingScheme]>([
    ['00', { ...GENERAL, alphabet: 'gsm7' }],
    ['04', { ...GENERAL, alphabet: '8bit' }],
    ['08', { ...GENERAL, alphabet: 'ucs2' }],
    ['10', { ...GENERAL, alphabet: 'gsm7', messageClass: 0 }],
    ['19', { ...GENERAL, alphabet: 'ucs2', messageClass: 1 }],
    ['16', { ...GENERAL, alphabet: '8bit', messageClass: 2 }],
    ['40', { ...GENERAL, automaticDeletion: true, alphabet: 'gsm7' }],
    ['5B', { ...GENERAL, automaticDeletion: true, alphabet: 'ucs2', messageClass: 3 }],
    ['C0', { ...WAITING, alphabet: 'gsm7', store: false, active: false, waiting: 'voicemail' }],
    ['C8', { ...WAITING, alphabet: 'gsm7', store: false, active: true, waiting: 'voicemail' }],
    ['D9', { ...WAITING, alphabet: 'gsm7', store: true, active: true, waiting: 'fax' }],
    ['EA', { ...WAITING, alphabet: 'ucs2', store: true, active: true, waiting: 'email' }],
    ['E3', { ...WAITING, alphabet: 'ucs2', store: true, active: false, waiting: 'other' }],
    ['F0', { group: 'data-coding', alphabet: 'gsm7', messageClass: 0 }],
    ['F6', { group: 'data-coding', alphabet: '8bit', messageClass: 2 }],
    ['0C', { group: 'reserved', octet: 0x0c, alphabet: 'gsm7' }],
    ['1D', { group: 'reserved', octet: 0x1d, alphabet: 'gsm7' }],
    ['80', { group: 'reserved', octet: 0x80, alphabet: 'gsm7' }],
    ['B9', { group: 'reserved', octet: 0xb9, alphabet: 'gsm7' }],
    ['01', { group: 'reserved', octet: 0x01, alphabet: 'gsm7' }],
    ['46', { group: 'reserved', octet: 0x46, alphabet: '8bit' }],
    ['0B', { group: 'reserved', octet: 0x0b, alphabet: 'ucs2' }],
    ['C4', { group: 'reserved', octet: 0xc4, alphabet: 'gsm7' }],
    ['EF', { group: 'reserved', octet: 0xef, alphabet: 'ucs2' }],
    ['F8', { group: 'reserved', octet: 0xf8, alphabet: 'gsm7' }],
    ['FC', { group: 'reserved', octet: 0xfc, alphabet: '8bit' }],
  ])('%s', (dcs, scheme) => {
    expect(decodeDeliver({ dcs }).dcs).toEqual(scheme);
    expect(toHex(Uint8Array.of(dataCodingOctet(scheme)))).toBe(dcs);
  });

  test('every octet is a scheme that encodes to it, or compressed', () => {
    const compressed = Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => {
      const octets = fromHex(deliverHex({ dcs: toHex(Uint8Array.of(octet)) }));
      try {
        expect(toHex(encodeTpdu(decodeTpdu(octets, 'mobile-terminated')))).toBe(toHex(octets));
        return false;
      } catch (error) {
        expect(error).toBeInstanceOf(CompressedTextError);
        return true;
      }
    });
    // Bit 5 of the two groups that have it.
    expect(compressed).toHaveLength(2 * 32);
  });

  test.each(['20', '2A', '34', '60', '7B'])(
    'compressed text, %s, is refused with an error of its own, leniently too',
    (dcs) => {
      const octets = fromHex(deliverHex({ dcs }));
      expect(() => decodeTpdu(octets, 'mobile-terminated')).toThrow(CompressedTextError);
      expect(() => decodeTpduLeniently(octets, 'mobile-terminated')).toThrow(CompressedTextError);
      expect(refusal(() => decodeDeliver({ dcs }))).toBe('TP-DCS 6: compressed text is not supported');
    },
  );

  test.each(['00', '11', 'C9', 'F1', '80'])('the scheme of %s, which all messages share, cannot be changed', (dcs) => {
    expect(Object.isFrozen(decodeDeliver({ dcs }).dcs)).toBe(true);
  });

  test.each(['0C', '80', 'B3'])('text under a reserved coding, %s, is in the default alphabet', (dcs) => {
    const { userData } = decodeDeliver({ dcs, ud: '0AE8329BFD4697D9EC37' });
    expect(userData).toEqual({ kind: 'text', header: [], text: 'hellohello' });
  });

  test.each([
    { octet: 0x80, alphabet: 'ucs2' },
    { octet: 0x00, alphabet: 'gsm7' },
    { octet: 0x20, alphabet: 'gsm7' },
    { octet: 256, alphabet: 'gsm7' },
  ] as const)('%j is no reserved coding', ({ octet, alphabet }) => {
    const dcs = { group: 'reserved', octet, alphabet } as const;
    expect(() => encodeTpdu({ ...decodeDeliver({}), dcs })).toThrow(PduEncodeError);
  });
});
