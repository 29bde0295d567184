import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPlan } from '../../../sim/cli/read-plan.ts';
import { readLog } from '../../../sim/evidence/read-log.ts';
import { type EpisodePlan, playEpisode } from '../../../sim/loop/episode.ts';
import { SCRIPT_FILE, writeEvidence } from '../../../sim/loop/evidence.ts';
import type { Town } from '../../../sim/loop/town.ts';

const PLAN: EpisodePlan = {
  ...{ seed: 'evidence', payments: 8, customers: 3, shops: 1, rail: 'ledger', depth: 'sms' },
  faults: [
    { at: 30_000, kind: 'network', action: { kind: 'duplicate' }, times: 2 },
    { at: 60_000, kind: 'kill', moment: 'after-commit', nth: 1, downMs: 1_000 },
  ],
};
const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-evidence-'));
const place = join(folder, 'a-failure');
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => readFileSync(join(place, name), 'utf8');
let customer: string;
let reference: string;
let txn: string;

beforeAll(async () => {
  let town: Town | undefined;
  await playEpisode(PLAN, (built) => {
    town = built;
  });
  const paid = town?.diary.stories.find(({ events }) => events.some(({ kind }) => kind === 'approved'));
  if (paid?.txn === undefined) throw new Error('nobody has paid');
  ({ customer, reference, txn } = paid);
  const violation = { rule: 'what is settled stays', text: `${reference} was`, customer, reference };
  await writeEvidence(PLAN, violation, place);
});

it('says what was broken, with whom, what went wrong, and how it is played again', () => {
  expect(file('failure.txt').split('\n')).toEqual([
    'broken: what is settled stays',
    `by: ${reference} was, customer ${customer}`,
    'seed: evidence; 8 payments, 3 customers, 1 shops, rail ledger, depth sms',
    `again: npm run loop -- --script ${join(place, SCRIPT_FILE)}`,
    'faults: 2',
    '  30.0 s after the shops opened: network action={"kind":"duplicate"} times=2',
    '  60.0 s after the shops opened: kill moment="after-commit" nth=1 downMs=1000',
    '',
  ]);
  expect(readPlan(join(place, SCRIPT_FILE))).toEqual(PLAN);
});

it('tells in the order of time what the shop, the customer, the network, the phone and the service did', () => {
  const lines = file('timeline.txt').split('\n');
  expect(lines[0]).toBe('2010-03-01');
  const order = [
    `${reference} {"answer":"taken"}`,
    ' deliver ',
    ' screen ',
    '"pin":"right"',
    '"to":"CAPTURED"',
    'Paid',
  ];
  const places = order.map((words) => lines.findIndex((line) => line.includes(words)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(lines.some((line) => line.endsWith('the service is dead'))).toBe(true);
});

it('has the SMS of this customer only, as a log, a diagram and a capture', () => {
  const entries = readLog(file('network.jsonl'));
  const numbers = new Set(entries.flatMap((entry) => ('from' in entry ? [entry.from, entry.to] : [])));
  // Customers' numbers begin so; the others are the service and the service centre, which sends reports.
  expect([...numbers].filter((number) => number.startsWith('+39341'))).toEqual([customer]);
  expect(file('diagram.svg')).toContain(customer);
  expect(file('diagram.mmd')).toContain('sequenceDiagram');
  // The block that begins a pcapng file.
  expect(readFileSync(join(place, 'capture.pcapng')).subarray(0, 4).toString('hex')).toBe('0a0d0d0a');
});

it('has the screens of the phone, without what is secret, and the journal of the payment', () => {
  expect(file('screens.txt')).toContain('Approve');
  // The label of the field alone: neither digits nor dots.
  expect(file('screens.txt')).toContain('\nPIN\nConfirm');
  const events = file('journal.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  expect(events.length).toBeGreaterThan(2);
  expect(new Set(events.map((event) => event.txn))).toEqual(new Set([txn]));
});

it('is all that is in the folder', () => {
  expect(readdirSync(place).toSorted()).toEqual([
    ...['capture.pcapng', 'diagram.mmd', 'diagram.svg', 'failure.txt', 'journal.jsonl'],
    ...['network.jsonl', 'screens.txt', SCRIPT_FILE, 'timeline.txt'],
  ]);
});
