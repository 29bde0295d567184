import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineFault, VIRTUAL_START } from '../../../sim/index.ts';
import { type Host, hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const ANSWER = '\r\n+CSQ: 23,0\r\n\r\nOK\r\n';

async function faulty(fault: Omit<LineFault, 'modem'>, seed = 1) {
  const { world, clock } = quietWorld({ seed });
  const modem = world.addModem({ number: NUMBER });
  const host = await hostOf(modem, clock);
  await host.type('ATE0\r');
  world.faults.add({ modem: NUMBER, ...fault });
  return { world, clock, modem, host };
}

const CASES: readonly (readonly [kind: string, fault: LineFault, heard: string | RegExp, ms: number])[] = [
  ['late', { action: { kind: 'late', ms: 500 } }, '', 499],
  ['late', { action: { kind: 'late', ms: 500 } }, ANSWER, 500],
  ['stall', { action: { kind: 'stall', ms: 30_000 } }, '', 29_999],
  ['merge', { action: { kind: 'merge', ms: 50 } }, '', 49],
  ['merge', { action: { kind: 'merge', ms: 50 } }, ANSWER, 50],
  ['lose-octets', { action: { kind: 'lose-octets', share: 0.5 } }, /^.{2,18}$/s, 100],
  ['garbage', { action: { kind: 'garbage', octets: 5 } }, /^.{5}\r\n\+CSQ: 23,0\r\n\r\nOK\r\n$/s, 100],
  ['noise', { action: { kind: 'noise', code: 'RING' } }, '\r\n+CSQ: 23,0\r\n\r\nRING\r\n\r\nOK\r\n', 100],
  ['swallow', { action: { kind: 'swallow' } }, '', 100],
  ['repeat', { action: { kind: 'repeat' } }, ANSWER + ANSWER, 100],
  ['orphan', { action: { kind: 'orphan', text: 'OK' } }, `${ANSWER}\r\nOK\r\n`, 100],
  ['reboot', { action: { kind: 'reboot' } }, '', 100],
  ['unplug', { action: { kind: 'unplug', ms: 0 } }, '', 100],
  ['of a command that does not run', { action: { kind: 'swallow' }, command: '+CMGS' }, ANSWER, 100],
  ['of a command that runs', { action: { kind: 'swallow' }, command: '+CSQ' }, '', 100],
];

test.each(CASES)('a line fault, %s', async (_kind, fault, heard, ms) => {
  const { host } = await faulty(fault);
  const answer = await host.type('AT+CSQ\r', ms);
  if (typeof heard === 'string') expect(answer).toBe(heard);
  else expect(answer).toMatch(heard);
});

test('split sends everything in pieces, in order, whatever is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 50 }), async (atMost, gapMs) => {
      const { host } = await faulty({ action: { kind: 'split', atMost, gapMs }, probability: 1 });
      expect(await host.type('AT+CSQ\rAT+CPAS\r', 5_000)).toBe(`${ANSWER}\r\n+CPAS: 0\r\n\r\nOK\r\n`);
    }),
    { numRuns: 20 },
  );
});

const UNASKED: readonly (readonly [kind: string, fault: LineFault, see: (host: Host) => Promise<void>])[] = [
  ['orphan', { action: { kind: 'orphan', text: 'OK' } }, async (host) => expect(host.heard()).toBe('\r\nOK\r\n')],
  ['noise', { action: { kind: 'noise', code: 'RING' } }, async (host) => expect(host.heard()).toBe('\r\nRING\r\n')],
  [
    'stall',
    { action: { kind: 'stall', ms: 5_000 } },
    async (host) => {
      expect(await host.type('AT+CSQ\r', 4_000)).toBe('');
      expect(await host.type('', 1_000)).toBe(ANSWER);
    },
  ],
  ['reboot', { action: { kind: 'reboot' } }, async (host) => expect(await host.type('AT\r')).toBe('AT\r\r\nOK\r\n')],
  [
    'unplug',
    { action: { kind: 'unplug', ms: 5_000 } },
    async (host) => expect(await host.type('AT\r').catch((error: unknown) => String(error))).toMatch(/closed/),
  ],
];

test.each(UNASKED)('%s strikes by the clock too, whatever the modem is doing', async (_kind, fault, see) => {
  const { host, clock } = await faulty({ ...fault, startsAt: VIRTUAL_START + 1_000 });
  await clock.advance(1_000);
  await see(host);
});

test('a modem that is unplugged is away from the network, and back when it is plugged in', async () => {
  const { world, clock, modem } = await faulty({
    action: { kind: 'unplug', ms: 5_000 },
    startsAt: VIRTUAL_START + 1_000,
  });
  await clock.advance(1_000);
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(4_000);
  expect(world.waitingFor(NUMBER)).toBe(1);
  await clock.advance(3_000);
  expect(world.waitingFor(NUMBER)).toBe(0);
  const again = await hostOf(modem, clock);
  expect(await again.type('ATE0;+CMGR=1\r')).toContain('+CMGR: 0,,');
});

test('the same seed gives the same faults', async () => {
  const heard = async (seed: number) => {
    const { host } = await faulty({ action: { kind: 'lose-octets', share: 0.2 }, probability: 0.5 }, seed);
    let all = '';
    for (let i = 0; i < 20; i += 1) all += await host.type('AT+CSQ\r');
    return all;
  };
  expect(await heard(9)).toBe(await heard(9));
  expect(await heard(9)).not.toBe(await heard(10));
});

test('a host that opens the line again while it was stalled is answered at once, and hears nothing of before', async () => {
  const { host, modem, clock } = await faulty({ action: { kind: 'stall', ms: 3_600_000 } });
  expect(await host.type('AT+CSQ\r')).toBe('');
  await host.close();
  await clock.advance(1_000);
  const next = await hostOf(modem, clock);
  expect(await next.type('AT+CPAS\r')).toBe('AT+CPAS\r\r\n+CPAS: 0\r\n\r\nOK\r\n');
  await clock.advance(3_600_000);
  expect(next.heard()).toBe('');
});
