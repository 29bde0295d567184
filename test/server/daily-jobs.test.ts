import { describe, expect, it } from 'vitest';
import { shop, type World } from './world.ts';

const HOUR = 3_600_000;

/** When the daily jobs are due, as the file of a service says. */
function due(world: World): Promise<string[]> {
  return world.look((tx) =>
    tx.all(
      "SELECT kind, due FROM timer WHERE subject = 'daily' ORDER BY kind",
      (row) => `${row.text('kind')} ${new Date(row.integer('due')).toISOString()}`,
    ),
  );
}

// The virtual world begins at 2010-03-01T09:00Z.
describe.each(['reconciliation', 'retention'])('the daily job %s', (kind) => {
  const at = async (world: World) => (await due(world)).find((row) => row.startsWith(`${kind} `));

  it('is due every day at three in the morning UTC, also the second time', async () => {
    const { world } = await shop();
    expect(await at(world)).toBe(`${kind} 2010-03-02T03:00:00.000Z`);
    await world.clock.advance(19 * HOUR);
    expect(await at(world)).toBe(`${kind} 2010-03-03T03:00:00.000Z`);
    await world.clock.advance(24 * HOUR);
    expect(await at(world)).toBe(`${kind} 2010-03-04T03:00:00.000Z`);
  });

  it('that was missed while the service was down runs at its start, and is not put off by a day', async () => {
    const { world } = await shop();
    world.kill();
    await world.clock.advance(20 * HOUR);
    const begun: string[] = [];
    await world.open(undefined, { probe: { beforeTransaction: (name) => begun.push(name) } });
    expect(begun).toContain(`timer ${kind}`);
    expect(await at(world)).toBe(`${kind} 2010-03-03T03:00:00.000Z`);
  });
});
