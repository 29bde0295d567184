import { expect, test } from 'vitest';
import { isAboutPeople, secretsIn, withoutSecrets } from '../../../modem/portrait/secrets.ts';

const SECRETS = secretsIn({
  '+CGSN': ['356938030000013', 'OK'],
  '+CIMI': ['001010000000001', 'OK'],
  '+CCID': ['+CCID: "8939990000000000011"', 'OK'],
  '+CNUM': ['+CNUM: "","+393330000001",145', 'OK'],
  '+CSCA?': ['+CSCA: "+393990000001",145', 'OK'],
});

test('secrets are found in what the modem says of itself', () => {
  expect(SECRETS).toEqual({
    imei: '356938030000013',
    imsi: '001010000000001',
    iccid: '8939990000000000011',
    number: '+393330000001',
    smsc: '+393990000001',
  });
});

/** A line of an answer, and what is left of it. */
const LINES: readonly (readonly [line: string, left: string])[] = [
  ['IMEI: 356938030000013', 'IMEI: {imei}'],
  ['+CIMI: "001010000000001"', '+CIMI: "{imsi}"'],
  ['8939990000000000011', '{iccid}'],
  ['to +393330000001 by +393990000001', 'to {number} by {smsc}'],
  // Whose it is nobody said: ten digits and more, 24 hexadecimal digits and more.
  ['SN 4412345678', 'SN 0000000000'],
  ['SN 441234567', 'SN 441234567'],
  ['002B00340034003100320033', '0'.repeat(24)],
  ['0791939309000010AABBCCD', '0791939309000010AABBCCD'.replace('0791939309000010', '0'.repeat(16))],
  ['11.126.03.10.00', '11.126.03.10.00'],
  ['1418B05SIM800L24', '1418B05SIM800L24'],
];

test.each(LINES)('%s is kept as %s', (line, left) => {
  expect(withoutSecrets(line, SECRETS)).toBe(left);
  expect(withoutSecrets(left, SECRETS), 'again').toBe(left);
});

test.each([
  ['+CMTI: "SM",1', true],
  ['+CMT: ,24', true],
  ['+CDS: 25', true],
  ['+CDSI: "SM",1', true],
  ['+CUSD: 0,"Your balance is 1",15', true],
  ['+CLIP: "123",129', true],
  ['0791939309000010', true],
  ['Ciao', true],
  ['+CREG: 1', false],
  ['^RSSI:19', false],
  ['_OSIGQ: 20,0', false],
  ['+ZUSIMR:2', false],
  ['RING', false],
])('whether %s is about people: %s', (line, about) => {
  expect(isAboutPeople(line)).toBe(about);
});

test.each([
  ['1', '+X: 1,12,123', '+X: 1,12,123'],
  ['123', '+X: 1,12,123', '+X: 1,12,123'],
  ['1234', '+X: 123,1234', '+X: 123,{number}'],
  ['', '+X: 1', '+X: 1'],
])('a number of %j is too short to be the owner’s: %s is kept as %s', (number, said, left) => {
  const none = { imei: undefined, imsi: undefined, iccid: undefined, smsc: undefined };
  expect(withoutSecrets(said, { ...none, number })).toBe(left);
});

test.each([
  [{ '+CGSN': ['12345678901234', 'OK'] }, 'imei', '12345678901234'],
  [{ '+CGSN': ['1234567890123', 'OK'] }, 'imei', undefined],
  [{ '+CGSN': ['IMEI:', '356938030000013', 'OK'] }, 'imei', '356938030000013'],
  [{ '+CIMI': ['00101000000001', 'OK'] }, 'imsi', '00101000000001'],
  [{ '+CIMI': ['0010100000001', 'OK'] }, 'imsi', undefined],
  [{ '+CCID': ['893999000000000001F', 'OK'] }, 'iccid', '893999000000000001F'],
  [{ '+CCID': ['89399900000000001', 'OK'] }, 'iccid', undefined],
  [{ '+CCID': ['ERROR'], '+ICCID': ['8939990000000000011', 'OK'] }, 'iccid', '8939990000000000011'],
  [{ '+CNUM': ['OK'] }, 'number', undefined],
] as const)('%j: the %s is %s', (answers, name, secret) => {
  expect(secretsIn(answers)[name]).toBe(secret);
});
