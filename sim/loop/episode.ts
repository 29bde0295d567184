import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBelow } from '../../modem/index.ts';
import type { JournalEntry } from '../../server/index.ts';
import { jsonLine } from '../log.ts';
import { seededRandom } from '../random.ts';
import { drawFaults, type LoopFault, nameOf } from './fault-script.ts';
import { judge, type Violation } from './judge.ts';
import { leftOver, lostOnTheWay, neverIn } from './left-over.ts';
import type { LoopDepth } from './service-line.ts';
import { strike } from './strike.ts';
import { LOOP_RAILS, type LoopRail, POCKET_MONEY, Town } from './town.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a message waits in the network at most, ms. */
const LATE_MS = 36 * HOUR_MS;
/** How long everybody has after the last payment: the host knows an order for two days, and until then it is asked again. ms. */
const REST_MS = 60 * HOUR_MS;

/** One episode as data: the same one plays the same way, event for event. */
export interface EpisodePlan {
  readonly seed: string;
  readonly payments: number;
  readonly customers: number;
  readonly shops: number;
  readonly rail: LoopRail;
  readonly depth: LoopDepth;
  readonly faults: readonly LoopFault[];
}

/** How an episode ended. */
export interface EpisodeResult {
  /** Requests that the service took. */
  readonly taken: number;
  readonly paid: number;
  readonly kills: number;
  /** PINs that customers changed. */
  readonly pinChanges: number;
  readonly violations: readonly Violation[];
  /** How often each kind of fault was arranged. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each transition of a payment happened: `REQUESTED approve`. */
  readonly transitions: Readonly<Record<string, number>>;
  /** SHA-256 of all that happened in the network and in the service's journal: the same for the same plan. */
  readonly digest: string;
}

/** How big an episode is, and how deep it goes. */
export interface EpisodeSize extends Pick<EpisodePlan, 'payments' | 'customers' | 'shops'> {
  /** Default: `sms`. */
  readonly depth?: LoopDepth;
}

/** The plan of an episode: its rail and what goes wrong are drawn from the seed. */
export function planEpisode(seed: string, { depth = 'sms', ...size }: EpisodeSize): EpisodePlan {
  const random = seededRandom(`plan ${seed}`);
  const rail = LOOP_RAILS[randomBelow(random, LOOP_RAILS.length)] ?? 'ledger';
  // A shop has a customer a minute, and is open half of the day.
  const durationMs = (2 * size.payments * MINUTE_MS) / size.shops;
  return { seed, ...size, depth, rail, faults: drawFaults(random, { ...size, depth, durationMs }) };
}

/**
 * Plays an episode and judges it.
 * @param attend gets the town before anything happens in it
 */
export async function playEpisode(plan: EpisodePlan, attend: (town: Town) => void = () => {}): Promise<EpisodeResult> {
  const folder = mkdtempSync(join(folderInMemory(), 'cash-mobile-loop-'));
  try {
    return await play(plan, join(folder, 'service.db'), attend);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where Linux keeps files in memory, and the room that is wanted there, octets: containers often have 64 MB. */
const IN_MEMORY = '/dev/shm';
const ROOM = 2 ** 30;

/** Processes are killed in an episode, machines are not: so the service's file need not be on a disk, whose time would be most of a commit. */
function folderInMemory(): string {
  if (!existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ROOM ? IN_MEMORY : tmpdir();
}

async function play(plan: EpisodePlan, database: string, attend: (town: Town) => void): Promise<EpisodeResult> {
  const town = new Town({ ...plan, database });
  attend(town);
  const { clock, diary, life, host } = town;
  const digest = createHash('sha256');
  const transitions: Record<string, number> = {};
  town.world.log.listen((entry) => digest.update(jsonLine(entry)));
  let pinChanges = 0;
  const journal = ({ event, ...entry }: JournalEntry): void => {
    digest.update(JSON.stringify({ ...entry, event }));
    if (event.kind === 'pin-changed') pinChanges += 1;
    if (event.kind !== 'payment') return;
    const transition = `${event.from ?? 'NEW'} ${event.event}`;
    transitions[transition] = (transitions[transition] ?? 0) + 1;
  };
  town.witnesses.push({ journal });
  await town.settle();
  const strikes = plan.faults.map((fault) => clock.after(fault.at, () => strike(town, fault)));
  const sold = Promise.all(town.shops.map((shop, n) => shop.sell(Math.floor((plan.payments + n) / plan.shops))));
  await clock.run(sold, 1_000 * 24 * HOUR_MS);
  for (const cancel of strikes) cancel();
  const violations = [...neverIn(database)];
  const taken = diary.stories.filter(({ txn }) => txn !== undefined).length;
  await endFaults(town);
  await askOnceMore(town);
  await comeToRest(town);
  await clock.run(Promise.all(town.shops.map((shop) => shop.look(diary.stories))));
  for (const { shopper } of town.customers) {
    await clock.run(shopper.readHistory());
    await clock.run(shopper.lookAtPin());
  }
  const accounts = new Map<string, { before: number; now: number }>();
  for (const customer of town.customers) {
    accounts.set(customer.number, { before: POCKET_MONEY, now: await clock.run(town.holding(customer)) });
  }

  violations.push(
    ...judge(diary, { accounts, host: plan.rail === 'ledger' ? undefined : host.orders, late: town.air.late }),
  );
  await clock.run(life.close());
  violations.push(
    ...leftOver(database, clock.now()),
    ...neverIn(database),
    ...lostOnTheWay(database, clock.now(), town.air),
  );
  return {
    taken,
    paid: paidIn(transitions),
    kills: life.kills,
    pinChanges,
    violations,
    faults: counted(plan.faults.map(nameOf)),
    transitions,
    digest: digest.digest('hex'),
  };
}

/** No faults any more: phones are on, in coverage and not locked. */
async function endFaults(town: Town): Promise<void> {
  const { clock, world, life } = town;
  life.diskFull = undefined;
  life.spare();
  town.serviceClock.aheadMs = 0;
  for (const { id } of world.faults.list()) world.faults.remove(id);
  for (const { number, handset, personId } of town.customers) {
    world.subscriber(number)?.setCovered(true);
    handset.powerOn();
    await clock.run(town.operator.order(personId, 'unlock'));
  }
}

/** Who has changed the PIN pays once more when all late messages have come: does the one that the customer believes in count? */
async function askOnceMore({ clock, customers, shops }: Town): Promise<void> {
  const changed = customers.filter(({ shopper }) => shopper.hasChangedPin);
  if (changed.length === 0) return;
  await clock.advance(LATE_MS);
  await clock.run(Promise.all(changed.map(({ number }, n) => shops[n % shops.length]?.sellTo(number))));
}

/** The host decides, and the operator looks up in the host's book what is in review. */
async function comeToRest(town: Town): Promise<void> {
  const { clock, host } = town;
  for (let hour = 0; hour * HOUR_MS < REST_MS; hour += 1) {
    await clock.advance(HOUR_MS);
    host.double.decide('moved');
  }
  await clock.run(town.operator.lookUp());
  await clock.advance(2 * HOUR_MS);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function paidIn(transitions: Readonly<Record<string, number>>): number {
  const captures = Object.entries(transitions).filter(([name]) => name.endsWith(' capture'));
  return captures.reduce((sum, [, times]) => sum + times, 0);
}
