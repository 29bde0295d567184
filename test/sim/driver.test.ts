import { expect, test } from 'vitest';
import { type IncomingSms, openModem, type SendOutcome, type SmsReport } from '../../modem/index.ts';
import { createWorld, latencyProfiles, personalities, VirtualClock } from '../../sim/index.ts';

const NUMBER = '+393330000001';
const MINUTE = 60_000;
const LONG = 'A text that takes two SMS. '.repeat(10);

async function conversation(id: string, seed: number) {
  const clock = new VirtualClock();
  const personality = personalities[id];
  const world = createWorld({ seed, clock });
  const modem = world.addModem({ number: NUMBER, ...(personality && { personality }) });
  const received: IncomingSms[] = [];
  const reports: SmsReport[] = [];
  const sent = Promise.withResolvers<SendOutcome>();
  const talk = async () => {
    const driver = await openModem(modem.memoryPort(), { clock });
    driver.receive({
      async message(sms) {
        received.push(sms);
      },
      report: (report) => reports.push(report),
    });
    sent.resolve(
      await driver.send({ id: 'x', destination: NUMBER, content: { kind: 'text', text: LONG }, statusReport: true }),
    );
  };
  talk().catch(sent.reject);
  await clock.advance(5 * MINUTE);
  return { outcome: await sent.promise, received, reports, world };
}

/** One has no +CNMI, the other refuses it with reports. */
const WITHOUT_REPORTS: ReadonlySet<string> = new Set(['nokia-s60', 'odd-c']);

/** It keeps ESC in the command line, and the driver begins with one. */
const AHEAD_OF_THE_DRIVER: ReadonlySet<string> = new Set(['ofono-phonesim']);

/** Some ports of a modem take no commands. */
const modems = Object.values(personalities).filter(
  ({ id, wire }) => wire.answersAll === undefined && !AHEAD_OF_THE_DRIVER.has(id),
);
const others = Object.values(personalities).filter(({ wire }) => wire.answersAll !== undefined);

test.each(modems.map(({ id }) => id))(
  'the driver sends a long text through %s, gets it back whole, and its report',
  async (id) => {
    const { outcome, received, reports } = await conversation(id, 1);
    expect(outcome).toEqual({ kind: 'sent', references: [0, 1] });
    expect(received).toMatchObject([{ originator: NUMBER, content: { kind: 'text', text: LONG } }]);
    const shown = WITHOUT_REPORTS.has(id) ? [] : ['delivered'];
    expect(reports.map((report) => report.outcome)).toEqual(shown);
  },
);

test.each(others.map(({ id }) => id))('the driver says that %s is no modem', async (id) => {
  const clock = new VirtualClock();
  const personality = personalities[id];
  const modem = createWorld({ seed: 1, clock }).addModem({ number: NUMBER, ...(personality && { personality }) });
  const opening = openModem(modem.memoryPort(), { clock }).catch((error: unknown) => error);
  await clock.advance(5 * MINUTE);
  expect(await opening).toMatchObject({ name: 'ModemError' });
});

test('a lost +CMGS answer is unknown to the driver, and delivered all the same', async () => {
  const clock = new VirtualClock();
  const profile = latencyProfiles['direct'];
  const world = createWorld({ seed: 1, clock, ...(profile && { profile }) });
  const modem = world.addModem({ number: NUMBER });
  world.faults.add({ action: { kind: 'lose-answer' } });
  const received: IncomingSms[] = [];
  const sent = Promise.withResolvers<SendOutcome>();
  const talk = async () => {
    const driver = await openModem(modem.memoryPort(), { clock, submitTimeoutMs: 10_000 });
    driver.receive({
      async message(sms) {
        received.push(sms);
      },
      report() {},
    });
    sent.resolve(await driver.send({ id: 'x', destination: NUMBER, content: { kind: 'text', text: 'once' } }));
  };
  talk().catch(sent.reject);
  await clock.advance(MINUTE);
  expect((await sent.promise).kind).toBe('unknown');
  expect(received).toHaveLength(1);
});
