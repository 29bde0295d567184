import { expect, test } from 'vitest';
import { classIn, codingOf, originatorOctets, protocolIdOf } from '../../sim/tpdu-fields.ts';

/** TP-DCS, its coding group and its class. Source: 3GPP TS 23.038, 4. */
const CODINGS: readonly (readonly [dcs: number, group: string, messageClass: number | undefined])[] = [
  [0x00, 'general, no class', undefined],
  [0x10, 'general', 0],
  [0x1a, 'general', 2],
  [0x40, 'marked for automatic deletion, no class', undefined],
  [0x50, 'marked for automatic deletion', 0],
  [0x57, 'marked for automatic deletion', 3],
  [0x90, 'reserved', undefined],
  [0xd0, 'message waiting', undefined],
  [0xf0, 'data coding and class', 0],
  [0xf5, 'data coding and class', 1],
];

test.each(CODINGS)('TP-DCS %i (%s) names the class %s', (dcs, _group, messageClass) => {
  expect(classIn(dcs)).toBe(messageClass);
});

/** TP-OA (3GPP TS 23.040, 9.1.2.5), TP-PID 41 and TP-DCS F1 in a DELIVER. */
test.each([
  ['no digits', '0091'],
  ['one digit', '0191F1'],
  ['two digits', '029121'],
  ['eleven digits', '0B919333214365F7'],
  ['letters', '0AD0C8329BFD06'],
])('the fields behind an originator of %s are where they are', (_what, originator) => {
  const deliver = Buffer.from(`04${originator}41F1${'00'.repeat(8)}`, 'hex');
  expect([
    Buffer.from(originatorOctets(deliver)).toString('hex').toUpperCase(),
    protocolIdOf(deliver),
    codingOf(deliver),
  ]).toEqual([originator, 0x41, 0xf1]);
});
