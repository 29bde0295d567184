import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pinOctets, weaknessOf } from '../../../device/cash-mobile/pin.ts';
import { encodeUtf } from '../../../device/midp/index.ts';

const octets = (digits: string) => Uint8Array.from(digits, (digit) => digit.charCodeAt(0));

describe('A PIN', () => {
  test.each([
    ['12345', 'sequence'],
    ['23456789', 'sequence'],
    ['54321', 'sequence'],
    ['78901', 'sequence'],
    ['32109', 'sequence'],
    ['00000', 'repeat'],
    ['99999999', 'repeat'],
    ['12121', 'pairs'],
    ['474747', 'pairs'],
    ['123123', 'pairs'],
    ['48214821', 'pairs'],
    ['112233', 'pairs'],
    ['99884411', 'pairs'],
    ['48213', undefined],
    ['13579', undefined],
    ['11223', undefined],
    ['86420', undefined],
    ['19283746', undefined],
  ] as const)('%s is %s', (digits, weakness) => {
    expect(weaknessOf(octets(digits))).toBe(weakness);
  });

  test('has 5 to 8 ASCII digits', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (typed) => {
        const given = encodeUtf(typed);
        const accepted = pinOctets(given);
        expect(accepted === undefined).toBe(!/^[0-9]{5,8}$/.test(typed));
        // What is no PIN is wiped: it may be one that was mistyped.
        if (accepted === undefined) expect(given.every((octet) => octet === 0)).toBe(true);
        else expect(String.fromCharCode(...accepted)).toBe(typed);
      }),
    );
  });

  test('that is weak is one of few: a random one is fine 99 times out of 100', () => {
    const all = Array.from({ length: 100_000 }, (_, number) => octets(String(number).padStart(5, '0')));
    expect(all.filter((pin) => weaknessOf(pin) !== undefined).length).toBeLessThan(1_000);
  });
});
