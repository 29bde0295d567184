import { describe, expect, test } from 'vitest';
import { decodeTpduFromHex } from '../../../modem/index.ts';
import { holdsReport, readPdu, serviceCentreIn } from '../../../modem/receiving/stored-pdu.ts';
import { deliverPdus, reportPdu } from '../driver/bench.ts';

const TPDU = (deliverPdus('393331234567', { kind: 'text', text: 'Hello' })[0] ?? '').slice(2);
const CENTRE = '0791939309000010';
const octets = (hex: string) => hex.length / 2;

/** Ways in which modems write the same SMS, and what their headers say of its length. */
test.each<[what: string, text: string, length: number | undefined]>([
  ['as the standard says', `${CENTRE}${TPDU}`, octets(TPDU)],
  ['as the standard says, with more behind it', `${CENTRE}${TPDU}ABCD`, octets(TPDU)],
  ['without a length', `${CENTRE}${TPDU}`, undefined],
  ['with an empty service centre', `00${TPDU}`, octets(TPDU)],
  ['with ",0" behind it', `${CENTRE}${TPDU},0`, octets(TPDU)],
  ['with a wrong length', `${CENTRE}${TPDU}`, 3],
  ['with a wrong length, padded', `${CENTRE}${TPDU}FFFFFF`, 3],
  ['padded, without a length', `${CENTRE}${TPDU}FFFFFF`, undefined],
  ['with the length of the whole', `${CENTRE}${TPDU}`, octets(CENTRE + TPDU)],
  ['with the length of the whole, padded', `${CENTRE}${TPDU}FFFF`, octets(CENTRE + TPDU)],
  ['with the length of the whole, and more behind it', `${CENTRE}${TPDU}ABCD`, octets(CENTRE + TPDU)],
  ['without a service centre', TPDU, octets(TPDU)],
  ['without a service centre, and more behind it', `${TPDU}ABCD`, octets(TPDU)],
  ['without a service centre and length', TPDU, undefined],
  ['without a service centre, padded', `${TPDU}FFFF`, undefined],
  ['without a service centre, padded, with a wrong length', `${TPDU}FFFF`, 200],
])('an SMS written %s is read', (_what, text, length) => {
  expect(readPdu(text, length)).toEqual(decodeTpduFromHex(TPDU, 'mobile-terminated'));
  expect(readPdu(text.toLowerCase(), length)).toEqual(decodeTpduFromHex(TPDU, 'mobile-terminated'));
});

describe('a record', () => {
  const report = reportPdu('393331234567', 7, 0);
  test.each([
    ['a report', report, octets(report) - 1, true],
    ['a padded report', `${report}${'FF'.repeat(100)}`, undefined, true],
    ['a message', `${CENTRE}${TPDU}`, octets(TPDU), false],
    ['nonsense', '0001', 1, false],
    ['no hexadecimal', 'xyz', 1, false],
    ['nothing', '', undefined, false],
  ])('with %s holds a report: %#', (_what, pdu, length, expected) => {
    expect(holdsReport({ pdu, length })).toBe(expected);
  });

  test.each([
    [`${CENTRE}${TPDU}`, '+393990000001'],
    [`${CENTRE}${TPDU},0`, '+393990000001'],
    [`00${TPDU}`, undefined],
    ['0001', undefined],
    ['', undefined],
  ])('%s has this service centre: %s', (pdu, expected) => {
    expect(serviceCentreIn(pdu)).toBe(expected);
  });
});
