import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifest, writeManifest } from '../../../device/suite/manifest.ts';

const read = (text: string | Uint8Array) => readManifest(typeof text === 'string' ? Buffer.from(text) : text);
const textOf = (attributes: Readonly<Record<string, string>>) => Buffer.from(writeManifest(attributes)).toString();

describe('A manifest (JAR file specification)', () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['with LF', 'Manifest-Version: 1.0\nA: b\n\n', { 'Manifest-Version': '1.0', A: 'b' }],
    ['with CR LF', 'Manifest-Version: 1.0\r\nA: b\r\n\r\n', { 'Manifest-Version': '1.0', A: 'b' }],
    ['with CR', 'Manifest-Version: 1.0\rA: b\r\r', { 'Manifest-Version': '1.0', A: 'b' }],
    ['without an end', 'Manifest-Version: 1.0\nA: b', { 'Manifest-Version': '1.0', A: 'b' }],
    ['with a line that goes on', 'Manifest-Version: 1.0\nA: b\n c\n  d\n', { 'Manifest-Version': '1.0', A: 'bc d' }],
    ['with a blank at the end of a value', 'Manifest-Version: 1.0\nA: b \n', { 'Manifest-Version': '1.0', A: 'b' }],
    ['with an empty value', 'Manifest-Version: 1.0\nA: \n', { 'Manifest-Version': '1.0', A: '' }],
    ['with sections', 'Manifest-Version: 1.0\n\nName: a\nA: b\nnonsense', { 'Manifest-Version': '1.0' }],
    ['with a colon in a value', 'Manifest-Version: 1.0\nA: sms://:1\n', { 'Manifest-Version': '1.0', A: 'sms://:1' }],
    [
      'with a line of 72 octets',
      `Manifest-Version: 1.0\nA: ${'x'.repeat(69)}\n`,
      { 'Manifest-Version': '1.0', A: 'x'.repeat(69) },
    ],
  ])('%s', (_name, text, attributes) => {
    expect(read(text)).toEqual(attributes);
  });

  test.each([
    ['', /does not begin with Manifest-Version/],
    ['A: b\nManifest-Version: 1.0\n', /does not begin with Manifest-Version/],
    ['Manifest-Version: 1.0\nno colon\n', /attribute 2 is not "Name: value"/],
    ['Manifest-Version: 1.0\nA:b\n', /attribute 2 is not "Name: value"/],
    ['Manifest-Version: 1.0\n-A: b\n', /attribute 2 is not "Name: value"/],
    ['Manifest-Version: 1.0\nA b: c\n', /attribute 2 is not "Name: value"/],
    ['Manifest-Version: 1.0\nA: b\0c\n', /attribute 2 is not "Name: value"/],
    [`Manifest-Version: 1.0\n${'N'.repeat(71)}\n : b\n`, /attribute 2 is not "Name: value"/],
    [' Manifest-Version: 1.0\n', /begins with a line that continues/],
    ['Manifest-Version: 1.0\nA: b\na: c\n', /it has a twice/],
    [`Manifest-Version: 1.0\nA: ${'x'.repeat(70)}\n`, /line 2 is longer than 72 octets/],
    [`Manifest-Version: 1.0\n${'A: b\n c\n'.repeat(3000)}`, /longer than 16384 octets/],
  ])('%j is refused with 907', (text, complaint) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'InstallError', status: 907 }));
    expect(() => read(text)).toThrow(complaint);
  });

  test('has at most 16,384 octets', () => {
    const filled = (octets: number) => `Manifest-Version: 1.0\n\n${'x'.repeat(octets - 23)}`;
    expect(read(filled(16_384))).toEqual({ 'Manifest-Version': '1.0' });
    expect(() => read(filled(16_385))).toThrow(/longer than 16384 octets/);
  });

  test('that is not UTF-8 is refused', () => {
    expect(() => read(Uint8Array.of(...Buffer.from('Manifest-Version: 1.0\nA: '), 0xff, 0x0a))).toThrow(/not UTF-8/);
  });

  test('is written with lines of at most 72 octets, though a letter be cut in two', () => {
    expect(textOf({ A: 'b' })).toBe('Manifest-Version: 1.0\r\nA: b\r\n\r\n');
    expect(textOf({ A: 'x'.repeat(69) })).toContain(`\r\nA: ${'x'.repeat(69)}\r\n\r\n`);
    expect(textOf({ A: 'x'.repeat(70) })).toContain(`\r\nA: ${'x'.repeat(69)}\r\n x\r\n\r\n`);
    expect(textOf({ A: 'x'.repeat(141) })).toContain(`\r\n ${'x'.repeat(71)}\r\n x\r\n\r\n`);
    expect(read(writeManifest({ A: `${'x'.repeat(68)}ü` }))['A']).toBe(`${'x'.repeat(68)}ü`);
  });

  test('is read as it was written', () => {
    const name = fc.stringMatching(/^[A-Z][A-Za-z0-9_-]{0,69}$/).filter((text) => text !== 'Manifest-Version');
    const value = fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => text.replaceAll(/\p{Cc}/gu, '').trim());
    const attributes = fc
      .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key.toLowerCase(), maxLength: 10 })
      .map((pairs) => Object.fromEntries(pairs));
    fc.assert(
      fc.property(attributes, (written) => {
        const octets = writeManifest(written);
        expect(
          Math.max(
            ...Buffer.from(octets)
              .toString('latin1')
              .split('\r\n')
              .map((line) => line.length),
          ),
        ).toBeLessThan(73);
        expect(readManifest(octets)).toEqual({ 'Manifest-Version': '1.0', ...written });
      }),
    );
  });
});
