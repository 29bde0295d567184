import type { Client } from 'pg';
import type { Clock } from '../../modem/index.ts';
import { StoreError } from './store.ts';

/** How far the clock of this machine may be from that of the database, ms: deadlines and rests are compared by both. */
const CLOCKS_APART_MS = 2_000;

/** @throws StoreError when the clock of this machine is too far from that of the database */
export async function compareClocks(client: Client, clock: Clock): Promise<void> {
  const answer = await client.query<{ readonly now: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
  );
  const apart = clock.now() - (answer.rows[0]?.now ?? 0);
  if (Math.abs(apart) <= CLOCKS_APART_MS) return;
  const seconds = Math.round(Math.abs(apart) / 1000);
  const order = apart > 0 ? 'ahead of' : 'behind';
  throw new StoreError(
    `the clock of this machine is ${seconds} s ${order} the clock of the database: set it right (NTP)`,
  );
}
