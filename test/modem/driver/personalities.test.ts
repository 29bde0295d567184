import { expect, test } from 'vitest';
import { type IncomingSms, type Modem, memoryPort, openModem, type SmsReport } from '../../../modem/index.ts';
import { createWorld, personalities, VirtualClock } from '../../../sim/index.ts';

const anna = '+393330000001';
const bruno = '+393330000002';

async function run<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  await clock.runUntil(() => isDone, 3_600_000);
  return work;
}

/** Without +CNMI, or where it refuses reports, there is no way for one to come. */
const WITHOUT_REPORTS = ['nokia-s60', 'odd-c'];

/** The ports of a stick that take no commands. */
const isOtherPort = (id: string) => id.startsWith('port-');
const all = Object.values(personalities).map((personality) => [personality.id, personality] as const);

test.each(all.filter(([id]) => isOtherPort(id)))(
  'what answers like %s is refused as no modem',
  async (_, personality) => {
    const clock = new VirtualClock();
    const port = createWorld({ seed: 1, clock }).addModem({ number: anna, personality }).memoryPort();
    await expect(run(clock, openModem(port, { clock }))).rejects.toMatchObject({
      name: 'ModemError',
      code: 'not-a-modem',
    });
  },
);

test.each(all.filter(([id]) => !isOtherPort(id)))(
  'a modem like %s sends, long texts too, gets reports where it can, and receives',
  async (id, personality) => {
    const clock = new VirtualClock();
    const world = createWorld({ seed: 1, clock });
    const open = (number: string): Promise<Modem> => {
      const { port, farEnd } = memoryPort();
      world.addModem({ number, personality }).attach(farEnd);
      return run(clock, openModem(port, { clock }));
    };
    const [sender, receiver] = [await open(anna), await open(bruno)];
    const messages: IncomingSms[] = [];
    const reports: SmsReport[] = [];
    sender.receive({ message: async () => {}, report: (report) => reports.push(report) });
    receiver.receive({
      message: async (sms) => {
        messages.push(sms);
      },
      report() {},
    });
    const texts = ['short', 'long '.repeat(80)];
    const send = (text: string) =>
      sender.send({ id: text, destination: bruno, content: { kind: 'text', text }, statusReport: true });
    const outcomes = await run(clock, Promise.all(texts.map(send)));
    await clock.advance(180_000);
    expect({
      outcomes: outcomes.map(({ kind }) => kind),
      texts: messages.map(({ content }) => content.kind === 'text' && content.text).sort(),
      reports: reports.map(({ outcome }) => outcome),
    }).toEqual({
      outcomes: ['sent', 'sent'],
      texts: [...texts].sort(),
      reports: WITHOUT_REPORTS.includes(id) ? [] : ['delivered', 'delivered'],
    });
  },
);
