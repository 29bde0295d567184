import { describe, expect, test } from 'vitest';
import { encodeTpdu, PduEncodeError, toHex, type ValidityPeriod } from '../../../modem/pdu/index.ts';
import { decodeSubmit, reasonIn, refusal } from './fields.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A SUBMIT with this TP-VPF in its first octet and this TP-VP. */
function submitHex(first: string, vp: string): string {
  return `${first}00049121430000${vp}00`;
}

describe('TP-VP (3GPP TS 23.040, 9.2.3.12)', () => {
  test.each<[string, string, ValidityPeriod | undefined]>([
    ['01', '', undefined],
    ['11', '00', { format: 'relative', ms: 5 * MINUTE }],
    ['11', '8F', { format: 'relative', ms: 12 * HOUR }],
    ['11', '90', { format: 'relative', ms: 12 * HOUR + 30 * MINUTE }],
    ['11', 'A7', { format: 'relative', ms: DAY }],
    ['11', 'A8', { format: 'relative', ms: 2 * DAY }],
    ['11', 'AA', { format: 'relative', ms: 4 * DAY }],
    ['11', 'C4', { format: 'relative', ms: 30 * DAY }],
    ['11', 'C5', { format: 'relative', ms: 5 * 7 * DAY }],
    ['11', 'FF', { format: 'relative', ms: 63 * 7 * DAY }],
    ['19', '90304061520000', { format: 'absolute', until: { at: Date.UTC(2009, 2, 4, 16, 25), zone: 0 } }],
    ['09', '00000000000000', { format: 'enhanced', singleShot: false, period: { kind: 'none' } }],
    ['09', '41AA0000000000', { format: 'enhanced', singleShot: true, period: { kind: 'relative', ms: 4 * DAY } }],
    ['09', '023C0000000000', { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 60 } }],
    [
      '09',
      '03103254000000',
      { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: 1, minutes: 23, seconds: 45 } },
    ],
  ])('%s %s', (first, vp, validity) => {
    const submit = decodeSubmit(submitHex(first, vp));
    expect(submit.validity).toEqual(validity);
    expect(toHex(encodeTpdu(submit))).toBe(submitHex(first, vp));
  });

  test.each([
    ['09', '02000000000000', 'TP-VP 9: 0 seconds is reserved'],
    ['09', '03100654000000', 'TP-VP 10: the minute is not 0 to 59, taken for 0'],
    ['09', '04000000000000', 'TP-VP 8: period format 4 is reserved, taken for none'],
    ['09', '03A00000000000', 'TP-VP 9: the hour has a semi-octet that is no digit, taken for 0'],
    ['09', '03000006000000', 'TP-VP 11: the second is not 0 to 59, taken for 0'],
    ['19', '90314061520000', 'TP-VP 9: the month is not 1 to 12, taken for 1'],
  ])('%s %s is refused', (first, vp, note) => {
    expect(refusal(() => decodeSubmit(submitHex(first, vp)))).toBe(reasonIn(note));
  });

  test.each([
    [1, '00'],
    [5 * MINUTE, '00'],
    [5 * MINUTE + 1, '01'],
    [12 * HOUR + 1, '90'],
    [25 * HOUR, 'A8'],
    [31 * DAY, 'C5'],
  ])('a period of %i ms is rounded up to the octet %s', (ms, octet) => {
    const submit = { ...decodeSubmit(submitHex('01', '')), validity: { format: 'relative', ms } } as const;
    expect(toHex(encodeTpdu(submit))).toBe(submitHex('11', octet));
  });

  test.each<ValidityPeriod>([
    { format: 'relative', ms: 0 },
    { format: 'relative', ms: 63 * 7 * DAY + 1 },
    { format: 'relative', ms: Number.NaN },
    { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 0 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 256 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: 100, minutes: 0, seconds: 0 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: -1, minutes: 0, seconds: 0 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: 0.5, minutes: 0, seconds: 0 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: 0, minutes: 60, seconds: 0 } },
    { format: 'enhanced', singleShot: false, period: { kind: 'clock', hours: 0, minutes: 0, seconds: 60 } },
  ])('%j cannot be encoded', (validity) => {
    const submit = { ...decodeSubmit(submitHex('01', '')), validity };
    expect(() => encodeTpdu(submit)).toThrow(PduEncodeError);
  });
});
