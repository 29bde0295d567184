import { describe, expect, it } from 'vitest';
import { createServiceKeys, type ServiceKeys, servicePrimitives } from '../../../server/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import { rows, write } from '../database.ts';
import { World } from '../world.ts';

const { keys: others } = createServiceKeys(servicePrimitives(), seededRandom('other keys'));
const WORDS =
  /^the keys are not those of the database: the digest of the given ones is ([0-9a-f]{16}), that of its own ([0-9a-f]{16}): take the keys\.json \(or CASH_SERVER_KEYS\) that it was begun with$/;

async function begun(options: { readonly alone?: boolean } = {}) {
  const world = new World('same keys', options);
  await world.open();
  const [row] = await rows(world.database, 'SELECT keys_digest FROM vault');
  const own = Buffer.from(row?.['keys_digest'] instanceof Uint8Array ? row['keys_digest'] : []).toString('hex');
  return { world, own };
}

/** The digests that a start with changed keys was refused with. */
async function refusal(world: World, changed: Partial<ServiceKeys>) {
  const error: unknown = await world.open(undefined, { keys: { ...world.keys, ...changed } }).catch((reason) => reason);
  const [, given, own] = WORDS.exec(error instanceof Error ? error.message : '') ?? [];
  return { given, own };
}

describe('a database begins with the keys that it was begun with', () => {
  it.each<[string, (own: ServiceKeys) => Partial<ServiceKeys>]>([
    ['all others', () => others],
    ['another sealing key', () => ({ sealing: others.sealing })],
    ['another number of the sealing key', (own) => ({ sealing: { ...own.sealing, kid: 2 } })],
    ['another receipt key', () => ({ signing: others.signing })],
    ['another root', () => ({ root: others.root })],
  ])('%s: refused, with both digests', async (_, changed) => {
    const { world, own } = await begun();
    world.kill();
    const refused = await refusal(world, changed(world.keys));
    expect(refused).toEqual({ own, given: expect.not.stringMatching(own) });
    await world.open();
  });

  it('a vault key of another database is told as such, and another suite key is taken', async () => {
    const { world } = await begun();
    world.kill();
    const open = (changed: Partial<ServiceKeys>) => world.open(undefined, { keys: { ...world.keys, ...changed } });
    await expect(open({ vault: others.vault })).rejects.toThrow('the vault key is not that of the database');
    await open({ suite: new Uint8Array(32) });
  });

  it('of an earlier version takes the keys of its next start, unless the vault key is another one', async () => {
    const { world, own } = await begun();
    world.kill();
    await write(world.database, 'UPDATE vault SET keys_digest = NULL');
    await expect(world.open(undefined, { keys: others })).rejects.toThrow('the vault key is not that of the database');
    await world.open();
    world.kill();
    expect(await refusal(world, others)).toMatchObject({ own });
  });
});
