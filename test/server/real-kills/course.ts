import { sleep, systemClock } from '../../../modem/index.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { comeToRest, REST_MS } from './come-to-rest.ts';
import { PostgresDatabase } from './database.ts';
import type { MortalService } from './mortal-service.ts';
import { openStage, type Stage, type StageRail } from './stage.ts';

/** How long a process is stopped, ms of the fast clock; a lease ends in between. */
const SHORTEST_STOP_MS = 100;
const LONGEST_STOP_MS = 40_000;

/** How long the server of PostgreSQL is away, ms of the machine's clock. */
const LONGEST_AWAY_MS = 4_000;
const MINUTE_MS = 60_000;

/**
 * What happens to the processes: one is killed and started again, stopped for a while, loses its connections; the server of the database
 * is away for some seconds, or for a minute.
 */
export type Disturbance = 'kill' | 'stop' | 'cut' | 'database' | 'minute';

/** Some processes on one database under load, and what happens to them. */
export interface Course {
  readonly rail: StageRail;
  readonly seed: string;
  readonly processes: number;
  /** Payments that are asked for at least. */
  readonly payments: number;
  /** What happens, one after the other. */
  readonly disturbances: readonly Disturbance[];
  /** Whether a second process is killed beside every third disturbance. */
  readonly twoAtOnce: boolean;
  /** How fast the clock of all processes is: at 20 a lease of 15 s is 0.75 s of the machine's. */
  readonly speed: number;
  readonly customers: number;
  /** Who ask the service at the same time, and with which pauses at most, ms of the fast clock. */
  readonly workers: number;
  readonly pauseMs: number;
}

/** What was seen of a course. */
export interface CourseResult {
  readonly payments: number;
  /** Of these. */
  readonly paid: number;
  readonly happened: Readonly<Record<Disturbance, number>>;
  /** SMS that the service handed over, and how many of them were sent once more though they had been sent. */
  readonly sms: number;
  readonly twice: number;
  /** What must not be: nothing when all is right. */
  readonly violations: readonly string[];
  /** What processes told the operator. */
  readonly alarms: readonly string[];
}

/** Faults that are none: the database was away. */
const OF_THE_DATABASE = /the database cannot be reached/;

/** How long a course may take, ms. */
export function limitOf({ disturbances, payments, speed }: Course): number {
  return 60_000 + disturbances.length * 60_000 + payments * 500 + REST_MS / speed;
}

/**
 * @param server which the course has for itself: its database is emptied first
 * @throws Error when a process does not start, or all of it takes longer than {@link limitOf}
 */
export async function runCourse(server: PostgresServer, course: Course): Promise<CourseResult> {
  const { rail, seed, processes, customers, speed } = course;
  const database = new PostgresDatabase(server);
  await database.select('DROP SCHEMA public CASCADE');
  await database.select('CREATE SCHEMA public');
  const stage = await openStage({ rail, seed, processes, database, speed, customers });
  try {
    return await Promise.race([judged(server, database, stage, course), overrun(course)]);
  } finally {
    await stage.close();
  }
}

async function overrun(course: Course): Promise<never> {
  const limit = limitOf(course);
  await sleep(systemClock, limit);
  throw new Error(`it had not ended after ${Math.round(limit / 1000)} s`);
}

async function judged(
  server: PostgresServer,
  database: PostgresDatabase,
  stage: Stage,
  course: Course,
): Promise<CourseResult> {
  const { services, load, admin, till, network } = stage;
  const working = load.run(course.workers, course.pauseMs);
  await load.busy();
  const happened = await disturb(server, database, stage, course);
  load.calmDown();
  await working;
  const complaints = await comeToRest(stage);
  const payments = await till.payments();
  for (const { txn } of payments) await load.readReceipt(txn);
  for (const service of services) await service.end('SIGTERM');
  const left = await database.select('SELECT name FROM process');
  const faults = services.flatMap((service) => service.faults).filter((fault) => !OF_THE_DATABASE.test(fault));
  return {
    payments: payments.length,
    paid: payments.filter(({ state }) => state === 'CAPTURED' || state === 'REFUNDED').length,
    happened,
    sms: network.handed.length,
    twice: network.twice,
    violations: [
      ...complaints,
      ...load.changedReceipts.map((receipt) => `the merchant's receipt ${receipt} changed`),
      ...left.map(({ name }) => `${String(name)} ended and counts as a process`),
      ...[...faults, ...admin.faults, ...till.faults],
    ],
    alarms: services.flatMap((service) => service.alarms),
  };
}

/** One disturbance after another; with `twoAtOnce` at times two, as long as the database is there. */
async function disturb(
  server: PostgresServer,
  database: PostgresDatabase,
  stage: Stage,
  { disturbances, payments, twoAtOnce, speed }: Course,
): Promise<CourseResult['happened']> {
  const { services, load, setting } = stage;
  const random = stage.random.fork('disturbances');
  const below = (limit: number) => Math.floor(random.fraction() * limit);
  const happened = { kill: 0, stop: 0, cut: 0, database: 0, minute: 0 };
  const happen = async (kind: Disturbance, service: MortalService) => {
    happened[kind] += 1;
    if (kind === 'kill') {
      await service.end('SIGKILL');
      service.begin(setting);
      await service.ready();
    } else if (kind === 'stop') {
      const ms = SHORTEST_STOP_MS + random.fraction() ** 2 * (LONGEST_STOP_MS - SHORTEST_STOP_MS);
      await service.pause(ms / speed);
    } else if (kind === 'cut') {
      await database.cut(random.fraction());
    } else {
      server.stop();
      await sleep(systemClock, kind === 'minute' ? MINUTE_MS : random.fraction() * LONGEST_AWAY_MS);
      server.start();
    }
  };
  for (const [done, kind] of disturbances.entries()) {
    const place = below(services.length);
    const [first, second] = [...services.slice(place), ...services.slice(0, place)];
    if (first === undefined || second === undefined) throw new Error('a course has two processes or more');
    const isAlone = !twoAtOnce || kind === 'database' || kind === 'minute' || below(3) > 0;
    await Promise.all([happen(kind, first), ...(isAlone ? [] : [happen('kill', second)])]);
    await load.busy((payments * (done + 1)) / disturbances.length);
  }
  return happened;
}
