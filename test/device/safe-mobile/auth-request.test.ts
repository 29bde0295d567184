import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTH_CODES, nameOf } from '../../../device/safe-mobile/codes.ts';
import {
  AUTH_TEXT_OCTETS,
  type AuthRequest,
  decodeDown,
  encodeDown,
  fitText,
  hexOf,
  octetsOf,
  SafeMobileError,
  SIGN_TEXT_OCTETS,
} from '../../../device/safe-mobile/index.ts';
import { checkText } from '../../../device/safe-mobile/text.ts';
import { frameVector } from './vectors.ts';

const HASH = octetsOf('43cc23fa52b87b4cc1d02b5b114154151d6adddb17c9fddc06b027fa99e24008');
const TIME = 0x4b3d3b00;

const LOGIN = {
  type: 'AUTH_REQUEST',
  time: TIME,
  challenge: octetsOf('2222222222222222'),
  ttl: 60,
  kind: 'login',
  matchCode: 17,
  relyingParty: 'Comune di Torino',
  title: "Accesso allo sportello dell'anagrafe",
} as const satisfies AuthRequest;

const SIGN = {
  type: 'AUTH_REQUEST',
  time: TIME,
  challenge: octetsOf('3333333333333333'),
  ttl: 300,
  kind: 'sign',
  matchCode: 4_711,
  documentHash: HASH,
  relyingParty: 'Banca Alpi',
  title: 'Contratto 12/2026',
} as const satisfies AuthRequest;

describe('an AUTH_REQUEST of the vectors reads as what the customer shall see', () => {
  it.each<[string, AuthRequest]>([
    [
      'AUTH_REQUEST confirm enrolment',
      {
        type: 'AUTH_REQUEST',
        time: TIME,
        challenge: octetsOf('183bd5e274f934ac'),
        ttl: 120,
        kind: 'confirm-enrolment',
        matchCode: 42,
        relyingParty: 'Cash-Mobile',
        title: 'Conferma',
      },
    ],
    ['AUTH_REQUEST login', LOGIN],
    ['AUTH_REQUEST sign', SIGN],
  ])('%s', (name, message) => {
    const { plaintext } = frameVector(name);
    expect(decodeDown(plaintext)).toEqual(message);
    expect(hexOf(encodeDown(message))).toBe(hexOf(plaintext));
  });
});

describe('relying party and title share', () => {
  it.each<[AuthRequest, number]>([
    [LOGIN, AUTH_TEXT_OCTETS],
    [SIGN, SIGN_TEXT_OCTETS],
  ])('in $kind what is left of the 83 octets: %s', (message, room) => {
    expect(room).toBe(message.kind === 'sign' ? 32 : 64);
    const relyingParty = 'x'.repeat(24);
    const full = { ...message, relyingParty, title: 'y'.repeat(room - 24) };
    const plaintext = encodeDown(full);
    expect(plaintext.at(-1)).toBe('y'.charCodeAt(0));
    expect(decodeDown(plaintext)).toEqual(full);
    const tooLong = { ...full, title: `${full.title}y` };
    expect(() => encodeDown(tooLong)).toThrow(expect.objectContaining({ code: 'text' }));
  });

  it.each<[AuthRequest]>([[LOGIN], [SIGN]])('octets, not letters: %s', (message) => {
    const room = message.kind === 'sign' ? SIGN_TEXT_OCTETS : AUTH_TEXT_OCTETS;
    const accented = { ...message, relyingParty: '', title: 'à'.repeat(room / 2) };
    expect(decodeDown(encodeDown(accented))).toEqual(accented);
    expect(() => encodeDown({ ...accented, relyingParty: 'b' })).toThrow(expect.objectContaining({ code: 'text' }));
  });
});

describe('an AUTH_REQUEST is not made with', () => {
  it.each<[string, AuthRequest, string]>([
    ['a hash of 31 octets', { ...SIGN, documentHash: HASH.subarray(1) }, 'field'],
    ['a challenge of 7 octets', { ...LOGIN, challenge: new Uint8Array(7) }, 'field'],
    ['a match code of five digits', { ...LOGIN, matchCode: 10_000 }, 'field'],
    ['a time to live that is no multiple of ten seconds', { ...LOGIN, ttl: 15 }, 'field'],
    ['a right-to-left override in the party', { ...LOGIN, relyingParty: 'Banca\u202EiplA' }, 'text'],
    ['a zero-width space in the title', { ...SIGN, title: 'a\u200Bb' }, 'text'],
    ['a title that is not NFC', { ...LOGIN, title: 'Citta\u0300' }, 'text'],
  ])('%s', (_name, message, code) => {
    expect(() => encodeDown(message)).toThrow(expect.objectContaining({ code }));
  });
});

/** Fields of a plaintext, in hexadecimal, filled with zeros to 83 octets. */
const padded = (...fields: readonly string[]) => octetsOf(fields.join('').padEnd(2 * 83, '0'));
const head = (kind: string) => `034b3d3b002222222222222222060${kind}0011`;
const party = '0542616e6361';

describe('an AUTH_REQUEST from the air is refused with', () => {
  it.each<[string, Uint8Array, string]>([
    ['kind 0', padded(head('0'), party, '0141'), 'field'],
    ['kind 3', padded(head('3'), party, '0141'), 'field'],
    ['kind 8', padded(head('8'), party, '0141'), 'field'],
    ['the hash that a login had before', padded(head('1'), '00'.repeat(32), party, '0141'), 'padding'],
    ['the hash in a confirmed enrolment', padded(head('4'), '00'.repeat(32), party, '0141'), 'padding'],
    ['a party that goes beyond the end', padded(head('1'), '42', '41'.repeat(65)), 'length'],
    ['a title that goes beyond the end', padded(head('2'), hexOf(HASH), '01', '41', '20', '42'.repeat(30)), 'length'],
    ['something behind the title', padded(head('1'), party, '0141', '01'), 'padding'],
    ['a last octet that is not zero', padded(head('1'), party, '0141').with(82, 1), 'padding'],
    ['a control character', padded(head('1'), '01', '0a', '0141'), 'text'],
    ['an override of direction', padded(head('1'), '03', 'e280ae', '0141'), 'text'],
    ['text that is not UTF-8', padded(head('2'), hexOf(HASH), '01', 'c3', '0141'), 'text'],
  ])('%s', (_name, plaintext, code) => {
    expect(() => decodeDown(plaintext)).toThrow(expect.objectContaining({ code }));
  });
});

/** A text that may travel, of at most so many octets of UTF-8. */
function textOf(limit: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', maxLength: limit })
    .filter((text) => {
      try {
        return checkText(text) === text;
      } catch (error) {
        if (error instanceof SafeMobileError) return false;
        throw error;
      }
    })
    .map((text) => fitText(text, limit));
}

describe('an AUTH_REQUEST', () => {
  const common = {
    type: fc.constant('AUTH_REQUEST' as const),
    time: fc.integer({ min: 0, max: 0xffff_ffff }),
    challenge: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    ttl: fc.integer({ min: 0, max: 255 }).map((tens) => tens * 10),
    matchCode: fc.integer({ min: 0, max: 9_999 }),
  };
  const plain = ['login', 'confirm-enrolment', 'refund', 'unlock', 'instrument'] as const;
  const message: fc.Arbitrary<AuthRequest> = fc.oneof(
    fc.record({ ...common, kind: fc.constantFrom(...plain), relyingParty: textOf(24), title: textOf(40) }),
    fc.record({
      ...common,
      kind: fc.constant('sign' as const),
      documentHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      relyingParty: textOf(14),
      title: textOf(18),
    }),
  );

  it('reads back to itself, whatever the kind and the texts', () => {
    fc.assert(
      fc.property(message, (request) => {
        const plaintext = encodeDown(request);
        expect(plaintext).toHaveLength(83);
        expect(decodeDown(plaintext)).toEqual(request);
        expect(nameOf(AUTH_CODES, plaintext[14] ?? 0, 'kind')).toBe(request.kind);
      }),
      { seed: 6 },
    );
  });

  it('whose octets are changed is refused by a SafeMobileError, or is another request that writes the same octets', () => {
    const edits = fc.array(fc.record({ at: fc.nat(82), octet: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(message, edits, (request, changes) => {
        const plaintext = encodeDown(request);
        for (const { at, octet } of changes) plaintext[at] = octet;
        try {
          expect(hexOf(encodeDown(decodeDown(plaintext)))).toBe(hexOf(plaintext));
        } catch (error) {
          expect(error).toBeInstanceOf(SafeMobileError);
        }
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});
