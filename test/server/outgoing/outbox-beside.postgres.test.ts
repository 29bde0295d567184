import { expect, it } from 'vitest';
import { Journal } from '../../../server/journal/journal.ts';
import { Outbox } from '../../../server/outgoing/outbox.ts';
import { Processes } from '../../../server/processes/processes.ts';
import type { StoreProbe } from '../../../server/store/store.ts';
import { Timers } from '../../../server/time/timers.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

/** An outbox whose bearer sends at once; a test says whether it can, and what happens before its next claim is committed. */
async function open(atOnce: number) {
  const clock = new VirtualClock();
  let beforeCommit = async () => {};
  const body: StoreProbe['body'] = (name, work) => async (tx) => {
    const done = await work(tx);
    if (name === 'hand over') {
      const once = beforeCommit;
      beforeCommit = async () => {};
      await once();
    }
    return done;
  };
  const store = await testStore(clock, { body });
  const journal = new Journal(clock);
  const sent: string[] = [];
  const bearer = {
    async send({ id }: { readonly id: string }) {
      sent.push(id);
      return { kind: 'sent', references: [1] } as const;
    },
  };
  let ready = true;
  const timers = new Timers(store, clock, journal);
  const room = { canSend: () => ready, atOnce };
  const processes = new Processes(store, clock, journal, 'this', { readyHere: 0, readyElsewhere() {} });
  const outbox = new Outbox(store, clock, bearer, timers, journal, processes, room);
  await store.transaction('phone', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'active', x'00', 0, 0, 0)`,
    );
  });
  await processes.start(outbox);
  await outbox.start();
  const add = (ref: string) =>
    store.transaction('add', (tx) =>
      outbox.add(tx, {
        deviceId: deviceId(7),
        number: '+391',
        message: 'RECEIPT',
        ref,
        frame: new Uint8Array(133),
        usefulUntil: clock.now() + 600_000,
      }),
    );
  const setReady = (isReady: boolean) => {
    ready = isReady;
  };
  const duringClaim = (work: () => Promise<void>) => {
    beforeCommit = work;
  };
  return { clock, store, outbox, sent, add, setReady, duringClaim };
}

it('a frame that another transaction has locked while the outbox looks leaves a second later, also the next one', async () => {
  const { clock, store, outbox, sent, add, setReady, duringClaim } = await open(4);
  for (const earlier of [0, 1]) {
    setReady(false);
    await add(`${earlier}`);
    await store.transaction('ask for a report', async (tx) => {
      await tx.run('UPDATE outbox SET report = 1');
      setReady(true);
      const { promise, resolve } = Promise.withResolvers<void>();
      duringClaim(async () => resolve());
      outbox.look();
      await promise;
    });
    await clock.advance(999);
    expect(sent).toHaveLength(earlier);
    await clock.advance(1);
    expect(sent).toHaveLength(earlier + 1);
  }
});

it('a frame that is written down while the outbox takes the one that fills the bearer follows it', async () => {
  const { clock, outbox, sent, add, setReady, duringClaim } = await open(1);
  setReady(false);
  await add('a');
  setReady(true);
  duringClaim(() => add('b'));
  outbox.look();
  await clock.advance(0);
  expect(sent).toHaveLength(2);
});
