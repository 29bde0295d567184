import { beforeEach, describe, expect, test } from 'vitest';
import type { Modem, OutgoingSms } from '../../../modem/index.ts';
import { type Bench, createBench, deliverPdus, lengthOf, reportPdu } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

const to = '393331234567';
const text: OutgoingSms = {
  id: 'a',
  destination: `+${to}`,
  content: { kind: 'text', text: 'Ciao' },
  statusReport: true,
};
const [hello = ''] = deliverPdus(to, { kind: 'text', text: 'Hello' });

let bench: Bench;
/** What lies in SR, by index. */
let reports: Map<number, string>;
/** The memory that is read now. */
let memory: string;

/** A modem that stores reports in SR and announces them (`+CNMI` `<ds>` 2), as an EC25 does: `+CDSI: "SM",n`. */
beforeEach(() => {
  bench = createBench();
  reports = new Map();
  memory = 'SM';
  const { script, stored } = bench;
  const places = () => (memory === 'SR' ? reports : stored);
  const header = (pdu: string) => `1,,${lengthOf(pdu)}\r\n${pdu}`;
  script
    .when(/^AT\+CNMI=.,.,.,1/, line('+CMS ERROR: 303'))
    .when('AT+CPMS=?', ok('+CPMS: ("SM","SR"),("SM"),("SM")'))
    .when(/^AT\+CPMS="S[MR]"/, (typed) => {
      memory = typed.slice(9, 11);
      return ok(`+CPMS: ${places().size},10,${stored.size},20,${stored.size},20`);
    })
    .when('AT+CMGL=4', () => ok(...[...places()].map(([index, pdu]) => `+CMGL: ${index},${header(pdu)}`)))
    .when(/^AT\+CMGR=/, (typed) => {
      const pdu = places().get(Number(typed.slice(8)));
      return pdu === undefined ? line('+CMS ERROR: 321') : ok(`+CMGR: ${header(pdu)}`);
    })
    .when(/^AT\+CMGD=/, (typed) => (places().delete(Number(typed.slice(8))) ? ok() : line('+CMS ERROR: 321')));
});

async function openToReceive(): Promise<Modem> {
  const modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(1_000);
  return modem;
}

const ids = () => bench.reports.map(({ id }) => id);

describe('reports that are stored in SR', () => {
  test('by an earlier program are deleted at the start, and said: a full SR would take no other', async () => {
    for (let index = 0; index < 10; index += 1) reports.set(index, reportPdu('390000000000', index, 0));
    await openToReceive();
    expect(reports.size).toBe(0);
    expect(bench.log.filter(({ kind }) => kind === 'unmatched-report')).toHaveLength(10);
  });

  test('and whose announcement got lost are found by the next sweep', async () => {
    const modem = await openToReceive();
    await bench.run(modem.send(text));
    reports.set(3, reportPdu(to, 1, 0));
    await bench.clock.advance(60_000);
    expect(ids()).toEqual(['a']);
    expect(reports.size).toBe(0);
  });

  test.each([
    ['nothing lies', () => {}],
    ['a message lies that was announced at the same time', () => bench.stored.set(1, hello)],
    ['something lies that cannot be read', () => bench.stored.set(1, '00FFFF')],
  ])('are found when they are announced in SM, where %s', async (_what, arrange) => {
    const modem = await openToReceive();
    await bench.run(modem.send(text));
    reports.set(1, reportPdu(to, 1, 0));
    arrange();
    const isMessage = bench.stored.get(1) === hello;
    bench.script.say(line('+CDSI: "SM",1') + line('+CMTI: "SM",1'));
    await bench.clock.advance(500);
    expect(ids()).toEqual(['a']);
    expect(bench.messages).toHaveLength(isMessage ? 1 : 0);
    expect(reports.size).toBe(0);
  });

  test('leave the messages alone when SR is named and cannot be read', async () => {
    bench.script.when(/^AT\+CPMS="SR"/, line('+CMS ERROR: 302'));
    bench.stored.set(1, hello);
    await openToReceive();
    bench.script.say(line('+CDSI: "SM",4'));
    await bench.clock.advance(300_000);
    expect(bench.messages).toHaveLength(1);
    expect(bench.log.filter(({ kind }) => kind === 'hand-over-failed').map(({ text: said }) => said)).toEqual([
      expect.stringMatching(/^stored reports cannot be read: /),
    ]);
    expect(bench.script.typed).not.toContain('AT+CPMS="SR","SR","SR"');
  });

  test('are looked for again when SR was not answered for', async () => {
    const modem = await openToReceive();
    await bench.run(modem.send(text));
    reports.set(1, reportPdu(to, 1, 0));
    bench.script.when(/^AT\+CPMS="SR"/, undefined, undefined, (typed) => {
      memory = typed.slice(9, 11);
      return ok('+CPMS: 1,10,0,20,0,20');
    });
    bench.script.say(line('+CDSI: "SM",1'));
    await bench.clock.advance(45_000);
    expect(bench.log.filter(({ kind }) => kind === 'hand-over-failed').map(({ text: said }) => said)).toEqual([
      expect.stringMatching(/it will be tried again: AT\+CPMS="SR" was not answered/),
    ]);
    expect(ids()).toEqual(['a']);
  });

  test('are read one by one when +CMGL is refused for them, and the messages are listed as before', async () => {
    bench.script.when('AT+CMGL=4', () => (memory === 'SR' ? line('ERROR') : ok()));
    reports.set(1, reportPdu('390000000000', 1, 0));
    await openToReceive();
    await bench.clock.advance(30_000);
    expect(reports.size).toBe(0);
    const listed = () =>
      bench.script.typed.filter((typed, at) => {
        return typed === 'AT+CMGL=4' && bench.script.typed[at - 1] === 'AT+CPMS="SM"';
      });
    expect(listed()).toHaveLength(1);
    await bench.clock.advance(60_000);
    expect(listed()).toHaveLength(2);
  });

  test('are not looked for on a modem that says them at once', async () => {
    bench.script.when(/^AT\+CNMI=.,.,.,1/, ok());
    await openToReceive();
    expect(bench.script.typed).not.toContain('AT+CPMS="SR"');
  });
});
