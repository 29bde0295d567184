import { expect, test } from 'vitest';
import { jsonLine } from '../../../sim/index.ts';
import { inFull } from '../../in-full.ts';
import { playSwarm, type SwarmRun } from './swarm.ts';
import { audit } from './swarm-ledger.ts';

/** How many seeds, and from which: `SWARM_SEEDS=1000 SWARM_FROM=1 npx vitest run test/sim/network/swarm.test.ts`. */
const SEEDS = Number(process.env['SWARM_SEEDS'] ?? inFull(100, 40));
const FROM = Number(process.env['SWARM_FROM'] ?? 1);
const SEED_MS = 2_000;

const textOf = ({ entries }: SwarmRun) => entries.map(jsonLine).join('\n');

test(`${SEEDS} worlds with faults lose nothing, deliver nothing twice and report nothing wrong that they were not told to, and run twice the same`, {
  timeout: SEEDS * SEED_MS,
}, async () => {
  for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
    const run = await playSwarm(seed);
    expect(audit(run), `seed ${seed}`).toEqual([]);
    expect(textOf(await playSwarm(seed)) === textOf(run), `seed ${seed} runs twice the same`).toBe(true);
  }
});
