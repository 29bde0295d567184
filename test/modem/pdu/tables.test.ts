import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Deviation,
  decodeTpdu,
  encodeTpdu,
  fromHex,
  LANGUAGE_CODES,
  statusOf,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeSubmit, deliverHex } from './fields.ts';

// Every place of the tables. The samples beside it (gsm7.test.ts, national.test.ts) are taken from 3GPP TS 23.038; a digest
// says that nothing else has moved since they were compared.

/** A user-data header of one national language, of which three fill bits follow. */
function headerOf(shift: 'single' | 'locking', language: number): string {
  return `03${shift === 'single' ? '24' : '25'}01${toHex(Uint8Array.of(language))}`;
}

/** The character at a place, or a full stop in a box where there is none. */
function characterAt(header: string, septets: readonly number[]): string {
  const fill = header === '' ? 0 : 3;
  const bits = septets.reduce((sum, septet, index) => sum | (septet << (fill + 7 * index)), 0);
  const count = (header === '' ? 0 : 5) + septets.length;
  const octets = Uint8Array.from(
    { length: Math.ceil((count * 7 - header.length * 4) / 8) },
    (_, at) => (bits >> (8 * at)) & 0xff,
  );
  const hex = deliverHex({
    flags: header === '' ? '04' : '44',
    ud: `${toHex(Uint8Array.of(count))}${header}${toHex(octets)}`,
  });
  const deviations: Deviation[] = [];
  try {
    const tpdu = decodeTpdu(fromHex(hex), 'mobile-terminated', { deviations });
    const hasCharacter = deviations.every(({ reason }) => reason.includes('first way'));
    return hasCharacter && 'userData' in tpdu && tpdu.userData?.kind === 'text' ? tpdu.userData.text : '⊡';
  } catch {
    return '⊡';
  }
}

/** All places of a table in order. */
function charactersOf(header: string, before: readonly number[]): string {
  return Array.from({ length: 128 }, (_, septet) => characterAt(header, [...before, septet])).join('');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

const DIGESTS: readonly (readonly [name: string, shift: string, characters: number, digest: string])[] = [
  ['default', 'locking', 127, '3f3fa2e15693'],
  ['default', 'single', 10, '167c75c55d85'],
  ['tr', 'locking', 127, '5e1eefe908c2'],
  ['tr', 'single', 17, '193a2fbd1eaf'],
  ['es', 'locking', 127, '3f3fa2e15693'],
  ['es', 'single', 19, 'dd1178b5febe'],
  ['pt', 'locking', 127, '00c03441553b'],
  ['pt', 'single', 37, 'dea2bc7958bf'],
  ['bn', 'locking', 114, '4a6dc0820d88'],
  ['bn', 'single', 82, 'acd63d0a563c'],
  ['gu', 'locking', 120, '2a2c0179f4c1'],
  ['gu', 'single', 70, '18da695ee8fe'],
  ['hi', 'locking', 127, 'c7850556f546'],
  ['hi', 'single', 88, 'fbae81129187'],
  ['kn', 'locking', 120, '39c66f836037'],
  ['kn', 'single', 73, '3259c02f842b'],
  ['ml', 'locking', 120, 'b93fdc15d726'],
  ['ml', 'single', 82, '8c5f51aefd6b'],
  ['or', 'locking', 116, '4e5f85c3d470'],
  ['or', 'single', 75, '1ac050f2c499'],
  ['pa', 'locking', 110, '425811407fb5'],
  ['pa', 'single', 76, 'fe253796fba2'],
  ['ta', 'locking', 102, '81d72c631bfd'],
  ['ta', 'single', 77, '7452de7799cb'],
  ['te', 'locking', 120, 'cb696490c2aa'],
  ['te', 'single', 78, 'b4d84735c169'],
  ['ur', 'locking', 127, 'b75f781b5b2d'],
  ['ur', 'single', 90, '8283cde42aa1'],
];

describe('every place of the 7-bit tables (3GPP TS 23.038, 6.2.1 and annex A)', () => {
  test.each(DIGESTS)('%s: %s, %i characters', (name, shift, characters, digest) => {
    const codes: readonly string[] = LANGUAGE_CODES;
    const language = codes.indexOf(name) + 1;
    const header = language === 0 ? '' : headerOf(shift === 'single' ? 'single' : 'locking', language);
    const table = charactersOf(header, shift === 'single' ? [0x1b] : []);
    expect([...table].filter((character) => character !== '⊡')).toHaveLength(characters);
    expect(digestOf(table)).toBe(digest);
  });
});

const MINUTE = 60_000;

describe('ends of ranges', () => {
  test('every octet of a relative TP-VP (3GPP TS 23.040, 9.2.3.12.1) is its own way back', () => {
    const periods = Array.from({ length: 256 }, (_, octet) => {
      const hex = `1100049121430000${toHex(Uint8Array.of(octet))}00`;
      const submit = decodeSubmit(hex);
      expect(toHex(encodeTpdu(submit))).toBe(hex);
      return submit.validity?.format === 'relative' ? submit.validity.ms / MINUTE : -1;
    });
    const HOUR = 60;
    const DAY = 24 * HOUR;
    for (const [octet, minutes] of [
      [0, 5],
      [143, 12 * HOUR],
      [144, 12 * HOUR + 30],
      [167, DAY],
      [168, 2 * DAY],
      [196, 30 * DAY],
      [197, 35 * DAY],
      [255, 441 * DAY],
    ] as const) {
      expect([octet, periods[octet]]).toEqual([octet, minutes]);
    }
    expect(periods.every((period, octet) => octet === 0 || period > (periods[octet - 1] ?? 0))).toBe(true);
  });

  test('every TP-ST (3GPP TS 23.040, 9.2.3.15)', () => {
    const octets = (outcome: string) =>
      Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => statusOf(octet) === outcome);
    const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
    expect(octets('delivered')).toEqual([...range(0x00, 0x02), ...range(0x10, 0x1f)]);
    expect(octets('trying')).toEqual([...range(0x20, 0x25), ...range(0x30, 0x3f)]);
  });

  test('every octet of TP-PID and TP-MR comes back', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const hex = `01${toHex(Uint8Array.of(octet))}04912143${toHex(Uint8Array.of(255 - octet))}0000`;
      const submit = decodeSubmit(hex);
      expect([submit.messageReference, submit.pid]).toEqual([octet, 255 - octet]);
      expect(toHex(encodeTpdu(submit))).toBe(hex);
    }
  });

  test('140 octets of user data are read, 141 are too many', () => {
    const ud = (length: number) => `${toHex(Uint8Array.of(length))}${'00'.repeat(length)}`;
    expect(decodeDeliver({ dcs: '04', ud: ud(140) }).userData).toMatchObject({ kind: 'data' });
    expect(() => decodeDeliver({ dcs: '04', ud: ud(141) })).toThrow('141 octets of user data, more than 140');
    expect(decodeDeliver({ ud: `A0${'00'.repeat(140)}` }).userData).toMatchObject({ text: '@'.repeat(160) });
    expect(() => decodeDeliver({ ud: `A1${'00'.repeat(141)}` })).toThrow('141 octets of user data, more than 140');
  });
});
