import { describe, expect, test } from 'vitest';
import {
  type Address,
  addressOf,
  addressText,
  decodePdu,
  decodePduLeniently,
  decodeTpdu,
  decodeTpduLeniently,
  encodePdu,
  encodeTpdu,
  fromHex,
  PduEncodeError,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, deliverHex, reasonIn, refusal } from './fields.ts';

/** TP-OA of a DELIVER from this address, in hex. */
function encoded(originator: Address): string {
  const [before = '', after = ''] = deliverHex({ oa: '|' }).split('|');
  return toHex(encodeTpdu({ ...decodeDeliver({}), originator })).slice(before.length, -after.length);
}

describe('TP-OA, TP-DA and TP-RA (3GPP TS 23.040, 9.1.2.5)', () => {
  test.each<[string, string, Address]>([
    ['international', '0B916407281553F8', { type: 'international', plan: 'isdn', value: '46708251358' }],
    ['an even number of digits', '0C91447700091032', { type: 'international', plan: 'isdn', value: '447700900123' }],
    ['a short code', '05812143F5', { type: 'unknown', plan: 'isdn', value: '12345' }],
    ['national', '04A12143', { type: 'national', plan: 'isdn', value: '1234' }],
    ['subscriber', '0BC87238880900F1', { type: 'subscriber', plan: 'national', value: '27838890001' }],
    ['*, #, a, b and c', '0581BADCFE', { type: 'unknown', plan: 'isdn', value: '*#abc' }],
    ['nothing known of the number', '04802143', { type: 'unknown', plan: 'unknown', value: '1234' }],
    ['no digits, everything reserved', '00FF', { type: 'reserved', plan: 'reserved-15', value: '' }],
    ['letters', '0DD0E474D81C0EBB01', { type: 'alphanumeric', plan: 'unknown', value: 'diafaan' }],
    ['eleven letters', '14D041E19058341E9149E512', { type: 'alphanumeric', plan: 'unknown', value: 'ABCDEFGHIJK' }],
    [
      'twenty digits',
      '149121436587092143658709',
      { type: 'international', plan: 'isdn', value: '12345678901234567890' },
    ],
  ])('%s', (_what, hex, address) => {
    expect(decodeDeliver({ oa: hex }).originator).toEqual(address);
    expect(encoded(address)).toBe(hex);
  });

  test.each([
    ['bit 7 of the type is 0', '04112143', '1234', 'TP-OA 2: bit 7 of the type of address is 0, ignored'],
    [
      'an odd number does not end in F',
      '03912143',
      '123',
      'TP-OA 4: an odd number of digits does not end in one digit and the filler',
    ],
    [
      'an odd number ends in two F',
      '039121FF',
      '12',
      'TP-OA 4: an odd number of digits does not end in one digit and the filler',
    ],
    ['F first of four digits', '0491F143', '134', 'TP-OA 3: the filler F is not a digit, left out'],
    ['F second of four digits', '04911F43', '134', 'TP-OA 3: the filler F is not a digit, left out'],
    ['F third of four digits', '0491213F', '123', 'TP-OA 4: the filler F is not a digit, left out'],
    ['F last of four digits', '049121F3', '123', 'TP-OA 4: the filler F is not a digit, left out'],
    ['F as one of two digits', '0291F1', '1', 'TP-OA 3: the filler F is not a digit, left out'],
    ['21 digits', '159121436587092143658709F3', '123456789012345678903', 'TP-OA 1: 21 digits, more than 20'],
    ['3 semi-octets of letters', '03D04100', 'A', 'TP-OA 1: 3 semi-octets is not a whole number of letters'],
  ])('%s: refused, and leniently taken with a note', (_what, oa, value, note) => {
    expect(refusal(() => decodeDeliver({ oa }))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently({ oa });
    expect(deliver.originator.value).toBe(value);
    expect(deviations[0]).toBe(note);
  });

  test.each(['040D', '040DD0', '040DD0E474', '040DD0E474D81C0EBB'])('%s ends in the address', (hex) => {
    for (const decode of [decodeTpdu, decodeTpduLeniently]) {
      const note = refusal(() => decode(fromHex(hex), 'mobile-terminated'));
      expect(note).toBe(`TP-OA ${hex.length / 2}: the octets end here`);
    }
  });

  test.each<[string, Address]>([
    ['a letter among digits', { type: 'unknown', plan: 'isdn', value: '12x' }],
    ['21 digits', { type: 'unknown', plan: 'isdn', value: '1'.repeat(21) }],
    ['12 letters', { type: 'alphanumeric', plan: 'unknown', value: 'ABCDEFGHIJKL' }],
    ['a letter outside the alphabet', { type: 'alphanumeric', plan: 'unknown', value: 'Žižka' }],
  ])('%s cannot be encoded', (_what, address) => {
    expect(() => encoded(address)).toThrow(PduEncodeError);
  });
});

describe('the service centre address in front of a TPDU (3GPP TS 27.005, 3.1)', () => {
  test.each([
    ['0791448720003023', '+447802000332'],
    ['068121436587F9', '123456789'],
    ['00', undefined],
    ['0B9121436587092143658709', '+12345678901234567890'],
    ['01FF', ''],
    ['0191', '+'],
    ['06D0C8329BFD06', 'Hello'],
    ['08D0E8329BFD4697D9', 'hellohel'],
  ])('%s', (hex, number) => {
    const whole = `${hex}${deliverHex({})}`;
    const pdu = decodePdu(fromHex(whole), 'mobile-terminated');
    expect(pdu.smsc && addressText(pdu.smsc)).toBe(number);
    expect(toHex(encodePdu(pdu))).toBe(whole);
  });
});

test('a service centre address of 12 octets is refused, and leniently taken with a note', () => {
  const octets = fromHex(`0C912143658709214365870921${deliverHex({})}`);
  const note = 'SMSC 0: 12 octets, more than 11';
  expect(refusal(() => decodePdu(octets, 'mobile-terminated'))).toBe(note);
  const { smsc, deviations } = decodePduLeniently(octets, 'mobile-terminated');
  expect(smsc?.value).toBe('1234567890123456789012');
  expect(deviations.map(({ field, offset, reason }) => `${field} ${offset}: ${reason}`)).toEqual([note]);
});

describe('addresses as people write them', () => {
  test.each<[string, Address]>([
    ['+393331234567', { type: 'international', plan: 'isdn', value: '393331234567' }],
    ['40404', { type: 'unknown', plan: 'isdn', value: '40404' }],
    ['*100#', { type: 'unknown', plan: 'isdn', value: '*100#' }],
    ['PayPal', { type: 'alphanumeric', plan: 'unknown', value: 'PayPal' }],
    ['+Info', { type: 'alphanumeric', plan: 'unknown', value: '+Info' }],
    ['24/7 {€}', { type: 'alphanumeric', plan: 'unknown', value: '24/7 {€}' }],
  ])('%s', (text, address) => {
    expect(addressOf(text)).toEqual(address);
    expect(addressText(address)).toBe(text);
  });

  test.each([
    '',
    '+',
    '+39 333',
    '+39-02',
    '+39/02',
    '+39.02',
    '+39(02',
    '+39)02',
    '+3+9',
    '123456789012345678901',
    'Cash-Mobile!',
    'Ž',
  ])('%j is none', (text) => {
    expect(() => addressOf(text)).toThrow(PduEncodeError);
  });
});
