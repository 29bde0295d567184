import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { sleep, systemClock, systemRandom } from '../../modem/index.ts';
import {
  createServiceKeys,
  openService,
  type ServiceKeys,
  servicePrimitives,
  writeKeyFile,
} from '../../server/index.ts';
import { postgresText } from '../../server/store/postgres-text.ts';
import { startPostgres } from '../server/postgres-server.ts';
import { median } from './comparison.ts';
import { cpuOf, cpuOfFamily } from './cpu-of-processes.ts';
import type { PayerOrder, PayerReport, PayerSetting, SharedDatabase } from './service-payer.ts';
import { INSERT_DEVICE, Phones } from './service-phones.ts';
import { register, SERVICE_NUMBER } from './service-shop.ts';

const PROGRAM = join(import.meta.dirname, 'service-payer.ts');

/** How many processes have a database of their own. */
const PROCESSES: readonly number[] = [1, 2, 4];

/** Payments under way at any time in the one process that the others are compared with. */
const IN_FLIGHT = 32;

/** Some processes, and how many payments are under way in all of them together. */
interface Load {
  readonly processes: number;
  readonly inFlight: number;
}

/**
 * Two questions, and neither flatters. The same work shared by more processes: each has less to do at once, so it sleeps and is woken
 * more often. And more processes of which each has as much to do as the one: then two cores have up to four times the work at once, and
 * all payments of one merchant wait for one row.
 */
const LOADS: readonly Load[] = [
  ...PROCESSES.map((processes) => ({ processes, inFlight: IN_FLIGHT })),
  ...PROCESSES.filter((processes) => processes > 1).map((processes) => ({
    processes,
    inFlight: IN_FLIGHT * processes,
  })),
];

/** So many that none is asked again while an earlier payment of theirs is slow: they may have one request of a merchant at a time. */
const CUSTOMERS = 1_200;
/**
 * Payments of each process before those that count: the first thousands cost up to twice as much, until Node has compiled what it uses. With
 * four processes each sees a quarter of the payments, so a short warm-up would count as a cost of sharing.
 */
const WARM_UP = 4_000;
/** Payments on each database before those that count, which prepare the statements. */
const PREPARING = 100;
/** Payments of a round, of all processes together. */
const PAYMENTS = 400;
const ROUNDS = 3;
/** What follows the last receipt has ended after this time, ms. */
const REST_MS = 300;

/** What a payment costs the processes of the service, in one round. */
interface ClientsCost {
  /** CPU of the processes of the service, without the phones' share. */
  readonly clientsMs: number;
  readonly statements: number;
  readonly transactions: number;
  /** Transactions that were begun again, because another one was in their way. */
  readonly again: number;
}

/** What a payment costs in one round; CPU in ms. */
interface Cost extends ClientsCost {
  /** CPU of the server of PostgreSQL, with all of its processes. */
  readonly serverMs: number;
  readonly sumMs: number;
}

/** What a payment costs several processes of the service on one database of PostgreSQL, medians over the rounds. */
export interface ProcessesResult extends Load, Cost {
  /** `sumMs` over that of one process. */
  readonly ratio: number;
}

/**
 * Measures 1, 2 and 4 processes, each number on a database of its own: the first process has all three, so that all are as warm. Rounds
 * of all loads are made in turn, so that whatever else slows the machine down slows all. @throws Error where PostgreSQL is not installed
 */
export async function measureProcesses(): Promise<readonly ProcessesResult[]> {
  const server = startPostgres();
  if (server === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const payers: Payer[] = [];
  try {
    const teams = await startAll(server.folder, join(folder, 'keys.json'), payers);
    await teams.at(-1)?.pay(WARM_UP * payers.length);
    for (const team of teams) await team.prepare(PREPARING);
    const costs = new Map(LOADS.map((load): [Load, Cost[]] => [load, []]));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [load, rounds] of costs) rounds.push(await roundOf(teamOf(teams, load), load, server.folder));
    for (const team of teams) await team.mustHavePaid();
    return resultsOf(costs);
  } finally {
    await Promise.all(payers.map((payer) => payer.end()));
    server.remove();
    rmSync(folder, { recursive: true });
  }
}

/** @param payers gets the processes */
async function startAll(folder: string, keyFile: string, payers: Payer[]): Promise<readonly Team[]> {
  const { keys } = createServiceKeys(servicePrimitives(), systemRandom);
  writeKeyFile(keyFile, keys);
  const databases: SharedDatabase[] = [];
  for (const processes of PROCESSES) databases.push(await prepare(folder, keys, processes));
  const of = Math.max(...PROCESSES);
  for (let place = 0; place < of; place += 1)
    payers.push(new Payer({ databases, keys: keyFile, customers: CUSTOMERS, share: { place, of } }));
  await Promise.all(payers.map((payer) => payer.report()));
  return databases.map((database) => new Team(payers.slice(0, database.processes), database.url));
}

function teamOf(teams: readonly Team[], { processes }: Load): Team {
  const team = teams.find((one) => one.processes === processes);
  if (team === undefined) throw new Error(`there is no database for ${processes} processes`);
  return team;
}

async function roundOf(team: Team, { inFlight }: Load, folder: string): Promise<Cost> {
  const [postmaster] = readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n').map(Number);
  if (postmaster === undefined) throw new Error('the server of PostgreSQL has gone');
  const before = cpuOfFamily(postmaster);
  const clients = await team.pay(PAYMENTS, inFlight);
  const serverMs = (cpuOfFamily(postmaster) - before) / PAYMENTS;
  return { ...clients, serverMs, sumMs: clients.clientsMs + serverMs };
}

function resultsOf(costs: ReadonlyMap<Load, readonly Cost[]>): readonly ProcessesResult[] {
  const ofOne: number[] = [];
  return [...costs].map(([load, rounds]) => {
    const middle = (name: keyof Cost) => median(rounds.map((round) => round[name]));
    const sumMs = middle('sumMs');
    ofOne.push(sumMs);
    return {
      ...load,
      clientsMs: middle('clientsMs'),
      serverMs: middle('serverMs'),
      sumMs,
      statements: middle('statements'),
      transactions: middle('transactions'),
      again: middle('again'),
      ratio: sumMs / (ofOne[0] ?? Number.NaN),
    };
  });
}

/** Some processes on one database. */
class Team {
  readonly #payers: readonly Payer[];
  readonly #url: string;
  #payments = 0;

  constructor(payers: readonly Payer[], url: string) {
    this.#payers = payers;
    this.#url = url;
  }

  get processes(): number {
    return this.#payers.length;
  }

  /** Makes payments. @returns what each has cost */
  async pay(payments: number, inFlight: number = IN_FLIGHT): Promise<ClientsCost> {
    const { processes } = this;
    const order = { processes, payments: payments / processes, inFlight: inFlight / processes };
    const costs = await Promise.all(this.#payers.map((payer) => payer.pay(order)));
    this.#payments += payments;
    const each = (of: (cost: PayerCost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / payments;
    return {
      clientsMs: each(({ cpuMs, phoneMs }) => cpuMs - phoneMs),
      statements: each(({ statements }) => statements),
      transactions: each(({ commits }) => commits),
      again: each(({ begun, commits }) => begun - commits),
    };
  }

  /** Payments that do not count. The database then knows how large its tables are, as after a minute with its autovacuum. */
  async prepare(payments: number): Promise<void> {
    await this.pay(payments);
    await onDatabase(this.#url, (client) => client.query('ANALYZE'));
  }

  /** @throws Error when the database says otherwise */
  async mustHavePaid(): Promise<void> {
    const { rows } = await onDatabase(this.#url, (client) =>
      client.query("SELECT count(*)::integer AS paid FROM payment WHERE state = 'CAPTURED'"),
    );
    const paid = rows[0]?.['paid'];
    if (paid !== this.#payments) throw new Error(`${paid} of ${this.#payments} payments are paid`);
  }
}

/** A new database with customers, their phones and a merchant. */
async function prepare(folder: string, keys: ServiceKeys, processes: number): Promise<SharedDatabase> {
  const address = (database: string) => `postgres://cash@/${database}?host=${encodeURIComponent(folder)}`;
  const name = `cash_${processes}`;
  await onDatabase(address('postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
  const url = address(name);
  const options = { keys, number: SERVICE_NUMBER, clock: systemClock, random: systemRandom };
  const service = await openService({ database: url, ...options });
  const { people, apiKey } = await register(service, CUSTOMERS);
  await service.close();
  const phones = new Phones(keys, CUSTOMERS);
  await onDatabase(url, async (client) => {
    for (const [place, person] of people.entries())
      await client.query(postgresText(INSERT_DEVICE), phones.row(place, person));
  });
  return { processes, url, apiKey };
}

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What its payments cost a process. */
interface PayerCost extends PayerReport {
  readonly cpuMs: number;
}

/** One process of the service. */
class Payer {
  readonly #process: ChildProcess;
  #last: PayerReport = { phoneMs: 0, statements: 0, begun: 0, commits: 0 };

  constructor(setting: PayerSetting) {
    this.#process = fork(PROGRAM, [JSON.stringify(setting)]);
  }

  /** What it says next. @throws Error when it ends instead */
  report(): Promise<PayerReport> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('a process of the service has ended'));
      this.#process.once('exit', ended);
      this.#process.once('message', (report: PayerReport) => {
        this.#process.off('exit', ended);
        resolve(report);
      });
    });
  }

  /** Makes payments. @returns what they cost */
  async pay(order: PayerOrder): Promise<PayerCost> {
    const [cpu, last] = [cpuOf(this.#process.pid ?? 0), this.#last];
    const reported = this.report();
    this.#process.send(order);
    const report = await reported;
    this.#last = report;
    await sleep(systemClock, REST_MS);
    return {
      cpuMs: cpuOf(this.#process.pid ?? 0) - cpu,
      phoneMs: report.phoneMs - last.phoneMs,
      statements: report.statements - last.statements,
      begun: report.begun - last.begun,
      commits: report.commits - last.commits,
    };
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }
}
