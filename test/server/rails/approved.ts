import type { Rail, ServiceOptions } from '../../../server/index.ts';
import { PIN, shop } from '../world.ts';

/** A payment of EUR 12.50 that the customer has just approved, on a rail; 1.5 s after the rail was asked. */
export async function approved(rail: Rail, options: Partial<ServiceOptions> = {}) {
  const base = await shop('rails', { rails: [rail], ...options });
  const { world, customer } = base;
  const { txn } = await world.request(base.merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(2_500);
  const state = async () => (await world.service.payment(txn)).state;
  const alarms = () => world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));
  return { ...base, txn, state, alarms };
}
