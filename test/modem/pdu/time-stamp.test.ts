import { describe, expect, test } from 'vitest';
import { encodeTpdu, isoTime, PduEncodeError, type TimeStamp, timeStampOf, toHex } from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, deliverHex, reasonIn, refusal } from './fields.ts';

function encoded(timestamp: TimeStamp): string {
  return toHex(encodeTpdu({ ...decodeDeliver({}), timestamp }));
}

describe('TP-SCTS (3GPP TS 23.040, 9.2.3.11)', () => {
  test.each<[string, string, number, number]>([
    ['99309251619580', '1999-03-29T15:16:59+02:00', Date.UTC(1999, 2, 29, 13, 16, 59), 8],
    ['11101131521400', '2011-01-11T13:25:41Z', Date.UTC(2011, 0, 11, 13, 25, 41), 0],
    ['9030406152004A', '2009-03-04T16:25:00-06:00', Date.UTC(2009, 2, 4, 22, 25, 0), -24],
    ['90304061520022', '2009-03-04T16:25:00+05:30', Date.UTC(2009, 2, 4, 10, 55, 0), 22],
    ['80209232959597', '2008-02-29T23:59:59+19:45', Date.UTC(2008, 1, 29, 4, 14, 59), 79],
    ['07101000000000', '1970-01-01T00:00:00Z', 0, 0],
    ['96211332959500', '2069-12-31T23:59:59Z', Date.UTC(2069, 11, 31, 23, 59, 59), 0],
  ])('%s is %s', (scts, iso, at, zone) => {
    const { timestamp } = decodeDeliver({ scts });
    expect(timestamp).toEqual({ at, zone });
    expect(encoded(timestamp)).toBe(deliverHex({ scts }));
    expect(isoTime(timestamp)).toBe(iso);
    expect(timeStampOf(iso)).toEqual(timestamp);
  });

  test('a time zone of minus zero, which real service centres write, is kept', () => {
    const { timestamp } = decodeDeliver({ scts: '20806291731408' });
    expect(timestamp.zone).toBe(-0);
    expect(encoded(timestamp)).toBe(deliverHex({ scts: '20806291731408' }));
    expect(isoTime(timestamp)).toBe('2002-08-26T19:37:41Z');
  });

  test.each([
    ['A0304061520000', 'TP-SCTS 7: the year has a semi-octet that is no digit, taken for 0', '2000-03-04T16:25:00Z'],
    ['90004061520000', 'TP-SCTS 8: the month is not 1 to 12, taken for 1', '2009-01-04T16:25:00Z'],
    ['90209261520000', 'TP-SCTS 9: the day is not 1 to 28, taken for 1', '2009-02-01T16:25:00Z'],
    ['90304042520000', 'TP-SCTS 10: the hour is not 0 to 23, taken for 0', '2009-03-04T00:25:00Z'],
    ['90304061060000', 'TP-SCTS 11: the minute is not 0 to 59, taken for 0', '2009-03-04T16:00:00Z'],
    ['B1304061520000', 'TP-SCTS 7: the year has a semi-octet that is no digit, taken for 10', '2010-03-04T16:25:00Z'],
    ['1B304061520000', 'TP-SCTS 7: the year has a semi-octet that is no digit, taken for 1', '2001-03-04T16:25:00Z'],
    ['90A04061520000', 'TP-SCTS 8: the month has a semi-octet that is no digit, taken for 1', '2009-01-04T16:25:00Z'],
    ['90A14061520000', 'TP-SCTS 8: the month has a semi-octet that is no digit, taken for 10', '2009-10-04T16:25:00Z'],
    ['9030F361520000', 'TP-SCTS 9: the day has a semi-octet that is no digit, taken for 30', '2009-03-30T16:25:00Z'],
    ['9030403C520000', 'TP-SCTS 10: the hour has a semi-octet that is no digit, taken for 3', '2009-03-04T03:25:00Z'],
    [
      '90304061A50000',
      'TP-SCTS 11: the minute has a semi-octet that is no digit, taken for 50',
      '2009-03-04T16:50:00Z',
    ],
    ['90304061520A00', 'TP-SCTS 12: the second has a semi-octet that is no digit, taken for 0', '2009-03-04T16:25:00Z'],
    [
      '610103409544C2',
      'TP-SCTS 13: the time zone has a semi-octet that is no digit, taken for 20 quarters of an hour',
      '2016-10-30T04:59:44+05:00',
    ],
    [
      '903040615200AA',
      'TP-SCTS 13: the time zone has a semi-octet that is no digit, taken for -20 quarters of an hour',
      '2009-03-04T16:25:00-05:00',
    ],
    [
      '903040615200F7',
      'TP-SCTS 13: the time zone has a semi-octet that is no digit, taken for 70 quarters of an hour',
      '2009-03-04T16:25:00+17:30',
    ],
  ])('%s is refused, and leniently taken with a note', (scts, note, iso) => {
    expect(refusal(() => decodeDeliver({ scts }))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently({ scts });
    expect(deviations).toEqual([note]);
    expect(isoTime(deliver.timestamp)).toBe(iso);
  });

  test.each(['FF', 'AF', 'CF'])('a zone %s, with no digit at all, is leniently that of UTC', (zone) => {
    const note = 'TP-SCTS 13: the time zone has two semi-octets that are no digits, taken for 0';
    const scts = `903040615200${zone}`;
    expect(refusal(() => decodeDeliver({ scts }))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently({ scts });
    expect(deviations).toEqual([note]);
    expect(deliver.timestamp).toEqual({ at: Date.UTC(2009, 2, 4, 16, 25), zone: 0 });
  });

  test('all FF, a time that is not known, is leniently the first moment of 2000 in UTC, and each field has a note', () => {
    const { deliver, deviations } = decodeLeniently({ scts: 'FFFFFFFFFFFFFF' });
    expect(deliver.timestamp).toEqual({ at: Date.UTC(2000, 0, 1), zone: 0 });
    expect(deviations).toEqual([
      'TP-SCTS 7: the year has a semi-octet that is no digit, taken for 0',
      'TP-SCTS 8: the month has a semi-octet that is no digit, taken for 1',
      'TP-SCTS 9: the day has a semi-octet that is no digit, taken for 1',
      'TP-SCTS 10: the hour has a semi-octet that is no digit, taken for 0',
      'TP-SCTS 11: the minute has a semi-octet that is no digit, taken for 0',
      'TP-SCTS 12: the second has a semi-octet that is no digit, taken for 0',
      'TP-SCTS 13: the time zone has two semi-octets that are no digits, taken for 0',
    ]);
  });

  test('fractions of a second are dropped', () => {
    expect(encoded({ at: Date.UTC(2009, 2, 4, 16, 25, 0, 999), zone: 0 })).toBe(deliverHex({}));
  });

  test.each([
    { at: -1, zone: 0 },
    { at: Date.UTC(2070, 0, 1), zone: 0 },
    { at: Number.NaN, zone: 0 },
    { at: 0, zone: 80 },
    { at: 0, zone: 0.5 },
  ])('%j cannot be encoded', (timestamp) => {
    expect(() => encoded(timestamp)).toThrow(PduEncodeError);
  });
});

describe('times in ISO 8601', () => {
  test.each([
    ['2009-03-04T16:25:00', '2009-03-04T16:25:00Z'],
    ['2009-03-04T16:25', '2009-03-04T16:25:00Z'],
    ['2009-03-04T16:25:00.750+0100', '2009-03-04T16:25:00+01:00'],
    ['2009-03-04T16:25:00-00:00', '2009-03-04T16:25:00Z'],
    ['2009-03-04 16:25:00.123456+05:45', '2009-03-04T16:25:00+05:45'],
    ['2009-03-04t16:25:00-03', '2009-03-04T16:25:00-03:00'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (written, iso) => {
    expect(isoTime(timeStampOf(written))).toBe(iso);
  });

  test('no zone is a zone of 0, and not of -0', () => {
    for (const zone of ['', 'Z', '+00:00', '-00:00', '-00'])
      expect(timeStampOf(`2009-03-04T16:25${zone}`).zone).toBe(0);
  });

  test.each([
    '',
    'now',
    '2009-02-30T00:00:00Z',
    '2009-03-04',
    '2009-03-04T16:25:00+01:10',
    '2009-03-04T24:00:00Z',
    '2009-03-04T16:60Z',
    '2009-03-04T16:25:60Z',
    '2009-00-04T16:25Z',
    '2009-00-31T16:25Z',
    '2009-13-04T16:25Z',
    '2009-03-04T16:25+01:75',
  ])('%j is none', (written) => {
    expect(() => timeStampOf(written)).toThrow(PduEncodeError);
  });
});
