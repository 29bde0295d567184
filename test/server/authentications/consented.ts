import { write } from '../database.ts';
import type { World } from '../world.ts';

/** Each person of the world lets each relying party ask them, as if they had been asked before. */
export async function consented({ database, clock }: World): Promise<void> {
  await write(
    database,
    `INSERT INTO party_consent (party_id, person_id, given_at)
     SELECT r.id, p.id, ${clock.now()} FROM relying_party r CROSS JOIN person p WHERE true ON CONFLICT DO NOTHING`,
  );
}
