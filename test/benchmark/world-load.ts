import { createWorld, latencyProfiles, VirtualClock, type VirtualModem, type World } from '../../sim/index.ts';

/** What a load is: so many phones, and so many messages to each from outside, or from one phone to the next. */
export interface Load {
  readonly phones: number;
  readonly messagesEach: number;
  readonly from: 'outside' | 'phones';
  /** Spread over a day, as people write, or as fast as they go. */
  readonly pace: 'day' | 'burst';
}

/** What a load cost. */
export interface LoadResult {
  readonly phones: number;
  /** Messages and reports that a phone has got. */
  readonly delivered: number;
  /** Of one processor, user and system, with the garbage collector's share. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Most memory that the process had, in MB of a million octets. */
  readonly megabytes: number;
}

const DAY_MS = 86_400_000;
const ROUND_MS = 60_000;
const TEXT = 'A text as people write it, of sixty characters or thereabouts';

/** Puts a load on a world, in virtual time, and says what it cost; setting the phones up is not counted. */
async function run({ phones, messagesEach, from, pace }: Load): Promise<LoadResult> {
  const clock = new VirtualClock();
  const profile = latencyProfiles['direct'];
  const world = createWorld({ seed: 1, clock, ...(profile && { profile }) });
  const modems = Array.from({ length: phones }, (_, i) => world.addModem({ number: `+39${3_330_000_001 + i}` }));
  let delivered = 0;
  world.log.listen(({ kind }) => {
    if (kind === 'deliver') delivered += 1;
  });
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let round = 0; round < messagesEach; round += 1) {
    for (const [i, modem] of modems.entries()) {
      if (pace === 'day') clock.after((i * DAY_MS) / messagesEach / phones, () => send(world, modems, i, round, from));
      else send(world, modems, i, round, from);
      empty(modem);
    }
    await clock.advance(pace === 'day' ? DAY_MS / messagesEach : ROUND_MS);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    phones,
    delivered,
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: Number(process.hrtime.bigint() - start) / 1e9,
    megabytes: process.resourceUsage().maxRSS / 1e3,
  };
}

/** A message to the phone of this place, or from it to another, of which the sender wants to know that it arrived. */
function send(world: World, modems: readonly VirtualModem[], place: number, round: number, from: Load['from']): void {
  const [modem, other] = [modems[place], modems[(place * 7 + round + 1) % modems.length]];
  if (modem === undefined || other === undefined) return;
  const content = { kind: 'text', text: TEXT } as const;
  if (from === 'outside') world.deliver({ to: modem.number, from: '+393990000999', content });
  else void world.send({ from: modem.number, to: other.number, content, statusReport: true });
}

/** Its user has read what came, and deletes it. */
function empty(modem: VirtualModem): void {
  const store = modem.store('SM');
  for (const [index] of store.entries()) store.delete(index);
}

const [load] = process.argv.slice(2);
if (load !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(load)))}\n`);
