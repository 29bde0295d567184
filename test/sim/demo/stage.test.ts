import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { sleep } from '../../../modem/index.ts';
import { CUSTOMER } from '../../../sim/demo/cast.ts';
import { type Stage, type StageOptions, setStage } from '../../../sim/demo/stage.ts';
import { latencyProfiles, VirtualClock } from '../../../sim/index.ts';
import { WorldClock } from '../../../sim/world-clock.ts';

const parent = mkdtempSync(join(tmpdir(), 'stage-'));
afterAll(() => rmSync(parent, { recursive: true }));
const START = Date.UTC(2010, 2, 1, 9);

/** Sets a stage on a virtual clock, plays on it, and takes it down. */
async function onStage<T>(
  options: Partial<StageOptions>,
  play: (stage: Stage) => Promise<T>,
  start = START,
): Promise<{ readonly result: T; readonly endedAt: number; readonly stage: Stage }> {
  const clock = new VirtualClock(start);
  const profile = latencyProfiles['direct'] ?? expect.fail('there is no profile "direct"');
  const playing = (async () => {
    const stage = await setStage({
      ...{ clock, seed: 1, profile, lines: 'memory', pace: 0 },
      hold: (promise) => clock.hold(promise),
      ...options,
    });
    try {
      return { result: await play(stage), stage };
    } finally {
      await stage.close();
    }
  })();
  let over = false;
  const end = () => {
    over = true;
  };
  playing.then(end, end);
  await clock.runUntil(() => over, 7_200_000);
  return { ...(await playing), endedAt: clock.now() };
}

/** A port of 127.0.0.1 that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : expect.fail('no port');
}

const keptIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8'));

async function pay(stage: Stage, mref: string): Promise<void> {
  const amount = { minor: 1_250, currency: 'EUR' } as const;
  await stage.till.requestPayment({ mref, customer: CUSTOMER.number, amount, reference: 'Newspapers' });
  await stage.customer.approve();
  await stage.customer.read('Paid');
}

test('the next stage in a folder goes on: phones, money and time of the last', { timeout: 120_000 }, async () => {
  const folder = join(parent, 'new', 'data');
  const said: string[] = [];
  const first = await onStage({ folder, progress: (next) => said.push(next) }, async (stage) => {
    const counted = [stage.run, stage.toEnrol];
    await stage.enrol();
    const enrolledWith = [...said];
    await sleep(stage.clock, 60_000);
    const askedAt = stage.clock.now();
    await pay(stage, 'one');
    return { counted, enrolledWith, askedAt, balance: await stage.customerBalance() };
  });
  expect(first.result.counted).toEqual([1, 2]);
  expect(first.result.balance).toBe(20_000 - 1_250);
  expect(first.result.enrolledWith).toEqual([
    'The service and its modem start',
    'The merchant and the customer are registered',
    'The phones are switched on',
    ...Array.from({ length: 8 }, (_, i) => `Enrolment by SMS, ${i + 1} of 8`),
  ]);
  // The SMS of a payment are none of an enrolment.
  expect(said).toEqual(first.result.enrolledWith);
  expect([first.stage.merchant, first.stage.customer].map(({ phone }) => phone.screen.kind)).toEqual(['off', 'off']);
  const kept = keptIn(folder);
  expect(kept).toMatchObject({ runs: 1, enrolled: ['merchant', 'customer'] });
  // The latest moment that the database has seen is the payment's.
  expect(kept.at).toBeGreaterThan(first.result.askedAt);
  expect(kept.at).toBeLessThanOrEqual(first.endedAt);

  // The customer's enrolment is said not to have come to its end, and the clock of the machine was set back.
  writeFileSync(join(folder, 'demo.json'), JSON.stringify({ ...kept, enrolled: ['merchant'] }));
  const second = await onStage(
    { folder, seed: 2 },
    async (stage) => ({
      counted: [stage.run, stage.toEnrol],
      applications: [stage.merchant, stage.customer].map(({ phone }) => phone.handset.applications.length),
      balance: await stage.customerBalance(),
      people: keptIn(folder),
    }),
    START - 60_000,
  );
  expect(second.result.counted).toEqual([2, 1]);
  // What is left of half an enrolment is taken away.
  expect(second.result.applications).toEqual([1, 0]);
  expect(second.result.balance).toBe(40_000 - 1_250);
  const { merchantId, customerId, merchantKey } = kept;
  expect(second.result.people).toMatchObject({ merchantId, customerId, merchantKey, runs: 2, at: kept.at });
});

test('without a folder the pseudo terminals are lent one, which is taken away', { timeout: 60_000 }, async () => {
  const clock = new WorldClock({ start: START });
  vi.stubEnv('TMPDIR', mkdtempSync(join(parent, 'tmp-')));
  const lent = () => readdirSync(tmpdir()).filter((name) => name.startsWith('cash-mobile-'));
  const before = lent();
  const profile = latencyProfiles['none'] ?? expect.fail('there is no profile "none"');
  const hold = <T>(promise: Promise<T>) => promise;
  const stage = await setStage({ clock, seed: 1, profile, lines: 'pty', hold });
  const [folder = '', ...others] = lent().filter((name) => !before.includes(name));
  expect(others).toEqual([]);
  expect(readdirSync(join(tmpdir(), folder)).toSorted()).toEqual(['customer', 'merchant', 'service']);
  const exits = process.listenerCount('exit');
  await stage.close();
  clock.close();
  expect(lent()).toEqual(before);
  vi.unstubAllEnvs();
  expect(process.listenerCount('exit')).toBe(exits - 1);
});

test('a stage that cannot be set is taken down again, and what was asked is said', { timeout: 60_000 }, async () => {
  const folder = join(parent, 'failing');
  const httpPort = await freePort();
  const failing = onStage(
    {
      ...{ folder, httpPort },
      progress: (next) => {
        if (next.startsWith('The phones')) throw new Error('no phones');
      },
    },
    async () => {},
  );
  await expect(failing).rejects.toThrow('no phones');
  // The port and the database are free for the next.
  const next = await onStage({ folder, httpPort }, async ({ run, toEnrol }) => [run, toEnrol]);
  expect(next.result).toEqual([2, 2]);
});

test('a till says what the service refused: the request, the status and the words', { timeout: 60_000 }, async () => {
  const { result } = await onStage({}, async ({ till }) => {
    const amount = { minor: 0, currency: 'EUR' } as const;
    return till
      .requestPayment({ mref: 'x', customer: CUSTOMER.number, amount, reference: '' })
      .catch((error: unknown) => (error instanceof Error ? error.message : ''));
  });
  expect(result).toMatch(/^POST \/v1\/payments answered 400: .+/);
});
