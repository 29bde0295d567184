import { expect, test } from 'vitest';
import { classIn } from '../../sim/tpdu-fields.ts';

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
