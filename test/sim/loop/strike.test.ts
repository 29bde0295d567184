import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AddedMerchant } from '../../../server/index.ts';
import { ROTATED_KEYS } from '../../../sim/loop/operator.ts';
import { strike } from '../../../sim/loop/strike.ts';
import { Town } from '../../../sim/loop/town.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-strike-'));
const town = new Town({
  seed: 's',
  customers: 1,
  shops: 0,
  rail: 'ledger',
  depth: 'sms',
  database: join(folder, 'service.db'),
});
const { clock, life } = town;
const MINUTE = 60_000;
let merchant: AddedMerchant['merchant'];
let orders = 0;

beforeAll(async () => {
  await town.settle();
  const shop = { name: 'Corner shop', currency: 'EUR' } as const;
  ({ merchant } = await clock.run(life.asked((service) => service.addMerchant(shop))));
});
afterAll(async () => {
  await clock.run(life.close());
  rmSync(folder, { recursive: true });
});

/** What the service answers to a new request, and when it does, ms from now. */
async function asked() {
  orders += 1;
  const order = { mref: `o-${orders}`, customer: town.customers[0]?.number ?? '', ttl: 60 };
  const amount = { minor: 100, currency: 'EUR' } as const;
  const begun = clock.now();
  const asking = life.asked((service) => service.requestPayment(merchant, { ...order, amount, reference: '' }));
  const answer = await clock.run(
    asking.then(
      ({ payment }) => payment,
      ({ code }) => code,
    ),
  );
  return { answer, after: clock.now() - begun };
}

it('without faults the service takes a request at once', async () => {
  expect(await asked()).toMatchObject({ answer: { state: 'REQUESTED', createdAt: clock.now() }, after: 0 });
});

it('a backlog keeps back for a day what a phone sends, and ends', async () => {
  const [customer] = town.customers;
  const number = customer?.number ?? '';
  const waiting = () => town.world.faults.list().find(({ action }) => action.kind === 'delay');
  strike(town, { at: 0, kind: 'backlog', customer: 0, ms: MINUTE });
  expect(waiting()).toMatchObject({ from: number, action: { ms: 27 * 60 * MINUTE }, endsAt: clock.now() + MINUTE });
});

it('a phone that is locked cannot be asked until it is unlocked', async () => {
  strike(town, { at: 0, kind: 'lock', customer: 0, ms: 5 * MINUTE });
  await clock.advance(MINUTE);
  expect((await asked()).answer).toBe('customer-unreachable');
  await clock.advance(5 * MINUTE);
  expect((await asked()).answer).toMatchObject({ state: 'REQUESTED' });
});

it('a full disk takes no request until it has room', async () => {
  strike(town, { at: 0, kind: 'disk-full', ms: 3 * MINUTE });
  const { answer, after } = await asked();
  expect(answer).toMatchObject({ state: 'REQUESTED' });
  expect(after).toBeGreaterThanOrEqual(3 * MINUTE);
});

it('a service that dies while its disk is full is started until there is room', async () => {
  strike(town, { at: 0, kind: 'kill', commits: 1, downMs: 1_000 });
  await asked();
  strike(town, { at: 0, kind: 'disk-full', ms: 3 * MINUTE });
  expect((await asked()).after).toBeGreaterThanOrEqual(3 * MINUTE);
  expect(life.kills).toBe(1);
});

it.each(ROTATED_KEYS)('a %s key is followed by another', async (use) => {
  strike(town, { at: 0, kind: 'rotate', use });
  await clock.advance(MINUTE);
  const keys = await clock.run(life.asked((service) => service.keys.list()));
  expect(keys.filter((key) => key.use === use && key.beginsAt !== undefined)).toHaveLength(2);
});

it.each([MINUTE, -30 * MINUTE])(
  'the clock of the service is %d ms ahead, and a key is made all the same',
  async (aheadMs) => {
    const made = () => clock.run(life.asked((service) => service.keys.list()));
    const before = (await made()).length;
    strike(town, { at: 0, kind: 'service-clock', aheadMs });
    expect((await asked()).answer).toMatchObject({ createdAt: clock.now() + aheadMs });
    strike(town, { at: 0, kind: 'rotate', use: 'sealing' });
    await clock.advance(MINUTE);
    expect(await made()).toHaveLength(before + 1);
  },
);
