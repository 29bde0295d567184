import { describe, expect, test } from 'vitest';
import {
  CompressedTextError,
  type DataCodingScheme,
  dataCodingOctet,
  decodeTpdu,
  decodeTpduLeniently,
  fromHex,
  PduError,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, deliverHex, refusal } from './fields.ts';

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
  ])('%s', (dcs, scheme) => {
    expect(decodeDeliver({ dcs }).dcs).toEqual(scheme);
    expect(toHex(Uint8Array.of(dataCodingOctet(scheme)))).toBe(dcs);
  });

  test('every octet is a scheme that encodes to it, or refused', () => {
    const accepted = Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => {
      const octets = fromHex(deliverHex({ dcs: toHex(Uint8Array.of(octet)) }));
      try {
        const tpdu = decodeTpdu(octets, 'mobile-terminated');
        expect(tpdu.type === 'DELIVER' && dataCodingOctet(tpdu.dcs)).toBe(octet);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(PduError);
        return false;
      }
    });
    // General and automatic deletion: 3 alphabets, each without class or with one of 4. Message waiting: 3 groups of 8.
    expect(accepted).toHaveLength(2 * 3 * (1 + 4) + 3 * 8 + 8);
  });

  test.each(['20', '2A', '34', '60', '7B'])(
    'compressed text, %s, is refused with an error of its own, leniently too',
    (dcs) => {
      const octets = fromHex(deliverHex({ dcs }));
      expect(() => decodeTpdu(octets, 'mobile-terminated')).toThrow(CompressedTextError);
      expect(() => decodeTpduLeniently(octets, 'mobile-terminated')).toThrow(CompressedTextError);
    },
  );

  test.each(['01', '0C', '1D', '80', 'B3', 'C4', 'F8'])('reserved, %s, is leniently the default alphabet', (dcs) => {
    const note = 'TP-DCS 6: a reserved coding, taken for the default alphabet';
    expect(refusal(() => decodeDeliver({ dcs }))).toBe(note);
    const { deliver, deviations } = decodeLeniently({ dcs, ud: '0AE8329BFD4697D9EC37' });
    expect(deliver.userData).toEqual({ kind: 'text', header: [], text: 'hellohello' });
    expect(deviations).toEqual([note]);
  });
});
