import { strictEqual } from 'node:assert/strict';
import { type Modem, openModem, type SendOutcome } from '../../modem/index.ts';
import { createWorld, VirtualClock } from '../../sim/index.ts';

const MESSAGES = 20;
/** How long the radio is busy with a message. */
const MESSAGE_MS = 2_500;

/** A network that takes exactly {@link MESSAGE_MS} for each message. */
const PROFILE = {
  id: 'benchmark',
  description: 'every message is on the air for 2.5 s',
  source: 'chosen, for a benchmark',
  leg: { medianS: MESSAGE_MS / 1_000, sigma: 0 },
  lostPerMille: 0,
  duplicatedPerMille: 0,
  ordered: true,
} as const;

/**
 * The share of the time in which the radio is busy, while twenty messages wait to be sent by a modem that is as slow as
 * real ones: it takes 2.5 s for a message and thinks 5 to 20 ms about each command. On a virtual clock.
 */
export async function busyShare(): Promise<number> {
  const clock = new VirtualClock();
  const world = createWorld({ seed: 1, clock, profile: PROFILE });
  const port = world.addModem({ number: '+393330000001' }).memoryPort();
  const modem = await during(clock, openModem(port, { clock }));
  const start = clock.now();
  const outcomes = await during(clock, sendAll(modem));
  const tookMs = clock.now() - start;
  await modem.close();
  for (const { kind } of outcomes) strictEqual(kind, 'sent');
  return (MESSAGES * MESSAGE_MS) / tookMs;
}

function sendAll(modem: Modem): Promise<readonly SendOutcome[]> {
  const ids = Array.from({ length: MESSAGES }, (_, index) => `${index}`);
  return Promise.all(
    ids.map((id) => modem.send({ id, destination: '+393990009999', content: { kind: 'text', text: `Message ${id}` } })),
  );
}

/** Lets virtual time pass until the work is done. */
async function during<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  await clock.runUntil(() => isDone, 3_600_000);
  return work;
}
