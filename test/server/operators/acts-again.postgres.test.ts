import { expect, it } from 'vitest';
import { type Act, auditAfter, withAct } from '../../../server/operators/audit.ts';
import type { Tx } from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

const gate = () => Promise.withResolvers<void>();

it('an act whose COMMIT is still under way when it is run again is done once, and gives what the first run made', async () => {
  const store = await testStore();
  const act: Act = { id: 'a', by: { name: 'anna', role: 'admin' }, route: 'POST /v1/keys', bodyDigest: undefined };
  const [firstHasRun, secondHasLooked, mayCommit] = [gate(), gate(), gate()];
  let runs = 0;
  const work = async (tx: Tx) => {
    runs += 1;
    const run = runs;
    if (run === 2) secondHasLooked.resolve();
    await tx.run("INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', ?, 0)", `run ${run}`);
    return run;
  };
  const body = withAct(act, new VirtualClock(), work, () => 'key:vault');
  const first = store.transaction('act', async (tx) => {
    const made = await body(tx);
    firstHasRun.resolve();
    await mayCommit.promise;
    return made;
  });
  await firstHasRun.promise;
  // It looks for the act before the first run is committed, as on another connection.
  const second = store.transaction('act', body);
  await secondHasLooked.promise;
  mayCommit.resolve();
  expect([await first, await second, runs]).toEqual([1, 1, 2]);
  expect(await store.read((tx) => tx.all('SELECT subject FROM timer', (row) => row.text('subject')))).toEqual([
    'run 1',
  ]);
  expect(await store.read((tx) => auditAfter(tx, 0, 10))).toHaveLength(1);
});
