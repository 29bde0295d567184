import { expect, it } from 'vitest';
import { tryCode } from '../../../server/enrolment/activation.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { servicePrimitives } from '../../../server/keys/primitives.ts';
import { Vault } from '../../../server/keys/vault.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { deviceById } from '../../../server/people/devices.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

it.each([
  ['wrong', '+391', 5, 0, 'wrong'],
  ['not looked at, because the activation is over', '+391', 0, 0, 'expired'],
  ['not looked at, because its time is over', '+391', 5, 1_001, 'expired'],
  ['wrong, from elsewhere', '+392', 5, 0, 'unanswered'],
  ['not looked at, from elsewhere', '+392', 0, 0, 'unanswered'],
])('an activation code is wiped when it is %s', async (_, originator, triesLeft, at, kind) => {
  const clock = new VirtualClock();
  const store = await testStore(clock);
  const vault = new Vault(new Uint8Array(32), servicePrimitives(), seededRandom(1));
  const context = { limits: STANDARD_LIMITS, journal: new Journal(clock), vault };
  const code = new Uint8Array(5).fill(7);
  const verdict = await store.transaction('code', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'registered', x'00', ?, 1000, 0)`,
      triesLeft,
    );
    const device = await deviceById(tx, 7);
    if (device === undefined) throw new Error('no device');
    return tryCode(tx, context, device, code, { at, originator, repeated: false });
  });
  expect(verdict.kind).toBe(kind);
  expect(code).toEqual(new Uint8Array(5));
  await store.close();
});
