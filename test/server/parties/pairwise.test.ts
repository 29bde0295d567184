import { describe, expect, it } from 'vitest';
import { partyId, personId } from '../../../server/vocabulary/ids.ts';
import { rows } from '../database.ts';
import { World } from '../world.ts';

const nameOf = ({ service }: World, party: number, person: number) =>
  service.parties.pairwise.of(partyId(party), personId(person));

describe('by which name a relying party knows a person', () => {
  it('is always the same, of each party and of each person another one', async () => {
    const world = new World();
    await world.open();
    const pairs = [1, 2, 11].flatMap((party) => [1, 11, 111].map((person) => [party, person] as const));
    const names: string[] = [];
    for (const pair of pairs) names.push(await nameOf(world, ...pair));
    expect(new Set(names).size).toBe(pairs.length);
    for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);
    world.kill();
    await world.open();
    for (const [index, pair] of pairs.entries()) expect(await nameOf(world, ...pair)).toBe(names[index]);
  });

  it('is another one at another service: it is made with a key of its own', async () => {
    const [one, other] = [new World(1), new World(2)];
    for (const world of [one, other]) await world.open();
    expect(await nameOf(one, 1, 1)).not.toBe(await nameOf(other, 1, 1));
  });

  it('is one also when it is asked for first by many at once', async () => {
    const world = new World();
    await world.open();
    const names = await Promise.all([1, 2, 3].map(() => nameOf(world, 1, 1)));
    expect(new Set(names).size).toBe(1);
    expect(await rows(world.database, 'SELECT id FROM pairwise_key')).toEqual([{ id: 1 }]);
  });
});
