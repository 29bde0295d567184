import { expect, it } from 'vitest';
import { onPostgres } from '../database.ts';
import { PIN, type World } from '../world.ts';
import { bank } from './bank.ts';

/** Kills the service right after its `nth` commit from now. @returns how many commits there were so far */
function killAfterCommit(world: World, nth: number): () => number {
  let commits = 0;
  world.afterCommit = () => {
    commits += 1;
    if (commits === nth) world.kill();
  };
  return () => commits;
}

/** A bank that asks somebody who confirms, and a number that nobody has. The phone asks again after a minute, as the application does. */
async function asking() {
  const base = await bank('killed');
  const { world, party, order, customer } = base;
  const { phone } = customer;
  phone.onMessage = (message) => {
    if (message.type !== 'AUTH_REQUEST') return;
    phone.onMessage = () => {};
    phone.approve(PIN);
    world.clock.after(60_000, () => phone.query(message.challenge));
  };
  const orders = [order(), order({ who: '+393409999999' })];
  const request = () =>
    Promise.all(orders.map((one) => world.service.authentications.request(party, one).catch(() => undefined)));
  const seen = async () => {
    const { authentications } = world.service;
    const states = (await authentications.list(party, { limit: 10 })).map(({ state }) => state).toSorted();
    const receipts = new Set(phone.receipts().map(({ status }) => status));
    return { states, receipts: [...receipts] };
  };
  return { ...base, request, seen };
}

const ENDED = { states: ['confirmed', 'expired'], receipts: ['active', 'confirmed'] };

it('ends as without a kill, with the same receipt, after a kill at each commit', async () => {
  const undisturbed = await asking();
  const count = killAfterCommit(undisturbed.world, Number.POSITIVE_INFINITY);
  await undisturbed.request();
  await undisturbed.world.clock.advance(300_000);
  expect(await undisturbed.seen()).toEqual(ENDED);
  const commits = count();
  expect(commits).toBeGreaterThan(5);

  for (let nth = 1; nth <= commits; nth += onPostgres ? 3 : 1) {
    const { world, request, seen } = await asking();
    const count = killAfterCommit(world, nth);
    void request();
    await world.clock.runUntil(() => count() >= nth, 200_000);
    await world.open();
    await request();
    await world.clock.advance(300_000);
    expect(await seen(), `killed after commit ${nth}`).toEqual(ENDED);
  }
});
