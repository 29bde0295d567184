import { describe, expect, test } from 'vitest';
import { midp } from '../../../device/index.ts';

describe('The text of octets in UTF-8 (RFC 3629)', () => {
  test.each(['', 'Ciao', 'perché €', '\u0000', '😀 %41'])('%j', (text) => {
    expect(midp.utf8Text(new TextEncoder().encode(text))).toBe(text);
  });

  test.each([
    ['an octet that begins nothing', [0x80]],
    ['a character that is cut off', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('%s is none', (_what, octets) => {
    expect(() => midp.utf8Text(Uint8Array.from(octets))).toThrow(midp.UTFDataFormatException);
  });
});
