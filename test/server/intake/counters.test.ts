import { expect, it } from 'vitest';
import { takeCounter } from '../../../server/intake/counters.ts';
import { deviceById } from '../../../server/people/devices.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { testStore } from '../database.ts';

const DAY = 86_400;
const WEEK = 7 * DAY;
/** The first second of a day. */
const DAWN = 100 * DAY;

/** What a phone says one after another: its counter, what the service says, and the counters that are kept. */
const SAID = [
  [DAWN, 'fresh', [DAWN]],
  [DAWN, 'used', [DAWN]],
  [DAWN - WEEK + 1, 'fresh', [DAWN - WEEK + 1, DAWN]],
  [DAWN - WEEK + 1, 'used', [DAWN - WEEK + 1, DAWN]],
  [DAWN - WEEK, 'too-old', [DAWN - WEEK + 1, DAWN]],
  [DAWN + DAY - WEEK, 'fresh', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN]],
  [DAWN + DAY - WEEK + 1, 'fresh', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN + DAY - WEEK + 1, DAWN]],
  // Numbers below the window are deleted with the first message of another day, and are refused before that.
  [DAWN + DAY - 1, 'fresh', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN + DAY - WEEK + 1, DAWN, DAWN + DAY - 1]],
  [DAWN - WEEK + 1, 'too-old', [DAWN - WEEK + 1, DAWN + DAY - WEEK, DAWN + DAY - WEEK + 1, DAWN, DAWN + DAY - 1]],
  [DAWN + DAY, 'fresh', [DAWN + DAY - WEEK + 1, DAWN, DAWN + DAY - 1, DAWN + DAY]],
  [DAWN + DAY - WEEK, 'too-old', [DAWN + DAY - WEEK + 1, DAWN, DAWN + DAY - 1, DAWN + DAY]],
  [DAWN + 1, 'fresh', [DAWN + DAY - WEEK + 1, DAWN, DAWN + 1, DAWN + DAY - 1, DAWN + DAY]],
] as const;

it('takes each counter of a phone once, within a week below the highest', async () => {
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
    for (const [ctr, verdict, kept] of SAID) {
      const device = await deviceById(tx, phone);
      if (device === undefined) throw new Error('no device');
      expect(await takeCounter(tx, device, ctr)).toBe(verdict);
      expect(await keptOf(7)).toEqual(kept);
      highest = Math.max(highest, ctr);
      expect((await deviceById(tx, phone))?.highestCtr).toBe(highest);
    }
    expect([(await deviceById(tx, other))?.highestCtr, await keptOf(8)]).toEqual([5, [5]]);
  });
  await store.close();
});
