import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confirmation,
  type Frame,
  FrameReader,
  LRC_MODES,
  lrcOf,
  messageFrame,
  progressFrame,
} from '../../../server/ecr/frame.ts';

const [NEXI, PAYLOAD, WITH_STX, STX_PAYLOAD] = LRC_MODES;
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

/** What is in messages: ASCII, and ESC at the end of tickets. */
const message = fc.string({ unit: fc.constantFrom(...'0123456789PEGSU Az}\x1b'), minLength: 1, maxLength: 200 });
const mode = fc.constantFrom(...LRC_MODES);

describe('a frame of ECR17', () => {
  it.each([
    ['ACK of Nexi: payload and ETX', 'ack', NEXI, '06037a'],
    ['NAK of Nexi', 'nak', NEXI, '150369'],
    ['ACK, payload only', 'ack', PAYLOAD, '060379'],
    ['NAK, payload only', 'nak', PAYLOAD, '15036a'],
    ['ACK with STX', 'ack', WITH_STX, '060378'],
    ['ACK with STX, without ETX', 'ack', STX_PAYLOAD, '06037b'],
  ] as const)('%s', (_, kind, lrcMode, octets) => {
    expect(lrcMode && hex(confirmation(kind, lrcMode))).toBe(octets);
  });

  it('begins with STX and ends with ETX and the check octet', () => {
    expect(NEXI && hex(messageFrame('s', NEXI))).toBe('0273030f');
  });

  it('of progress has exactly 20 characters', () => {
    expect(hex(progressFrame('ATTESA PIN'))).toBe(`01${hex(Buffer.from('ATTESA PIN'.padEnd(20)))}04`);
    expect(progressFrame('x'.repeat(30))).toHaveLength(22);
  });

  it('of one message has another check octet in each mode', () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(new Set(LRC_MODES.map((one) => lrcOf(text, one))).size).toBe(4);
      }),
    );
  });

  it('is found however the octets are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(message, mode), { maxLength: 5 }), fc.array(fc.nat(9)), (sent, cuts) => {
        const octets = Buffer.concat(
          sent.flatMap(([text, one]) => [messageFrame(text, one), confirmation('ack', one)]),
        );
        const reader = new FrameReader();
        const found: Frame[] = [];
        let from = 0;
        for (const cut of [...cuts, octets.length]) {
          found.push(...reader.take(octets.subarray(from, from + cut)));
          from += cut;
        }
        expect(found).toEqual(
          sent.flatMap(([text, one]) => [{ kind: 'message', message: text, lrc: lrcOf(text, one) }, { kind: 'ack' }]),
        );
      }),
    );
  });

  it.each([
    ['what is before it', 'ffff00', 'a'],
    ['a message that was not ended', '024142', 'a'],
    ['an ACK of one octet', '06', 'ack a'],
    ['a NAK of three octets', '150300', 'nak a'],
  ])('after %s', (_, before, expected) => {
    const reader = new FrameReader();
    const octets = Buffer.concat([Buffer.from(before, 'hex'), Buffer.from('02610300', 'hex')]);
    const found = reader.take(octets).map((frame) => (frame.kind === 'message' ? frame.message : frame.kind));
    expect(found.join(' ')).toBe(expected);
  });

  it('of more than 2,048 octets is thrown away', () => {
    const reader = new FrameReader();
    expect(reader.take(Buffer.from(`\x02${'a'.repeat(2_048)}`))).toEqual([]);
    expect(reader.take(Buffer.from('\x03\x00'))).toEqual([]);
    expect(reader.take(Buffer.from('\x02b\x03\x00'))).toEqual([{ kind: 'message', message: 'b', lrc: 0 }]);
  });
});
