import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FramingError, framed, Unframing } from '../../../../server/rails/card/framing.ts';

const TPDU = Buffer.from('6000010002', 'hex');
const ANSWERED = Buffer.from('6000020001', 'hex');
const message = Buffer.from('abc');

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

describe('a message on a connection', () => {
  it.each([
    ['length without itself', { lengthCountsItself: false }, '0003616263'],
    ['length with itself', { lengthCountsItself: true }, '0005616263'],
    ['with a TPDU', { lengthCountsItself: false, tpdu: TPDU }, '00086000010002616263'],
    ['with both', { lengthCountsItself: true, tpdu: TPDU }, '000a6000010002616263'],
  ])('%s (jPOS: NACChannel and its relatives)', (_, framing, expected) => {
    expect(hex(framed(message, framing))).toBe(expected);
  });

  it('comes in any pieces, with others before and behind', () => {
    const lists = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(lists, fc.boolean(), fc.integer({ min: 1, max: 50 }), (messages, lengthCountsItself, size) => {
        const stream = Buffer.concat(messages.map((one) => framed(one, { lengthCountsItself })));
        const unframing = new Unframing({ lengthCountsItself });
        const taken: string[] = [];
        for (let at = 0; at < stream.length; at += size)
          taken.push(...unframing.take(stream.subarray(at, at + size)).map(hex));
        expect(taken).toEqual(messages.map(hex));
      }),
    );
  });

  it('is taken with source and destination of the TPDU swapped, else passed over', () => {
    const framing = { lengthCountsItself: false, tpdu: TPDU };
    const stream = Buffer.concat([TPDU, ANSWERED].map((tpdu) => framed(message, { ...framing, tpdu })));
    expect(new Unframing(framing).take(stream).map(hex)).toEqual([hex(message)]);
  });

  it.each([
    ['nothing', { lengthCountsItself: false }, '0000'],
    ['less than the length itself', { lengthCountsItself: true }, '0001'],
    ['no more than the TPDU', { lengthCountsItself: false, tpdu: TPDU }, '0005'],
    ['more than any message has', { lengthCountsItself: false }, '2001'],
  ])('a length of %s ends the connection', (_, framing, stream) => {
    expect(() => new Unframing(framing).take(Buffer.from(stream, 'hex'))).toThrow(FramingError);
  });
});
