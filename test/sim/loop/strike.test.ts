import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AddedMerchant } from '../../../server/index.ts';
import { ROTATED_KEYS } from '../../../sim/loop/operator.ts';
import { FULL_MOMENTS } from '../../../sim/loop/service-life.ts';
import { strike } from '../../../sim/loop/strike.ts';
import { SERVICE_NUMBER, Town } from '../../../sim/loop/town.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-strike-'));
const database = join(folder, 'service.db');
const town = new Town({
  seed: 's',
  customers: 3,
  shops: 0,
  rail: 'ledger',
  depth: 'sms',
  database,
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
async function asked(customer = 0) {
  orders += 1;
  const order = { mref: `o-${orders}`, customer: town.customers[customer]?.number ?? '', ttl: 60 };
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

/** How many payments are in the service's file. */
function payments(): number {
  const file = new DatabaseSync(database, { readOnly: true });
  const count = file.prepare('SELECT count(*) AS count FROM payment').get()?.['count'];
  file.close();
  return Number(count);
}

it.each([
  ['before-commit', 0, 1],
  ['after-commit', 1, 1],
  ['after-sending', 1, 2],
] as const)(
  'a service that dies %s has written %d payments down, and sends the request %d times in all',
  async (moment, written, sent) => {
    // The customer has one request at a time.
    await clock.advance(2 * MINUTE);
    const before = payments();
    const seq = town.world.log.entries().at(-1)?.seq;
    const atDeath = new Promise<number>((resolve) => {
      town.witnesses.push({ journal() {}, fault: (words) => words === 'the service is dead' && resolve(payments()) });
    });
    strike(town, { at: 0, kind: 'kill', moment, nth: 1, downMs: 1_000 });
    expect((await asked(1)).answer).toMatchObject({ state: 'REQUESTED' });
    expect([(await atDeath) - before, payments() - before]).toEqual([written, 1]);
    await clock.advance(2_000);
    const since = town.world.log.entries(seq);
    expect(since.filter((entry) => entry.kind === 'submit' && entry.from === SERVICE_NUMBER)).toHaveLength(sent);
  },
);

it('a kill that is called off does not come', async () => {
  const { kills } = life;
  await clock.advance(2 * MINUTE);
  strike(town, { at: 0, kind: 'kill', moment: 'after-commit', nth: 1, downMs: 1_000 });
  life.spare();
  await asked(1);
  expect(life.kills).toBe(kills);
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

it.each(FULL_MOMENTS)('a full disk, noticed at the %s, takes no request until it has room', async (noticed) => {
  strike(town, { at: 0, kind: 'disk-full', noticed, ms: 3 * MINUTE });
  const { answer, after } = await asked();
  expect(answer).toMatchObject({ state: 'REQUESTED' });
  expect(after).toBeGreaterThanOrEqual(3 * MINUTE);
});

it.each(FULL_MOMENTS)(
  'a service that dies while its disk is full at the %s is started until there is room',
  async (noticed) => {
    const { kills } = life;
    strike(town, { at: 0, kind: 'kill', moment: 'after-commit', nth: 1, downMs: 1_000 });
    await asked(2);
    strike(town, { at: 0, kind: 'disk-full', noticed, ms: 3 * MINUTE });
    expect((await asked(2)).after).toBeGreaterThanOrEqual(3 * MINUTE);
    expect(life.kills).toBe(kills + 1);
  },
);

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
