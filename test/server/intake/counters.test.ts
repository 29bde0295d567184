import { expect, it } from 'vitest';
import { takeCounter } from '../../../server/intake/counters.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { deviceById } from '../../../server/people/devices.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { testStore } from '../database.ts';

const DAY = 86_400;
const WEEK = 7 * DAY;
/** The first second of a day. */
const DAWN = 100 * DAY;
/** Counters below the window are kept until this day after their frame. */
const KEPT = 10;

const AFTER_A_DAY = [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN + DAY - WEEK + 1, DAWN, DAWN + DAY - 1] as const;

/** What a phone says one after another: the day of the service on which it comes, its counter, a frame, what the service says, and the counters that are kept. */
const SAID = [
  [0, DAWN, 1, 'fresh', [DAWN]],
  [0, DAWN, 1, 'repeated', [DAWN]],
  [0, DAWN, 2, 'used', [DAWN]],
  [0, DAWN - WEEK + 1, 3, 'fresh', [DAWN - WEEK + 1, DAWN]],
  [0, DAWN - WEEK + 1, 3, 'repeated', [DAWN - WEEK + 1, DAWN]],
  [0, DAWN - WEEK + 1, 1, 'used', [DAWN - WEEK + 1, DAWN]],
  [0, DAWN - WEEK, 4, 'too-old', [DAWN - WEEK + 1, DAWN]],
  [0, DAWN + DAY - WEEK, 5, 'fresh', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN]],
  [0, DAWN + DAY - WEEK + 1, 6, 'fresh', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN + DAY - WEEK + 1, DAWN]],
  [0, DAWN + DAY - 1, 7, 'fresh', AFTER_A_DAY],
  // Below the window a number is refused, but for the frame that took it.
  [0, DAWN - WEEK + 1, 8, 'too-old', AFTER_A_DAY],
  [0, DAWN - WEEK + 1, 3, 'repeated', AFTER_A_DAY],
  // Numbers below the window stay for ten days, and go with the first message of another day of the phone.
  [KEPT, DAWN + DAY, 9, 'fresh', [...AFTER_A_DAY, DAWN + DAY]],
  [KEPT, DAWN + DAY - WEEK, 5, 'repeated', [...AFTER_A_DAY, DAWN + DAY]],
  // The clock of the service is set back: nothing goes.
  [-300, DAWN + 2 * DAY, 10, 'fresh', [...AFTER_A_DAY, DAWN + DAY, DAWN + 2 * DAY]],
  [-300, DAWN - WEEK + 1, 3, 'repeated', [...AFTER_A_DAY, DAWN + DAY, DAWN + 2 * DAY]],
  // The clock of the phone is set ahead by a year: what came a moment before is known.
  [KEPT, DAWN + 365 * DAY, 11, 'fresh', [...AFTER_A_DAY, DAWN + DAY, DAWN + 365 * DAY]],
  [KEPT, DAWN + DAY, 9, 'repeated', [...AFTER_A_DAY, DAWN + DAY, DAWN + 365 * DAY]],
  [KEPT + 1, DAWN + 366 * DAY, 12, 'fresh', [DAWN + DAY, DAWN + 365 * DAY, DAWN + 366 * DAY]],
  [KEPT + 1, DAWN, 1, 'too-old', [DAWN + DAY, DAWN + 365 * DAY, DAWN + 366 * DAY]],
  // Numbers in the window stay however long ago they came.
  [400, DAWN + 366 * DAY + 1, 13, 'fresh', [DAWN + DAY, DAWN + 365 * DAY, DAWN + 366 * DAY, DAWN + 366 * DAY + 1]],
  [400, DAWN + 367 * DAY, 14, 'fresh', [365, 366, 366 + 1 / DAY, 367].map((days) => DAWN + days * DAY)],
  [400, DAWN + 365 * DAY, 15, 'used', [365, 366, 366 + 1 / DAY, 367].map((days) => DAWN + days * DAY)],
] as const;

it('takes each counter of a phone once, within a week below the highest, and knows the frame that took it', async () => {
  const store = await testStore();
  const [phone, other] = [deviceId(7), deviceId(8)];
  await store.transaction('counters', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0), (2, '+392', 'Bruno', 'it', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at, highest_ctr)
       VALUES (7, 1, 'active', x'00', 0, 0, 0, 0), (8, 2, 'active', x'00', 0, 0, 0, 5)`,
    );
    await tx.run('INSERT INTO counter (device_id, ctr) VALUES (8, 5)');
    const keptOf = (id: number) =>
      tx.all('SELECT ctr FROM counter WHERE device_id = ? ORDER BY ctr', (row) => row.integer('ctr'), id);
    let highest = 0;
    for (const [day, ctr, frame, verdict, kept] of SAID) {
      const device = await deviceById(tx, phone);
      if (device === undefined) throw new Error('no device');
      const stored = {
        ...{
          id: 0,
          originator: '+391',
          receivedAt: day * DAY * 1_000,
          digest: new Uint8Array(32).fill(frame),
          frame: new Uint8Array(),
        },
      };
      expect([ctr, await takeCounter(tx, { limits: STANDARD_LIMITS }, device, ctr, stored)]).toEqual([ctr, verdict]);
      expect(await keptOf(7)).toEqual(kept);
      highest = Math.max(highest, ctr);
      expect((await deviceById(tx, phone))?.highestCtr).toBe(highest);
    }
    expect([(await deviceById(tx, other))?.highestCtr, await keptOf(8)]).toEqual([5, [5]]);
  });
  await store.close();
});

it('counts the repeats of each number apart', async () => {
  const store = await testStore();
  const phone = deviceId(7);
  await store.transaction('counters', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'active', x'00', 0, 0, 0)`,
    );
    const said = async (ctr: number) => {
      const device = await deviceById(tx, phone);
      if (device === undefined) throw new Error('no device');
      const [digest, frame] = [new Uint8Array(32).fill(ctr), new Uint8Array()];
      return takeCounter(tx, { limits: { ...STANDARD_LIMITS, repeats: 1 } }, device, ctr, {
        ...{ id: 0, originator: '+391', receivedAt: 0, digest, frame },
      });
    };
    const verdicts = [];
    for (const ctr of [1, 2, 3, 2, 2, 1, 3]) verdicts.push([ctr, await said(ctr)]);
    expect(verdicts.slice(3)).toEqual([
      [2, 'repeated'],
      [2, 'repeated-too-often'],
      [1, 'repeated'],
      [3, 'repeated'],
    ]);
  });
  await store.close();
});
