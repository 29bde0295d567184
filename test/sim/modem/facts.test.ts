import { expect, test } from 'vitest';
import { type Fact, facts, faultKinds, personalities, type Shown } from '../../../sim/index.ts';
import { arrivalProbes } from './probes/arrivals.ts';
import { type Probe, probe } from './probes/bench.ts';
import { codeProbes } from './probes/codes.ts';
import { lineProbes } from './probes/line.ts';
import { offerProbes } from './probes/offers.ts';
import { sendingProbes } from './probes/sending.ts';
import { simProbes } from './probes/sim.ts';

const probes: Readonly<Record<string, Probe>> = {
  ...lineProbes,
  ...codeProbes,
  ...simProbes,
  ...arrivalProbes,
  ...sendingProbes,
  ...offerProbes,
};

const placeOf = (shown: Shown) => ('personality' in shown ? shown.personality : `fault ${shown.fault}`);
const CASES: readonly (readonly [place: string, says: string, fact: Fact, shown: Shown])[] = facts.flatMap((fact) =>
  fact.shown.map((shown) => [placeOf(shown), fact.says, fact, shown] as const),
);

test.each(CASES)('%s: %s', async (_place, _says, { id }, shown) => {
  const wanted = probes[id];
  if (wanted === undefined) throw new Error(`nothing shows ${id}`);
  await probe(wanted, shown);
});

test('every fact has an id of its own and a source, and is shown by what there is', () => {
  expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
  expect(Object.keys(probes).sort()).toEqual(facts.map(({ id }) => id).sort());
  for (const { id, source, shown } of facts) {
    expect(source, id).not.toBe('');
    expect(shown.length, id).toBeGreaterThan(0);
    for (const where of shown) {
      expect('personality' in where ? personalities[where.personality] : faultKinds[where.fault], id).toBeDefined();
    }
  }
});

test('every personality shows a fact', () => {
  const shown = new Set(facts.flatMap((fact) => fact.shown.map(placeOf)));
  for (const id of Object.keys(personalities)) expect(shown, id).toContain(id);
});
