import { expect, it } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { type Act, auditAfter, withAct } from '../../../server/operators/audit.ts';
import type { Tx } from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

/** How long a transaction is given to wait for a row that another one has locked, ms. */
const HEAD_START_MS = 300;

it('an act whose COMMIT is still under way when it is run again is done once, and gives what the first run made', async () => {
  const store = await testStore();
  const act: Act = { id: 'a', by: { name: 'anna', role: 'admin' }, route: 'POST /v1/keys', bodyDigest: undefined };
  let runs = 0;
  const work = async (tx: Tx) => {
    runs += 1;
    await tx.run("INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', ?, 0)", `run ${runs}`);
    return runs;
  };
  const body = withAct(act, new VirtualClock(), work, () => 'key:vault');
  let commit = () => {};
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let firstHasRun = () => {};
  const begun = new Promise<void>((resolve) => {
    firstHasRun = resolve;
  });
  const first = store.transaction('act', async (tx) => {
    const made = await body(tx);
    firstHasRun();
    await mayCommit;
    return made;
  });
  await begun;
  // A second run that has looked for the act before the first one is committed, as on another connection.
  const second = store.transaction('act', body);
  await new Promise<void>((resolve) => void systemClock.after(HEAD_START_MS, resolve));
  commit();
  expect([await first, await second, runs]).toEqual([1, 1, 2]);
  expect(await store.read((tx) => tx.all('SELECT subject FROM timer', (row) => row.text('subject')))).toEqual([
    'run 1',
  ]);
  expect(await store.read((tx) => auditAfter(tx, 0, 10))).toHaveLength(1);
});
