import { expect, it } from 'vitest';
import { TRANSITIONS } from '../../../server/index.ts';
import { Coverage } from '../../../sim/loop/coverage.ts';
import { LOOP_FAULT_KINDS } from '../../../sim/loop/fault-script.ts';

const PAIRS = (LOOP_FAULT_KINDS.length * (LOOP_FAULT_KINDS.length - 1)) / 2;

it('of nothing misses everything', () => {
  const coverage = new Coverage();
  expect(coverage.missedFaults).toEqual(LOOP_FAULT_KINDS);
  expect(coverage.missedTransitions).toHaveLength(TRANSITIONS.length);
  expect(coverage.pairs).toBe(0);
});

it('adds up episodes: kinds, transitions, and each pair of kinds once, in either order', () => {
  const coverage = new Coverage();
  coverage.add({ faults: { kill: 2, drop: 1, pause: 1 }, transitions: { 'CREATED request': 3 } });
  coverage.add({ faults: { drop: 1, kill: 1 }, transitions: { 'CREATED request': 1, 'NEW create': 9 } });
  expect(coverage.faults.get('kill')).toBe(3);
  expect(coverage.transitions.get('CREATED request')).toBe(4);
  expect(coverage.missedFaults).not.toContain('kill');
  expect(coverage.missedFaults).toContain('delay');
  expect(coverage.missedTransitions).toHaveLength(TRANSITIONS.length - 1);
  expect(coverage.pairs).toBeCloseTo(3 / PAIRS);
});

it('says for people what was met and what was not', () => {
  const coverage = new Coverage();
  const faults = Object.fromEntries(LOOP_FAULT_KINDS.filter((kind) => kind !== 'delay').map((kind) => [kind, 1]));
  const all = Object.fromEntries(TRANSITIONS.map(({ from, on }) => [`${from} ${on}`, 1]));
  coverage.add({ faults, transitions: all });
  expect(coverage.lines()).toEqual([
    `transitions of a payment: ${TRANSITIONS.length} of ${TRANSITIONS.length}`,
    `kinds of faults: ${LOOP_FAULT_KINDS.length - 1} of ${LOOP_FAULT_KINDS.length}; not delay`,
    'pairs of kinds of faults in one episode: 93 %',
  ]);
});
