import { describe, expect, it } from 'vitest';
import { approvalText, hexOf, verifySignature } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { Vault } from '../../../server/keys/vault.ts';
import { PIN, shop } from '../world.ts';

const primitives = servicePrimitives();

/** A customer who was asked; `evidence` reads the rows of a request, opened with the vault key. */
async function asked() {
  const base = await shop('evidence');
  const { world, merchant } = base;
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  const vault = new Vault(world.keys.vault, primitives, world.random);
  const evidence = () =>
    world.look((tx) =>
      tx.all(
        'SELECT * FROM evidence WHERE ref = ?',
        (row) => ({
          deviceId: row.integer('device_id'),
          ctr: row.integer('ctr'),
          instrument: row.integer('instrument'),
          at: row.integer('at'),
          opened: vault.open('evidence', txn, row.octets('sealed')),
        }),
        txn,
      ),
    );
  return { ...base, txn, evidence };
}

describe('the evidence of an approval', () => {
  it('is all that a judge needs to check the signature again: phone, counter, instrument, key, signature', async () => {
    const { world, customer, evidence } = await asked();
    const request = customer.phone.lastAsked().plaintext;
    customer.phone.approve(PIN, undefined, 3);
    const sent = world.clock.now();
    await world.clock.advance(3_000);
    const [kept, ...more] = await evidence();
    const device = (await world.service.devices(customer.person.id)).at(-1)?.id ?? 0;
    if (kept === undefined) throw new Error('there is no evidence');
    const { opened, ...row } = kept;
    expect(row).toEqual({ deviceId: device, ctr: expect.any(Number), instrument: 3, at: sent + 1_000 });
    const [key, signature] = [opened.subarray(0, 32), opened.subarray(32)];
    expect(hexOf(key)).toBe(hexOf(customer.approvalKey));
    const text = approvalText(device, row.ctr, row.instrument, request);
    expect(verifySignature(primitives, key, text, signature)).toBe(true);
    expect(more).toEqual([]);
  });

  it('is of the right PIN, also after wrong ones, and not of those', async () => {
    const { world, customer, txn, evidence } = await asked();
    customer.phone.approve('11111');
    await world.clock.advance(3_000);
    expect(await evidence()).toEqual([]);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const kept = await evidence();
    expect(kept).toHaveLength(1);
    expect(hexOf(kept[0]?.opened.subarray(32) ?? new Uint8Array())).toBe(
      hexOf(customer.phone.signatures.at(-1) ?? new Uint8Array()),
    );
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await evidence()).toEqual(kept);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  });

  it('is not there of a payment that was refused or expired', async () => {
    for (const refuses of [true, false]) {
      const { world, customer, evidence } = await asked();
      if (refuses) customer.phone.refuse();
      await world.clock.advance(200_000);
      expect(await evidence()).toEqual([]);
    }
  });
});
