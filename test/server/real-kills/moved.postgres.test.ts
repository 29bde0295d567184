import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { moveDatabase } from '../../../server/upkeep/move.ts';
import { temporaryFolder } from '../database.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { comeToRest, REST_MS } from './come-to-rest.ts';
import { fileIn, type JudgedDatabase, PostgresDatabase } from './database.ts';
import { openStage, type Stage } from './stage.ts';

const SPEED = 20;
const LOAD = { customers: 3, workers: 3, pauseMs: 4_000 };

/** How long the server may take to start on a busy machine, ms. */
const START_MS = 60_000;

describe('a service that is moved to another database under load', () => {
  let server: PostgresServer | undefined;
  beforeAll(() => {
    server = startPostgres(inject('postgres'));
  }, START_MS);
  afterAll(() => server?.remove());

  /** The service ends in good order, its rows are moved, it goes on there, and is killed once. */
  async function move({ services: [service], clock, load, movedTo }: Stage, from: JudgedDatabase, to: JudgedDatabase) {
    if (service === undefined) throw new Error('a stage has a service');
    await service.end('SIGTERM');
    await moveDatabase(from.database, to.database, clock.now(), () => {});
    const setting = movedTo(to);
    service.begin(setting);
    await service.ready();
    await load.busy();
    await service.end('SIGKILL');
    service.begin(setting);
    await service.ready();
    await load.busy();
  }

  it(
    'loses nothing, charges nothing twice, and ends everything, on PostgreSQL and back on a file',
    async () => {
      if (server === undefined) throw new Error('PostgreSQL is not installed');
      const [first, second] = [fileIn(temporaryFolder()), fileIn(temporaryFolder())];
      const postgres = new PostgresDatabase(server);
      const { customers, workers, pauseMs } = LOAD;
      const stage = await openStage({ rail: 'inquire', seed: 'moved', database: first, speed: SPEED, customers });
      const { services, load, admin, till } = stage;
      try {
        const working = load.run(workers, pauseMs);
        await load.busy();
        await move(stage, first, postgres);
        await move(stage, postgres, second);
        load.calmDown();
        await working;
        expect(await comeToRest(stage)).toEqual([]);
        for (const { txn } of await till.payments()) await load.readReceipt(txn);
        for (const service of services) await service.end('SIGTERM');
        expect(load.changedReceipts).toEqual([]);
        expect([...services.flatMap(({ faults }) => faults), ...admin.faults, ...till.faults]).toEqual([]);
      } finally {
        await stage.close();
      }
    },
    180_000 + REST_MS / SPEED,
  );
});
