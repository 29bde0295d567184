import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { run as demo } from '../../../sim/cli/demo-program.ts';
import { CUSTOMER, MERCHANT } from '../../../sim/demo/cast.ts';
import { SCENES } from '../../../sim/demo/scenes.ts';
import { CardBook } from '../../../sim/hosts/card-book.ts';
import { programInProcess } from '../../in-process.ts';

const run = promisify(execFile);
const DEMO = join(import.meta.dirname, '../../../dist/sim/cli/demo.js');
const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const summarySchema = z.object({
  event: z.literal('summary'),
  ok: z.boolean(),
  enrolment: z.object({ sms: z.int() }),
  payments: z.array(
    z.object({
      scene: z.string(),
      outcome: z.string(),
      sms: z.int(),
      octets: z.int(),
      cycleMs: z.int(),
      handMs: z.int(),
    }),
  ),
});

/** What a play prints. @throws Error when it does not end well */
async function play(...options: readonly string[]): Promise<string> {
  const { code, out, err } = await programInProcess('npm start', ['--headless', '--json', ...options], demo);
  expect([code, err]).toEqual([0, '']);
  return out;
}

/** The log of a play without options, which several tests look at: it is the same each time. */
let plain: Promise<string> | undefined;
function plainPlay(): Promise<string> {
  plain ??= play();
  return plain;
}

function summaryOf(log: string): z.infer<typeof summarySchema> {
  return summarySchema.parse(JSON.parse(log.trimEnd().split('\n').at(-1) ?? ''));
}

function momentsOf(log: string): readonly number[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => Date.parse(JSON.parse(line).at))
    .filter((at) => !Number.isNaN(at));
}

function paymentsOf(log: string): readonly string[] {
  return Array.from(log.matchAll(/"event":"outcome".*?"txn":"(\w+)"/g), ([, txn = '']) => txn);
}

const OUTCOMES = SCENES.map(({ name, outcome }) => [name, outcome]);

function outcomesOf(log: string): readonly (readonly [string, string])[] {
  return summaryOf(log).payments.map(({ scene, outcome }) => [scene, outcome] as const);
}

describe('npm start without a terminal', () => {
  it('plays every scene to the outcome it should have', async () => {
    const summary = summaryOf(await plainPlay());
    expect(summary.ok).toBe(true);
    expect(summary.enrolment.sms).toBe(8);
    expect(summary.payments.map(({ scene, outcome }) => [scene, outcome])).toEqual(OUTCOMES);
  });

  it('takes 3 SMS for a web merchant, 5 when the merchant uses a phone, each a single segment', async () => {
    const { payments } = summaryOf(await plainPlay());
    const sms = Object.fromEntries(payments.map((payment) => [payment.scene, payment.sms]));
    expect(sms).toMatchObject({ approved: 3, refused: 3, 'merchant-phone': 5 });
    expect(payments.map(({ octets }) => octets)).toEqual(payments.map(() => 140));
  });

  it('takes 3 to 5 seconds for a payment on the profile "direct", not counting the hands', async () => {
    const { payments } = summaryOf(await plainPlay());
    const approved = payments.find(({ scene }) => scene === 'approved');
    const network = (approved?.cycleMs ?? 0) - (approved?.handMs ?? 0);
    expect(network).toBeGreaterThan(2_500);
    expect(network).toBeLessThan(5_500);
  });

  it('gives the same log for the same seed, also as a process of its own, and another for another with the same outcomes', async () => {
    const first = await play('--seed', '7');
    const options = ['--headless', '--json', '--seed', '7'];
    expect((await run(process.execPath, [DEMO, ...options], { maxBuffer: 2 ** 24 })).stdout).toBe(first);
    expect(await plainPlay()).not.toBe(first);
    expect(outcomesOf(first)).toEqual(OUTCOMES);
  });

  it('comes to the same outcomes by PayPal, on a network where an SMS takes 6 seconds', async () => {
    const log = await play('--profile', 'pt2008', '--seed', '3', '--rail', 'paypal');
    const payPalScenes = [
      ['paypal-declined', 'DECLINED'],
      ['paypal-answer-lost', 'CAPTURED'],
    ];
    expect(outcomesOf(log)).toEqual([...OUTCOMES, ...payPalScenes]);
    const booked = log.matchAll(/"event":"paypal".*?"kind":"(\w+)".*?"minor":(\d+),"status":"(\w+)"/g);
    expect(Array.from(booked, ([, ...entry]) => entry.join(' '))).toEqual(
      [1250, 150, 300, 300, 420, 700, 900].map((minor) => `capture ${minor} COMPLETED`),
    );
  });

  it('ends with a summary that names what went wrong on a network too slow for a payment', async () => {
    const { code, out } = await programInProcess('npm start', ['--headless', '--json', '--profile', 'us02'], demo);
    expect(code).toBe(1);
    expect(summaryOf(out)).toMatchObject({ ok: false });
  });

  describe('with --data', { timeout: 120_000 }, () => {
    const data = join(folder, 'data');
    const demoFile = join(data, 'demo.json');
    let first = '';
    let byCard = '';

    it('leaves neither a PIN in the log nor a PIN in what the service and the phones keep', async () => {
      first = await play('--data', data);
      const kept = readdirSync(data).map((name) => readFileSync(join(data, name), 'latin1'));
      expect(kept.length).toBeGreaterThanOrEqual(3);
      for (const text of [first, ...kept]) {
        for (const { pin } of [CUSTOMER, MERCHANT]) {
          expect(text).not.toContain(`"${pin}"`);
          expect(text).not.toMatch(new RegExp(`(?<![0-9a-fA-F])${pin}(?![0-9a-fA-F])`));
        }
      }
    });

    it('goes on with the people and the phones that it kept, later, with other payments and new money', async () => {
      const again = await play('--data', data, '--seed', '7');
      expect(summaryOf(again)).toMatchObject({ ok: true, enrolment: { sms: 0 } });
      expect(outcomesOf(again)).toEqual(OUTCOMES);
      expect(momentsOf(again)[0]).toBeGreaterThan(momentsOf(first).at(-1) ?? Number.POSITIVE_INFINITY);
      expect(paymentsOf(again).filter((txn) => first.includes(txn))).toEqual([]);
    });

    it('has a phone enrol again whose enrolment was cut off, and no other', async () => {
      const kept = z.object({ enrolled: z.array(z.string()) }).loose();
      const { enrolled, ...rest } = kept.parse(JSON.parse(readFileSync(demoFile, 'utf8')));
      expect(enrolled).toEqual(['merchant', 'customer']);
      writeFileSync(demoFile, JSON.stringify({ ...rest, enrolled: ['merchant'] }));
      byCard = await play('--data', data, '--rail', 'card');
      expect(summaryOf(byCard)).toMatchObject({ ok: true, enrolment: { sms: 4 } });
      expect(kept.parse(JSON.parse(readFileSync(demoFile, 'utf8')))).toMatchObject({ runs: 3, enrolled });
    });

    it('pays by card from then on: what the customer paid is in the book of the card host', () => {
      const cardScenes = [
        ['card-declined', 'DECLINED'],
        ['card-answer-lost', 'REVERSED'],
      ];
      expect(outcomesOf(byCard)).toEqual([...OUTCOMES, ...cardScenes]);
      const booked = byCard.matchAll(
        /"event":"card".*?"kind":"(\w+)".*?"minor":(\d+),"state":"(\w+)","code":"(\d\d)"/g,
      );
      expect(Array.from(booked, ([, ...entry]) => entry.join(' '))).toEqual([
        'purchase 1250 moved 00',
        'purchase 150 moved 00',
        'purchase 300 moved 00',
        'purchase 300 moved 00',
        'purchase 420 moved 00',
        'purchase 700 moved 00',
        'purchase 800 declined 51',
        'purchase 900 moved 00',
        'purchase 900 reversed 00',
      ]);
      expect(first).not.toContain('"event":"card"');
      expect(new CardBook(join(data, 'card-host.jsonl')).entries).toHaveLength(8);
    });
  });

  it.each([
    [['--seed', 'x'], /whole number/],
    [['--profile', 'nowhere'], /choose one of/],
    [['--rail', 'gold'], /ledger, card, paypal/],
    [['--nonsense'], /unknown option/],
  ])('says in one line what is wrong with %j and exits with 2', async (options, message) => {
    const { code, err } = await programInProcess('npm start', options, demo);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).toMatch(/^[^\n]+\n$/);
  });
});
