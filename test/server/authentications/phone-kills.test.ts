import { describe, expect, it } from 'vitest';
import { Owner } from '../pin-change/handset.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';
import { consented } from './consented.ts';

/** Seconds that the owner has. */
const TTL = 300;

/** A phone with the payment application, and a relying party that asks its owner to log in. */
async function asked() {
  const world = new World('kills');
  await world.open();
  const owner = new Owner(world);
  await owner.enrol(PIN);
  const { party } = await world.service.parties.add({
    name: 'Comune di Torino',
    shortName: 'Comune',
    kinds: ['login'],
    requestsADay: 100,
  });
  await consented(world);
  const order = { kind: 'login', key: 'k', who: CUSTOMER_NUMBER, title: 'Anagrafe', ttl: TTL } as const;
  const { authentication } = await world.service.authentications.request(party, order);
  await owner.pause();
  const { id, matchCode } = authentication;
  /** The last two digits on the other screen, or others. */
  const digits = (more = 0) => String((matchCode + more) % 100).padStart(2, '0');
  const state = async () => {
    const { state, reason } = await world.service.authentications.one(party, id);
    return reason === undefined ? state : `${state}, ${reason}`;
  };
  return { world, owner, digits, state };
}

describe('a login whose digits are mistyped, or whose phone or service is killed', () => {
  it('fails by wrong digits twice, whatever the PIN', async () => {
    const { owner, digits, state } = await asked();
    await owner.logIn(digits(1), PIN);
    expect(await state()).toBe('asked');
    await owner.logIn(digits(2), PIN);
    await owner.pause();
    expect([await state(), owner.screen.title]).toEqual(['failed, wrong-digits', 'Refused']);
  });

  it('is confirmed also by a second try of the digits', async () => {
    const { owner, digits, state } = await asked();
    await owner.logIn(digits(1), PIN);
    await owner.logIn(digits(), PIN);
    await owner.pause();
    expect(await state()).toBe('confirmed');
  });

  /** A login whose phone is killed at its nth write, or whose service after its nth commit; what was not approved before is approved then. */
  async function killed(what: 'phone' | 'service', nth: number) {
    const { world, owner, digits, state } = await asked();
    let times = 0;
    const happened = () => {
      times += 1;
      if (times !== nth) return;
      if (what === 'phone') owner.kill();
      else world.kill();
    };
    if (what === 'phone') owner.afterWrite = happened;
    else world.afterCommit = happened;
    await owner.logIn(digits(), PIN);
    await owner.pause(10_000);
    owner.afterWrite = () => {};
    world.afterCommit = () => {};
    if (!owner.alive) owner.boot();
    if (what === 'service' && times >= nth) await world.open();
    // At once, or with the alarm that was set for the first question about the answer.
    for (const pause of [3_000, 60_000]) {
      await owner.pause(pause);
      if (owner.screen.title === 'Login') await owner.logIn(digits(), PIN);
    }
    await owner.pause(120_000);
    return { state: await state(), times };
  }

  it.each(['phone', 'service'] as const)(
    'is confirmed though the %s is killed at any moment',
    async (what) => {
      const { state, times } = await killed(what, Number.POSITIVE_INFINITY);
      expect(state).toBe('confirmed');
      expect(times).toBeGreaterThan(1);
      for (let nth = 1; nth <= times; nth += 1)
        expect((await killed(what, nth)).state, `${what} ${nth}`).toBe('confirmed');
    },
    120_000,
  );
});
