import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AtAborted,
  AtRefused,
  AtTimeout,
  ModemError,
  memoryPort,
  openModem,
  PduError,
  PortError,
} from '../../../modem/index.ts';
import { readPdu, readPduLeniently } from '../../../modem/receiving/stored-pdu.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';
import { deliverPdus } from './bench.ts';

const typed = [AtAborted, AtRefused, AtTimeout, ModemError, PduError, PortError];
const isTyped = (error: unknown) => typed.some((type) => error instanceof type);

/** What a bad line does to octets: drops, doubles, changes some of them. */
const damage = fc.array(
  fc.tuple(fc.nat({ max: 2_000 }), fc.constantFrom('drop', 'double', 'change'), fc.nat({ max: 255 })),
  {
    minLength: 1,
    maxLength: 30,
  },
);

describe('on a bad line', () => {
  test('a modem opens, sends and closes, or says why not with a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (faults) => {
        const clock = new VirtualClock();
        const { port, farEnd } = memoryPort();
        let position = 0;
        const faulty = (octets: Uint8Array) =>
          Uint8Array.from(
            [...octets].flatMap((octet) => {
              position += 1;
              const [, kind, value] = faults.find(([at]) => at === position) ?? [];
              if (kind === 'drop') return [];
              return kind === 'double' ? [octet, octet] : [kind === 'change' ? (value ?? octet) : octet];
            }),
          );
        createWorld({ seed: 1, clock })
          .addModem({ number: '+393330000001' })
          .attach({ ...farEnd, write: (octets) => farEnd.write(faulty(octets)) });
        const content = { kind: 'text', text: 'Hello' } as const;
        let ending: unknown;
        const life = openModem(port, { clock }).then(async (modem) => {
          modem.receive({ message: async () => {}, report() {} });
          ending = (await modem.send({ id: '1', destination: '+393330000002', content })).kind;
          await modem.close();
        });
        life.catch((error: unknown) => {
          ending = error;
        });
        await clock.runUntil(() => ending !== undefined, 3_600_000);
        expect(isTyped(ending) || ['sent', 'failed', 'unknown'].includes(String(ending))).toBe(true);
        await clock.advance(5_000);
      }),
      { numRuns: 150 },
    );
  });

  test('a stored PDU is read, or refused with a PduError, whatever it is', () => {
    const [good = ''] = deliverPdus('393331234567', { kind: 'text', text: 'Hello, world' });
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.constantFrom(...'0123456789ABCDEF')), { maxLength: 4 })
      .map((changes) => changes.reduce((pdu, [at, digit]) => pdu.slice(0, at) + digit + pdu.slice(at + 1), good));
    const random = fc.uint8Array({ minLength: 1, maxLength: 180 }).map((octets) => Buffer.from(octets).toString('hex'));
    fc.assert(
      fc.property(fc.oneof(mutated, random), fc.option(fc.nat({ max: 200 }), { nil: undefined }), (pdu, length) => {
        for (const read of [readPdu, readPduLeniently]) {
          try {
            expect(['DELIVER', 'STATUS-REPORT', undefined]).toContain(read(pdu, length)?.type);
          } catch (error) {
            expect(error).toBeInstanceOf(PduError);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
