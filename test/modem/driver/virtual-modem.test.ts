import { describe, expect, test, vi } from 'vitest';
import {
  type IncomingSms,
  type Modem,
  openModem,
  type SmsReport,
  steadyClock,
  systemClock,
} from '../../../modem/index.ts';
import { createWorld, latencyProfiles, openPty, openTcp, VirtualClock } from '../../../sim/index.ts';

const anna = '+393330000001';
const bruno = '+393330000002';

interface Heard {
  readonly messages: IncomingSms[];
  readonly reports: SmsReport[];
}

function listen(modem: Modem): Heard {
  const heard: Heard = { messages: [], reports: [] };
  modem.receive({
    message: async (sms) => {
      heard.messages.push(sms);
    },
    report: (report) => heard.reports.push(report),
  });
  return heard;
}

/** Lets virtual time pass until `work` has ended. */
async function run<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  await clock.runUntil(() => isDone, 3_600_000);
  return work;
}

describe('two drivers on two virtual modems', () => {
  test('in memory, on a virtual clock: text, long text and data with ports, each with its report', async () => {
    const clock = new VirtualClock();
    const world = createWorld({ seed: 1, clock });
    const [first, second] = await run(
      clock,
      Promise.all([anna, bruno].map((number) => openModem(world.addModem({ number }).memoryPort(), { clock }))),
    );
    if (first === undefined || second === undefined) throw new Error('no modems');
    const sender = listen(first);
    const receiver = listen(second);
    const contents = [
      { kind: 'text', text: 'Ciao, €uro' },
      { kind: 'text', text: 'Ω'.repeat(300) },
      {
        kind: 'data',
        data: new Uint8Array(133).map((_, index) => index),
        ports: { destination: 16001, source: 16001 },
      },
    ] as const;
    const outcomes = await run(
      clock,
      Promise.all(
        contents.map((content, index) =>
          first.send({ id: `${index}`, destination: bruno, content, statusReport: true }),
        ),
      ),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    await clock.advance(120_000);
    expect(receiver.messages.map(({ originator }) => originator)).toEqual([anna, anna, anna]);
    expect(receiver.messages.map(({ content }) => content)).toEqual(expect.arrayContaining([...contents]));
    expect(sender.reports.map(({ id, outcome }) => [id, outcome]).sort()).toEqual([
      ['0', 'delivered'],
      ['1', 'delivered'],
      ['2', 'delivered'],
    ]);
    await Promise.all([first.close(), second.close()]);
  });

  test('go on when the clock of the machine, which was two hours ahead, is put right', async () => {
    const ahead = vi.spyOn(Date, 'now').mockImplementation(() => steadyClock.now() + 2 * 3_600_000);
    const profile = latencyProfiles['none'];
    const world = createWorld({ seed: 1, clock: steadyClock, responseMs: [0, 0], ...(profile && { profile }) });
    const open = (number: string) => openModem(world.addModem({ number }).memoryPort());
    const [first, second] = await Promise.all([open(anna), open(bruno)]);
    const receiver = listen(second);
    const send = (id: string) => first.send({ id, destination: bruno, content: { kind: 'text', text: id } });
    expect(await send('ahead')).toMatchObject({ kind: 'sent' });
    ahead.mockRestore();
    expect(await send('right')).toMatchObject({ kind: 'sent' });
    await expect.poll(() => receiver.messages.length, { timeout: 15_000 }).toBe(2);
    await Promise.all([first.close(), second.close()]);
  });

  test.each(['PTY', 'TCP'])('over %s, in real time', async (kind) => {
    const profile = latencyProfiles['none'];
    const world = createWorld({ seed: 1, clock: systemClock, responseMs: [0, 0], ...(profile && { profile }) });
    const lines = await Promise.all([0, 1].map(() => (kind === 'PTY' ? openPty() : openTcp())));
    const names = lines.map((line) => ('path' in line ? line.path : line.url));
    const modems = await Promise.all(
      [anna, bruno].map(async (number, index) => {
        const line = lines[index];
        if (line === undefined) throw new Error('no line');
        world.addModem({ number }).attach(line);
        return openModem(names[index] ?? '');
      }),
    );
    const [first, second] = modems;
    if (first === undefined || second === undefined) throw new Error('no modems');
    const receiver = listen(second);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        first.send({ id: `${index}`, destination: bruno, content: { kind: 'text', text: `message ${index}` } }),
      ),
    );
    expect(outcomes.every((outcome) => outcome.kind === 'sent')).toBe(true);
    await expect.poll(() => receiver.messages.length, { timeout: 15_000 }).toBe(20);
    expect(await first.signal()).toHaveProperty('dBm');
    await Promise.all(modems.map((modem) => modem.close()));
    for (const line of lines) line.hangUp();
  });
});
