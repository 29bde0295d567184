import { expect, test } from 'vitest';
import { type FarEnd, type Modem, memoryPort, openModem, type SendOutcome } from '../../../modem/index.ts';
import { createWorld, latencyProfiles, seededRandom, VirtualClock, type VirtualModem } from '../../../sim/index.ts';

const HOUR_MS = 3_600_000;
const anna = '+393330000001';
const bruno = '+393330000002';
const noise = ['^RSSI: 20', '+CREG: 1', 'RING', '+ZEND', '_OSIGQ: 3,0', '^BOOT:1,0'];

interface Bench {
  readonly modem: Modem;
  readonly farEnd: FarEnd;
}

test('24 hours of unplugging, reboots, noise and full stores: no message lost, none doubled', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('endurance');
  const slow = latencyProfiles['pt2008'];
  if (slow === undefined) throw new Error('no such profile');
  const world = createWorld({ seed: 3, clock, profile: { ...slow, lostPerMille: 0, duplicatedPerMille: 0 } });

  const plugIn = async (virtual: VirtualModem): Promise<Bench> => {
    const { port, farEnd } = memoryPort(virtual.number);
    virtual.attach(farEnd);
    let modem: Modem | undefined;
    void openModem(port, { clock }).then((opened) => {
      modem = opened;
    });
    await clock.runUntil(() => modem !== undefined, 60_000);
    if (modem === undefined) throw new Error('did not open');
    return { modem, farEnd };
  };
  const virtuals = [anna, bruno].map((number) => world.addModem({ number, simCapacity: 5 }));
  const benches: Bench[] = [];
  for (const virtual of virtuals) benches.push(await plugIn(virtual));
  const [sender, receiver] = benches;
  if (sender === undefined || receiver === undefined) throw new Error('two modems are needed');

  const outcomes = new Map<string, SendOutcome['kind']>();
  const received: string[] = [];
  receiver.modem.receive({
    async message({ content }) {
      // One hand-over in ten fails.
      if (random.fraction() < 0.1) throw new Error('busy');
      received.push(content.kind === 'text' ? content.text : '');
    },
    report() {},
  });

  let number = 0;
  const end = clock.now() + 24 * HOUR_MS;
  const often = (meanMs: number, task: () => void) => {
    const again = () => {
      if (clock.now() >= end) return;
      task();
      clock.after(random.fraction() * 2 * meanMs, again);
    };
    clock.after(random.fraction() * 2 * meanMs, again);
  };
  const anyOf = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.fraction() * items.length)];
  often(15_000, () => {
    number += 1;
    const text = `${number} ${'long '.repeat(number % 5 === 0 ? 60 : 1)}`.trim();
    void sender.modem
      .send({ id: text, destination: bruno, content: { kind: 'text', text } })
      .then(({ kind }) => outcomes.set(text, kind));
  });
  often(10_000, () => anyOf(benches)?.farEnd.write(Buffer.from(`\r\n${anyOf(noise)}\r\n`)));
  often(240_000, () => anyOf(benches)?.farEnd.hangUp());
  often(400_000, () => {
    const which = random.fraction() < 0.5 ? 0 : 1;
    virtuals[which]?.restart();
    benches[which]?.farEnd.write(Buffer.from('\r\nRDY\r\n'));
  });
  await clock.advance(25 * HOUR_MS);

  const sent = [...outcomes].filter(([, kind]) => kind === 'sent').map(([text]) => text);
  expect(outcomes.size).toBe(number);
  expect(sent.length).toBeGreaterThan(number * 0.8);
  expect(sent.filter((text) => !received.includes(text))).toEqual([]);
  expect([...outcomes].filter(([text, kind]) => kind === 'failed' && received.includes(text))).toEqual([]);
  expect(received.filter((text, index) => received.indexOf(text) !== index)).toEqual([]);
  expect([...(virtuals[1]?.store('SM').entries() ?? [])].length).toBeLessThan(5);
}, 60_000);
