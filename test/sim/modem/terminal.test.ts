import { expect, test } from 'vitest';
import { personalities } from '../../../sim/index.ts';
import { openHost, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const CSQ = 'AT+CSQ\r\r\n+CSQ: 23,0\r\n\r\nOK\r\n';

/** What a host hears from a modem of this personality: when it has opened the line, then after each line that it types. */
async function heardFrom(id: string, ...typed: readonly (readonly [text: string, ms?: number])[]) {
  const personality = personalities[id];
  if (personality === undefined) throw new Error(`no personality ${id}`);
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, personality });
  const port = modem.memoryPort();
  const openings: string[][] = [];
  for (let opening = 1; opening <= 2; opening += 1) {
    let heard = '';
    await port.open({
      data: (octets) => {
        heard += Buffer.from(octets).toString('latin1');
      },
      closed() {},
    });
    const answers: string[] = [];
    const take = () => {
      answers.push(heard);
      heard = '';
    };
    await clock.advance(10);
    take();
    for (const [text, ms = 100] of typed) {
      await port.write(new Uint8Array(Buffer.from(text)));
      await clock.advance(ms);
      take();
    }
    openings.push(answers);
    await port.close();
    await clock.advance(10);
  }
  return openings;
}

/** What is so each time that a host opens the line, not only the first time. */
const OPENINGS: readonly (readonly [
  id: string,
  typed: readonly (readonly [text: string, ms?: number])[],
  heard: readonly string[],
])[] = [
  ['standard', [['AT+CSQ\r'], ['AT+CSQ\r']], ['', CSQ, CSQ]],
  // A prompt that the last host left open is not there any more.
  ['standard', [['AT+CMGS=5\r']], ['', 'AT+CMGS=5\r\r\n> ']],
  ['benq-m32', [['AT+CSQ\r'], ['AT+CSQ\r']], ['', 'AT+CSQ\r', CSQ]],
  ['nokia-n900', [['AT+CSQ\r'], ['AT+CSQ\r']], ['', 'AT+CSQ\r\r\nOK\r\n', CSQ]],
  [
    'slow-first',
    [
      ['AT\r', 2_400],
      ['', 200],
      ['AT\r', 50],
    ],
    ['', 'AT\r', '\r\nOK\r\n', 'AT\r\r\nOK\r\n'],
  ],
];

test.each(OPENINGS)('%s, each time that the line is opened: %j', async (id, typed, heard) => {
  expect(await heardFrom(id, ...typed)).toEqual([heard, heard]);
});

test('what was left over comes at each opening', async () => {
  const id = Object.values(personalities).find(({ wire }) => wire.staleAtOpen !== '')?.id ?? '';
  const stale = personalities[id]?.wire.staleAtOpen;
  expect(await heardFrom(id)).toEqual([[stale], [stale]]);
});

test('of the codes that come while a command runs the last hundred are said after it, and none to the next host', async () => {
  const { world, clock } = quietWorld({ responseMs: [1_000, 1_000] });
  const modem = world.addModem({ number: NUMBER, simCapacity: 255 });
  const port = modem.memoryPort();
  const host = await openHost(port, clock);
  await host.type('ATE0\r', 1_000);
  await host.type('AT+CNMI=2,1\r', 1_000);
  const come = async (count: number) => {
    for (let i = 0; i < count; i += 1) world.deliver({ to: NUMBER, from: '1', content: { kind: 'text', text: 'x' } });
    await clock.advance(10);
  };
  await host.type('AT\r', 10);
  await come(101);
  expect(host.heard()).toBe('');
  await clock.advance(1_000);
  const [answer, first, ...more] = host
    .heard()
    .split('\r\n')
    .filter((line) => line !== '');
  expect([answer, first, more.length]).toEqual(['OK', '+CMTI: "SM",2', 99]);
  await host.type('AT\r', 10);
  await come(2);
  await host.close();
  const next = await openHost(port, clock);
  await clock.advance(2_000);
  expect(next.heard()).not.toContain('+CMTI');
});

test('a modem of two lines is in use as long as one of them is open', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  const [one, other] = [modem.memoryPort(), modem.memoryPort()];
  const come = async () => {
    world.deliver({ to: NUMBER, from: '1', content: { kind: 'text', text: 'x' } });
    await clock.advance(10);
  };
  const first = await openHost(one, clock);
  await first.type('AT+CNMI=2,2\r');
  await come();
  expect(first.heard()).toMatch(/^\r\n\+CMT: /);
  const second = await openHost(other, clock);
  await first.close();
  await come();
  expect(second.heard()).toMatch(/^\r\n\+CMT: /);
  await second.close();
  await come();
  expect(modem.store('SM').used).toBe(1);
});
