import { describe, expect, it } from 'vitest';
import { write } from '../database.ts';
import { shop, World } from '../world.ts';

/** A service that was closed, whose file then changed. */
async function spoilt(...statements: readonly string[]): Promise<World> {
  const { world } = await shop();
  await world.service.close();
  await write(world.database, ...statements);
  return world;
}

function alarms(world: World) {
  return world.journal.map(({ event }) => event).filter((event) => event.kind === 'alarm');
}

const LOST =
  "INSERT INTO transfer (id, txn, debit, credit, minor, currency, at) VALUES ('t', NULL, 'cash', 'person:1', 5, 'EUR', 0); INSERT INTO transfer_end (id, outcome, at) VALUES ('t', 'posted', 0)";
const DETAIL =
  'the ledger does not keep the rule: a posted transfer has two entries: its amount out of one account and into the other. Run cash-server ledger check, keep a copy of the file, and report the fault: nothing is mended by itself';

describe('the check of the ledger at a start', () => {
  it('says nothing when all is well', async () => {
    const world = await spoilt();
    await world.open();
    expect(alarms(world)).toEqual([]);
  });

  it('is an alarm for each breach, said once, and the service runs', async () => {
    const world = await spoilt(LOST);
    await world.open();
    const alarm = { kind: 'alarm', alarm: 'ledger-breach', ref: 't', detail: DETAIL };
    expect(alarms(world)).toEqual([alarm]);
    expect((await world.merchant()).merchant.name).toBe('Edicola Città');
    await world.service.close();
    await world.open();
    expect(alarms(world)).toEqual([alarm]);
  });

  it('looks at what has ended since the start before', async () => {
    const world = await spoilt();
    await world.open();
    await world.service.close();
    await write(world.database, LOST);
    await world.open();
    expect(alarms(world)).toHaveLength(1);
  });

  it('that cannot be done is a fault in the journal, and the service runs', async () => {
    const world = new World();
    world.beforeStatement = (sql) => {
      if (sql.includes('ledger_checkpoint')) throw new Error('disk I/O error');
    };
    await world.open();
    expect(world.journal.map(({ event }) => event)).toEqual([{ kind: 'fault', reason: 'disk I/O error' }]);
    expect((await world.merchant()).merchant.name).toBe('Edicola Città');
  });
});
