import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../modem/index.ts';
import { median, perSecond } from './comparison.ts';
import { fillHistory, octetsOfFile } from './service-history.ts';
import { primitivesOfPayment } from './service-primitives.ts';
import { openShop, type Shop } from './service-shop.ts';

/** What is measured. */
export interface ServiceLoad {
  readonly customers: number;
  /** Payments in the file before. */
  readonly history: number;
  /** Payments of a round. */
  readonly payments: number;
  readonly rounds: number;
  readonly inFlight: number;
}

/** What a payment costs the service, medians over the rounds. CPU is of the whole process, without the phones' share. */
export interface ServiceResult {
  readonly history: number;
  /** CAPTURED payments for each second of one processor. */
  readonly perCoreSecond: number;
  /** The same if a payment were nothing but its calls of the native primitives, none of them saved. */
  readonly primitivesPerCoreSecond: number;
  readonly ratio: number;
  readonly statements: number;
  readonly transactions: number;
  readonly commits: number;
  /** In the file, with the indexes. */
  readonly octets: number;
  /** CPU of a payment that is alone, with commits of its own, ms. */
  readonly aloneMs: number;
  /** The server's share of a cycle, at half of the payments a second that the machine made with its phones: from the request to the frame, and from the answer to the receipt's frame, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const ALONE = 200;

/**
 * Payments before anything is measured: so long V8 goes on compiling what a payment runs, in threads of the process, which costs a tenth of
 * the payments meanwhile and nothing of all later ones.
 */
const WARM_UP = 12_000;

async function run(load: ServiceLoad): Promise<ServiceResult> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const database = join(folder, 'service.db');
  const replay = await primitivesOfPayment();
  const count = { statements: 0, transactions: 0, commits: 0 };
  const probe = {
    beforeStatement: () => {
      count.statements += 1;
    },
    beforeTransaction: () => {
      count.transactions += 1;
    },
    afterCommit: () => {
      count.commits += 1;
    },
  };
  const shop = await openShop({ database, customers: load.customers, probe });
  try {
    await shop.pay();
    await pause();
    const empty = octetsOfFile(database);
    fillHistory(database, load.history);
    await shop.payAll(WARM_UP, load.inFlight);
    const rates: number[] = [];
    const walls: number[] = [];
    const primitives: number[] = [];
    Object.assign(count, { statements: 0, transactions: 0, commits: 0 });
    const phonesBefore = shop.phoneMs;
    for (let round = 0; round < load.rounds; round += 1) {
      primitives.push(1_000 / replay(load.payments));
      const begun = process.hrtime.bigint();
      rates.push(await rateOf(shop, database, load));
      walls.push(perSecond(load.payments, begun));
    }
    const payments = load.rounds * load.payments;
    const { statements, transactions, commits } = count;
    const phoneMs = (shop.phoneMs - phonesBefore) / payments;
    const aloneMs = (await cpuMsAlone(shop)) - phoneMs;
    const perCoreSecond = median(rates);
    const primitivesPerCoreSecond = median(primitives);
    const inFile = load.history + WARM_UP + payments + ALONE;
    await pause();
    const octets = (octetsOfFile(database) - empty) / inFile;
    const shares = await sharesAtHalf(shop, median(walls) / 2, load.payments);
    return {
      history: load.history,
      perCoreSecond,
      primitivesPerCoreSecond,
      ratio: perCoreSecond / primitivesPerCoreSecond,
      statements: statements / payments,
      transactions: transactions / payments,
      commits: commits / payments,
      octets,
      aloneMs,
      p50Ms: shares[Math.floor(shares.length * 0.5)] ?? Number.NaN,
      p99Ms: shares[Math.floor(shares.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    await shop.service.close();
    rmSync(folder, { recursive: true });
  }
}

/** Lets the service end what follows the last receipt: a second connection must not wait for a lock that this thread has. */
function pause(): Promise<void> {
  return new Promise((resolve) => systemClock.after(200, resolve));
}

/** Payments that the file says are paid, for each second of CPU. */
async function rateOf(shop: Shop, database: string, { payments, inFlight }: ServiceLoad): Promise<number> {
  const before = paid(database);
  const ms = await cpuMs(shop, () => shop.payAll(payments, inFlight));
  return (1_000 * (paid(database) - before)) / ms;
}

function paid(database: string): number {
  const file = new DatabaseSync(database, { readOnly: true, timeout: 10_000 });
  const row = file.prepare("SELECT count(*) AS n FROM payment WHERE state = 'CAPTURED'").get();
  file.close();
  return Number(row?.['n']);
}

async function cpuMs(shop: Shop, work: () => Promise<void>): Promise<number> {
  const [before, phones] = [process.cpuUsage(), shop.phoneMs];
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 - (shop.phoneMs - phones);
}

/**
 * CPU of a payment that is alone, with that of the phones. The kernel adds a thread's time up at its ticks, and when the thread stops: what a phone does
 * between two commits is seen by neither, so the phones' share is taken from where many payments are under way.
 */
async function cpuMsAlone(shop: Shop): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < ALONE; n += 1) await shop.pay();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ALONE;
}

/** The server's share of each cycle, smallest first, while requests come at `rate` a second. */
async function sharesAtHalf(shop: Shop, rate: number, payments: number): Promise<number[]> {
  const begun = systemClock.now();
  const cycles = Array.from({ length: payments }, async (_, n) => {
    const due = begun + (1_000 * n) / rate;
    await new Promise<void>((resolve) => systemClock.after(Math.max(0, due - systemClock.now()), resolve));
    return (await shop.pay()).serverMs;
  });
  return (await Promise.all(cycles)).toSorted((a, b) => a - b);
}

const [load] = process.argv.slice(2);
if (load !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(load)))}\n`);
