import { describe, expect, it } from 'vitest';
import { randomBelow } from '../../../modem/index.ts';
import { type SeededRandom, seededRandom } from '../../../sim/index.ts';
import { onPostgres } from '../database.ts';
import { PIN, World } from '../world.ts';
import { type Fate, Owner } from './handset.ts';

const NEW_PIN = '70815';
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** An enrolled owner of a real phone, and a shop. */
async function ownerAt(seed: number | string) {
  const world = new World(seed);
  await world.open();
  const owner = new Owner(world);
  const merchant = await owner.enrol(PIN);
  /** Which of the PINs pays. */
  const counting = async (...pins: readonly string[]) => {
    const paid: string[] = [];
    for (const pin of pins) if (await owner.pays(merchant, pin)) paid.push(pin);
    return paid;
  };
  return { world, owner, merchant, counting };
}

/** Each time that something happens: what is done at the nth. */
function atThe(nth: number, what: () => void) {
  let times = 0;
  const happened = () => {
    times += 1;
    if (times === nth) what();
  };
  return { happened, times: () => times };
}

describe('killed at any moment of a change of the PIN', () => {
  /** A change whose phone is killed at its nth write, or whose service after its nth commit. */
  async function changing(killed: 'phone' | 'service', nth: number) {
    const { world, owner, counting } = await ownerAt(11);
    const { happened, times } = atThe(nth, () => (killed === 'phone' ? owner.kill() : world.kill()));
    if (killed === 'phone') owner.afterWrite = happened;
    else world.afterCommit = happened;
    await owner.changePin(PIN, NEW_PIN);
    await owner.pause(10 * SECOND_MS);
    owner.afterWrite = () => {};
    world.afterCommit = () => {};
    if (!owner.alive) owner.boot();
    if (killed === 'service' && times() >= nth) await world.open();
    await owner.pause(2 * HOUR_MS);
    return { counts: await counting(PIN, NEW_PIN), times: times() };
  }

  it('a phone has the old PIN, and from one of its writes on the new one', async () => {
    const { counts, times } = await changing('phone', Number.POSITIVE_INFINITY);
    expect(counts).toEqual([NEW_PIN]);
    expect(times).toBeGreaterThan(5);
    const after: string[] = [];
    for (let nth = 1; nth <= times; nth += 1) after.push((await changing('phone', nth)).counts.join());
    const first = after.indexOf(NEW_PIN);
    expect(first).toBeGreaterThan(0);
    expect(after).toEqual(after.map((_, at) => (at < first ? PIN : NEW_PIN)));
  }, 180_000);

  it('a service takes the new one after any of its commits', async () => {
    const { times } = await changing('service', Number.POSITIVE_INFINITY);
    expect(times).toBeGreaterThan(2);
    for (let nth = 1; nth <= times; nth += 1)
      expect((await changing('service', nth)).counts, `killed after commit ${nth}`).toEqual([NEW_PIN]);
  }, 180_000);
});

/** Changes with losses, kills and orders by chance. `CASH_MOBILE_PIN_CHANGES=10000` plays more, `CASH_MOBILE_SEED` other ones. */
const CHANGES = Number(process.env['CASH_MOBILE_PIN_CHANGES'] ?? (onPostgres ? 5 : 20));
const SEED = process.env['CASH_MOBILE_SEED'] ?? 'pin';
/** Of one phone: ten wrong PINs would end its enrolment. */
const CHANGES_A_PHONE = 4;
/** As long as things go wrong, and then until no message of before is on its way any more. */
const TROUBLE_MS = 26 * HOUR_MS;
const REST_MS = 52 * HOUR_MS;
/** How late an SMS is; the last ones seldom. */
const LATENESS_MS = [0, SECOND_MS, 20 * SECOND_MS, 5 * MINUTE_MS, 3 * HOUR_MS, 25 * HOUR_MS];
const WRONG_PIN = '93571';

/** Whether it happens this time, of what happens once in so many. */
const oneIn = (random: SeededRandom, cases: number) => randomBelow(random, cases) === 0;

/** Messages are lost, late, overtaken or doubled. */
function badNetwork(random: SeededRandom): Fate {
  const loss = 2 + randomBelow(random, 6);
  const late = () => {
    const longest = LATENESS_MS[randomBelow(random, oneIn(random, 5) ? LATENESS_MS.length : 3)] ?? 0;
    return longest + randomBelow(random, longest + 1);
  };
  return () => {
    if (oneIn(random, loss)) return [];
    return oneIn(random, 6) ? [late(), late()] : [late()];
  };
}

describe('a change of the PIN under losses, any order, and kills of both', () => {
  it.each(Array.from({ length: Math.ceil(CHANGES / CHANGES_A_PHONE) }, (_, phone) => phone))(
    'leaves exactly one PIN that pays: phone %i',
    async (phone) => {
      const random = seededRandom(`${SEED} ${phone}`);
      const { world, owner, counting } = await ownerAt(`${SEED} ${phone}`);
      let isServing = true;
      const repair = async () => {
        if (!owner.alive) owner.boot();
        if (!isServing) await world.open();
        isServing = true;
      };
      let pin = PIN;
      for (let change = 1; change <= CHANGES_A_PHONE; change += 1) {
        const chosen = `7081${change}`;
        const typed = oneIn(random, 6) ? WRONG_PIN : pin;
        const [phoneKills, serviceKills] = [6 + randomBelow(random, 60), 4 + randomBelow(random, 30)];
        owner.fate = badNetwork(random);
        owner.afterWrite = () => oneIn(random, phoneKills) && owner.kill();
        world.afterCommit = () => {
          if (!isServing || !oneIn(random, serviceKills)) return;
          isServing = false;
          world.kill();
        };
        await owner.changePin(typed, chosen);
        for (const begun = world.clock.now(); world.clock.now() < begun + TROUBLE_MS; ) {
          await owner.pause(randomBelow(random, oneIn(random, 4) ? HOUR_MS : MINUTE_MS));
          await repair();
        }
        owner.fate = () => [0];
        owner.afterWrite = () => {};
        world.afterCommit = () => {};
        await repair();
        await owner.pause(REST_MS);
        const counts = await counting(pin, chosen);
        expect(counts, `change ${change}`).toHaveLength(1);
        if (typed === WRONG_PIN) expect(counts).toEqual([pin]);
        pin = counts[0] ?? pin;
      }
    },
    120_000,
  );
});
