import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signWithPin, verifySignature } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { allRows, onPostgres, rows } from './database.ts';
import { PIN, shop } from './world.ts';

/** All files of the database: the main one and its log. On PostgreSQL, whose files have those of many tests, all rows. */
async function databaseOctets(database: string): Promise<Buffer> {
  if (onPostgres) {
    const values = (await allRows(database)).flatMap((row) => Object.values(row));
    return Buffer.concat(values.map((value) => Buffer.from(value instanceof Uint8Array ? value : String(value))));
  }
  const folder = dirname(database);
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

async function afterPayments() {
  const base = await shop();
  const { world, customer, merchant } = base;
  await world.request(merchant, { mref: 'wrong then right' });
  await world.clock.advance(2_000);
  customer.phone.approve('77777');
  await world.clock.advance(2_500);
  customer.phone.approve(PIN);
  await world.clock.advance(2_500);
  return base;
}

describe('what a thief of the database finds', () => {
  it('is neither a PIN nor an approval key nor a secret of the service, in octets or in hexadecimal', async () => {
    const { world, customer } = await afterPayments();
    const file = await databaseOctets(world.database);
    const secrets = [customer.approvalKey, world.keys.sealing.secretKey, world.keys.signing.seed, world.keys.vault];
    for (const secret of secrets.map((octets) => Buffer.from(octets))) {
      expect(file.includes(secret)).toBe(false);
      expect(file.includes(secret.toString('hex'))).toBe(false);
    }
    for (const pin of [PIN, '77777']) expect(file.includes(pin)).toBe(false);
  });

  it('is no plaintext and no signature of an approval, right or wrong', async () => {
    const { world, customer } = await afterPayments();
    const file = await databaseOctets(world.database);
    const approvals = customer.phone.signatures;
    expect(approvals).toHaveLength(3);
    for (const signature of approvals.map((made) => Buffer.from(made))) {
      expect(file.includes(signature)).toBe(false);
      expect(file.includes(signature.subarray(0, 32))).toBe(false);
      expect(file.includes(signature.subarray(32))).toBe(false);
    }
  });

  it('is, even with the phone, nothing that tells a right PIN from a wrong one', async () => {
    const { world, customer } = await afterPayments();
    const primitives = servicePrimitives();
    const { pinKey } = customer.phone;
    if (pinKey === undefined) throw new Error('the phone has not enrolled');
    const text = new TextEncoder().encode('anything');
    const signature = signWithPin(primitives, new TextEncoder().encode(PIN), pinKey, text);
    expect(verifySignature(primitives, customer.approvalKey, text, signature)).toBe(true);

    // Every 32 octets that the database holds in a column of its own, tried as the key that would confirm the PIN.
    const blobs = (await allRows(world.database)).flatMap((row) => Object.values(row));
    const keys = blobs.filter((value) => value instanceof Uint8Array).flatMap((octets) => windows(octets));
    expect(keys.length).toBeGreaterThan(100);
    for (const key of keys) expect(Buffer.from(key).equals(customer.approvalKey)).toBe(false);
  });

  it('is no frame that came in: they are gone once they are dealt with', async () => {
    const { world, customer } = await afterPayments();
    const frames = 'SELECT count(frame) AS kept, count(*) AS dealt_with FROM inbox';
    expect(await rows(world.database, frames)).toEqual([{ kept: 0, dealt_with: customer.phone.sent.length }]);
  });

  it('does not open where it was put by another hand', async () => {
    const { world, customer, merchant } = await afterPayments();
    const other = await world.subscriber('+393400000005', '55555');
    await rows(
      world.database,
      'UPDATE device SET sealed_approval_key = (SELECT sealed_approval_key FROM device WHERE person_id = ?) WHERE person_id = ?',
      ...[other.person.id, customer.person.id],
    );
    const payment = await world.request(merchant, { mref: 'moved' });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_500);
    expect((await world.service.payment(payment.txn)).state).toBe('REQUESTED');
    expect(world.journal.map(({ event }) => event)).toContainEqual({
      kind: 'fault',
      reason: expect.stringContaining('does not open with this vault key'),
    });
  });
});

function windows(octets: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.max(0, octets.length - 31) }, (_, at) => octets.subarray(at, at + 32));
}
