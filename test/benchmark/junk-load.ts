import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { median } from './comparison.ts';
import { DIFFERENT, type JunkKind, junkKinds, junkSms, triedFrames } from './junk-kinds.ts';
import { openShop, type Shop } from './service-shop.ts';

/** What is measured. */
export interface JunkLoad {
  /** Junk frames of each kind. */
  readonly frames: number;
  /** Junk frames of all kinds while customers pay. */
  readonly flood: number;
  /** Good frames. */
  readonly good: number;
}

/** Junk of all kinds in turn, while customers pay. */
export interface Flood {
  /** Junk frames. */
  readonly frames: number;
  /** Payments that were asked for meanwhile, one each so many junk frames; all were paid. */
  readonly payments: number;
  /** From the request to the frame for the phone, and from the answer to the frame of the receipt: without junk, and meanwhile; ms. */
  readonly quiet: Delays;
  readonly flooded: Delays;
  /** Rows and SMS, without those of the payments. */
  readonly rows: number;
  readonly sms: number;
  /** Memory of the process after a tenth of the frames, and after all, MB. */
  readonly megabytes: readonly [early: number, last: number];
}

export interface Delays {
  readonly median: number;
  /** 99 of 100 take no longer. */
  readonly p99: number;
  readonly worst: number;
}

/** What is measured of a service. */
export interface JunkReport {
  readonly kinds: readonly JunkResult[];
  readonly flood: Flood;
}

/** What frames of one kind cost the service. */
export interface JunkResult {
  readonly kind: string;
  readonly frames: number;
  /** CPU of a frame, µs. */
  readonly microseconds: number;
  /** The same of an APPROVE, with the charge and the receipt, by this one. */
  readonly share: number;
  /** Rows that were stored, a frame. */
  readonly rows: number;
  /** SMS of the service, a frame. */
  readonly sms: number;
}

/** The good frames and the junk frames are handed over in so many parts, in turn: what else the machine does meets both. */
const PARTS = 5;

/** So many of each kind come before anything is measured: what is tried at once, or answered a few times, is used up then. */
const BEFORE = 1_500;

const AT_ONCE = 64;

/** A payment is asked for each so many junk frames. */
const JUNK_A_PAYMENT = 1_000;

/** What was counted, or a difference of two counts. */
interface Cost {
  /** CPU without that of the phones, µs. */
  readonly cpu: number;
  readonly rows: number;
  readonly sms: number;
}

function sum(one: Cost, other: Cost, sign: 1 | -1 = 1): Cost {
  return {
    cpu: one.cpu + sign * other.cpu,
    rows: one.rows + sign * other.rows,
    sms: one.sms + sign * other.sms,
  };
}

/** What work costs a service. */
class Meter {
  readonly #shop: Shop;
  readonly #file: DatabaseSync;

  constructor(shop: Shop, database: string) {
    this.#shop = shop;
    this.#file = new DatabaseSync(database, { readOnly: true, timeout: 10_000 });
  }

  async costOf(work: () => Promise<unknown>): Promise<Cost> {
    const stored = this.#stored();
    const before = this.#spent();
    await work();
    const spent = sum(this.#spent(), before, -1);
    return sum(spent, { cpu: 0, rows: this.#stored() - stored, sms: 0 });
  }

  close(): void {
    this.#file.close();
  }

  #spent(): Cost {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system - 1_000 * this.#shop.phoneMs, rows: 0, sms: this.#shop.sent };
  }

  #stored(): number {
    const row = this.#file.prepare('SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM journal) AS n').get();
    return Number(row?.['n']);
  }
}

async function handOver(shop: Shop, kind: JunkKind, count: number): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) => junkSms(kind, n + at));
    await Promise.all(some.map((sms) => shop.receive(sms)));
  }
}

/** APPROVE frames, with all that they lead to. @returns one of them */
async function approve(shop: Shop, meter: Meter, count: number): Promise<{ cost: Cost; recorded: Uint8Array }> {
  const { answers, paid } = await shop.heldAnswers(count);
  const cost = await meter.costOf(async () => {
    for (let n = 0; n < count; n += AT_ONCE)
      await Promise.all(answers.slice(n, n + AT_ONCE).map((answer) => shop.receive(answer)));
    await paid;
  });
  const [recorded] = answers.flatMap(({ content }) => (content.kind === 'data' ? [content.data] : []));
  if (recorded === undefined) throw new Error('no frame was recorded');
  return { cost, recorded };
}

interface Measured {
  readonly results: readonly JunkResult[];
  readonly kinds: readonly JunkKind[];
}

async function measureKinds(shop: Shop, meter: Meter, { frames, good }: JunkLoad): Promise<Measured> {
  const { recorded } = await approve(shop, meter, good);
  const kinds = await junkKinds(shop, recorded);
  const tried = triedFrames(shop, good);
  const all = [tried, ...kinds];
  const costs = new Map<JunkKind | 'APPROVE', Cost>();
  const add = (kind: JunkKind | 'APPROVE', cost: Cost) => costs.set(kind, sum(costs.get(kind) ?? NOTHING, cost));
  shop.switchPhones('off');
  for (const kind of kinds) await handOver(shop, kind, BEFORE);
  for (let part = 0; part < PARTS; part += 1) {
    shop.switchPhones('on');
    add('APPROVE', (await approve(shop, meter, good / PARTS)).cost);
    shop.switchPhones('off');
    for (const kind of all)
      add(kind, await meter.costOf(() => handOver(shop, kind, (kind === tried ? good : frames) / PARTS)));
  }
  shop.switchPhones('on');
  const ofGood = (costs.get('APPROVE') ?? NOTHING).cpu / good;
  const resultOf = (kind: JunkKind | 'APPROVE'): JunkResult => {
    const count = kind === 'APPROVE' || kind === tried ? good : frames;
    const { cpu, rows, sms } = costs.get(kind) ?? NOTHING;
    const microseconds = cpu / count;
    return {
      ...{ kind: kind === 'APPROVE' ? kind : kind.kind, frames: count },
      ...{ microseconds, share: microseconds / ofGood, rows: rows / count, sms: sms / count },
    };
  };
  return { results: [resultOf('APPROVE'), ...all.map(resultOf)], kinds };
}

const NOTHING: Cost = { cpu: 0, rows: 0, sms: 0 };

/** Payments one after another. @returns how long the service took for each, ms */
async function payQuietly(shop: Shop, payments: number): Promise<readonly number[]> {
  const ms: number[] = [];
  while (ms.length < payments) ms.push((await shop.pay()).serverMs);
  return ms;
}

async function flood(shop: Shop, meter: Meter, kinds: readonly JunkKind[], load: JunkLoad): Promise<Flood> {
  let quiet: readonly number[] = [];
  const alone = await meter.costOf(async () => {
    quiet = await payQuietly(shop, load.good);
  });
  const paying: Promise<number>[] = [];
  const megabytes: number[] = [];
  const cost = await meter.costOf(async () => {
    for (let n = 0; n < load.flood; n += AT_ONCE) {
      if (n >= paying.length * JUNK_A_PAYMENT) paying.push(shop.pay().then(({ serverMs }) => serverMs));
      const some = Array.from({ length: AT_ONCE }, (_, at) => kinds[(n + at) % kinds.length]);
      await Promise.all(some.map((kind) => kind && shop.receive(junkSms(kind, Math.floor(n / kinds.length)))));
      if (n >= (megabytes.length * load.flood) / 10) megabytes.push(process.memoryUsage().rss / 1e6);
    }
    await Promise.all(paying);
  });
  megabytes.push(process.memoryUsage().rss / 1e6);
  const payments = paying.length;
  return {
    ...{ frames: load.flood, payments, quiet: delaysOf(quiet), flooded: delaysOf(await Promise.all(paying)) },
    rows: cost.rows - (alone.rows / load.good) * payments,
    sms: cost.sms - (alone.sms / load.good) * payments,
    megabytes: [megabytes[1] ?? 0, megabytes.at(-1) ?? 0],
  };
}

function delaysOf(ms: readonly number[]): Delays {
  const sorted = ms.toSorted((one, other) => one - other);
  return { median: median(ms), p99: sorted[Math.floor(0.99 * sorted.length)] ?? 0, worst: sorted.at(-1) ?? 0 };
}

async function run(load: JunkLoad): Promise<JunkReport> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const database = join(folder, 'service.db');
  const shop = await openShop({ database, customers: load.good, idle: DIFFERENT });
  const meter = new Meter(shop, database);
  try {
    await shop.payAll(2 * load.good, AT_ONCE);
    const { results, kinds } = await measureKinds(shop, meter, load);
    return { kinds: results, flood: await flood(shop, meter, kinds, load) };
  } finally {
    meter.close();
    await shop.service.close();
    rmSync(folder, { recursive: true });
  }
}

const [load] = process.argv.slice(2);
if (load !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(load)))}\n`);
