import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { comeToRest, REST_MS } from './come-to-rest.ts';
import { PostgresDatabase } from './database.ts';
import type { MortalService } from './mortal-service.ts';
import { openStage, type Stage, type StageRail } from './stage.ts';

/** How many disturbances there are in all, twenty a seed; more than these few are for a quiet hour. */
const DISTURBANCES = Number(process.env['CASH_MOBILE_REAL_KILLS'] ?? 3);
const IS_LONG = DISTURBANCES > 3;
const A_STAGE = Math.min(20, DISTURBANCES);
const STAGES = Math.max(1, Math.round(DISTURBANCES / A_STAGE));
/** Other seeds than those of the last run. */
const SEED = process.env['CASH_MOBILE_SEED'] ?? 'chaos';

const RAILS: readonly StageRail[] = ['ledger', 'reverse', 'inquire', 'repeat'];
/** With which of them the stages begin. */
const FIRST_RAIL = Math.max(0, RAILS.map(String).indexOf(process.env['CASH_MOBILE_RAIL'] ?? ''));

/** The clock: at 20 a lease of 15 s is 0.75 s of the machine's. */
const SPEED = Number(process.env['CASH_MOBILE_SPEED'] ?? 20);

/** How many processes there are; in a long run otherwise 2, 3 or 4. */
const PROCESSES = Number(process.env['CASH_MOBILE_PROCESSES'] ?? 0);

/** How many payments are told of at least between two disturbances. */
const PAYMENTS_BETWEEN = Number(process.env['CASH_MOBILE_PAYMENTS'] ?? 0) / A_STAGE;

/** The load: who asks the service at the same time, and as many customers, with which pauses, ms of the fast clock. */
const WORKERS = Number(process.env['CASH_MOBILE_WORKERS'] ?? 12);
const LOAD = IS_LONG
  ? { customers: WORKERS, workers: WORKERS, pauseMs: 2_000 }
  : { customers: 2, workers: 2, pauseMs: 6_000 };

/** How long a process is stopped, ms of the fast clock; a lease ends in between. */
const SHORTEST_STOP_MS = 100;
const LONGEST_STOP_MS = 40_000;

/** How long the server of PostgreSQL is away, ms of the machine's clock; and once in a long run. */
const LONGEST_AWAY_MS = 4_000;
const MINUTE_MS = 60_000;

/** How long the server may take to start on a busy machine, ms. */
const START_MS = 60_000;

type Kind = 'kill' | 'stop' | 'cut' | 'database' | 'minute';

const KINDS: readonly Kind[] = ['stop', 'kill', 'cut', 'database', 'kill', 'stop'];

/** The database is away for a minute once, in the middle of a long run. */
function aKind(done: number, below: (limit: number) => number): Kind | undefined {
  return done === A_STAGE >> 1 ? 'minute' : KINDS[below(KINDS.length)];
}

/** What a short run has. */
const FEW: readonly Kind[] = ['stop', 'kill', 'database'];

describe('processes on one database of PostgreSQL, disturbed under load', () => {
  let server: PostgresServer | undefined;
  beforeAll(() => {
    server = startPostgres(inject('postgres'));
  }, START_MS);
  afterAll(() => server?.remove());

  async function disturb(kind: Kind, service: MortalService, database: PostgresDatabase, { setting, random }: Stage) {
    const chance = () => random.fraction();
    if (kind === 'kill') {
      await service.end('SIGKILL');
      service.begin(setting);
      await service.ready();
    } else if (kind === 'stop') {
      const ms = SHORTEST_STOP_MS + chance() ** 2 * (LONGEST_STOP_MS - SHORTEST_STOP_MS);
      await service.pause(ms / SPEED);
    } else if (kind === 'cut') {
      await database.cut(chance());
    } else {
      server?.stop();
      await sleep(systemClock, kind === 'minute' ? MINUTE_MS : chance() * LONGEST_AWAY_MS);
      server?.start();
    }
  }

  /** One disturbance after another; at times two at once, as long as the database is there. */
  async function disturbAgainAndAgain(stage: Stage, database: PostgresDatabase): Promise<void> {
    const { services, load } = stage;
    const random = stage.random.fork('disturbances');
    const below = (limit: number) => Math.floor(random.fraction() * limit);
    for (let done = 0; done < A_STAGE; done += 1) {
      const kind = (IS_LONG ? aKind(done, below) : FEW[done]) ?? 'kill';
      const place = below(services.length);
      const [first, second] = [...services.slice(place), ...services.slice(0, place)];
      if (first === undefined || second === undefined) throw new Error('a stage has two processes or more');
      const both = [disturb(kind, first, database, stage)];
      if (IS_LONG && kind !== 'database' && kind !== 'minute' && below(3) === 0)
        both.push(disturb('kill', second, database, stage));
      await Promise.all(both);
      await load.busy(PAYMENTS_BETWEEN);
    }
  }

  it.each(
    Array.from({ length: STAGES }, (_, place) => ({
      rail: RAILS[(FIRST_RAIL + place) % RAILS.length] ?? 'ledger',
      seed: `${SEED} ${place + 1}`,
      processes: PROCESSES > 0 ? PROCESSES : IS_LONG ? 2 + (place % 3) : 2,
    })),
  )(
    'lose nothing, charge nothing twice, and end everything ($rail, $seed, $processes processes)',
    async ({ rail, seed, processes }) => {
      if (server === undefined) throw new Error('PostgreSQL is not installed');
      const database = new PostgresDatabase(server);
      await database.select('DROP SCHEMA public CASCADE');
      await database.select('CREATE SCHEMA public');
      const stage = await openStage({ rail, seed, processes, database, speed: SPEED, customers: LOAD.customers });
      const { services, load, admin, till, network } = stage;
      try {
        const working = load.run(LOAD.workers, LOAD.pauseMs);
        await load.busy();
        await disturbAgainAndAgain(stage, database);
        load.calmDown();
        await working;
        expect(await comeToRest(stage)).toEqual([]);
        const payments = await till.payments();
        for (const { txn } of payments) await load.readReceipt(txn);
        for (const service of services) await service.end('SIGTERM');
        expect(await database.select('SELECT name FROM process')).toEqual([]);
        const faults = services.flatMap((service) => service.faults);
        const alarms = services.flatMap((service) => service.alarms);
        if (IS_LONG) {
          const paid = payments.filter(({ state }) => state === 'CAPTURED' || state === 'REFUNDED').length;
          const counted = `${payments.length} payments, ${paid} of them paid, ${A_STAGE} disturbances, ${network.handed.length} SMS, ${network.twice} of them twice`;
          process.stdout.write(`${[`${seed}: ${counted}`, ...alarms, ...faults].join('\n  ')}\n`);
        }
        expect(load.changedReceipts).toEqual([]);
        expect([...faults.filter((fault) => !OF_THE_DATABASE.test(fault)), ...admin.faults, ...till.faults]).toEqual(
          [],
        );
        if (IS_LONG) expect(network.twice).toBeLessThanOrEqual(network.handed.length / 50);
      } finally {
        for (const service of services) await service.abandon();
        await stage.close();
      }
    },
    60_000 + A_STAGE * 60_000 + PAYMENTS_BETWEEN * A_STAGE * 500 + REST_MS / SPEED,
  );
});

/** Faults that are none: the database was away. */
const OF_THE_DATABASE = /the database cannot be reached/;
