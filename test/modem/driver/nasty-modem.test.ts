import { beforeEach, describe, expect, test } from 'vitest';
import { line, ok } from '../scripted-modem.ts';
import { type Bench, createBench, deliverPdus } from './bench.ts';

let bench: Bench;

/** Answers `ERROR` to `AT`, never echoes, says an orphan `OK` after an error, and is silent after every fourth `+CMGS`. */
beforeEach(() => {
  bench = createBench();
  const orphan = () => {
    bench.clock.after(20, () => bench.script.say(ok()));
    return line('ERROR');
  };
  let sent = 0;
  bench.script
    .when(/^AT$|^ATE0$|^AT\+CMEE|^AT\+CREG=1|^AT\+CSMS|^AT\+CPMS=\?/, orphan)
    .when(/^AT\+CNMI=2,1,0/, orphan)
    .when(/\^Z$/, () => {
      sent += 1;
      return sent % 4 === 0 ? undefined : ok(`+CMGS: ${sent}`);
    });
});

describe('a modem with bad manners', () => {
  test('is identified', async () => {
    const { identity, state } = await bench.open();
    expect(identity).toEqual({ manufacturer: 'Cash Mobile', model: 'Bench', revision: '1.0', imei: '350123451234560' });
    expect(state.kind).toBe('ready');
  });

  test('sends: every message gets its own answer, and the lost ones are unknown', async () => {
    const modem = await bench.open();
    const send = (_: unknown, index: number) =>
      modem.send({ id: `${index}`, destination: '+393331234567', content: { kind: 'text', text: `${index}` } });
    const outcomes = await bench.run(Promise.all(Array.from({ length: 12 }, send)));
    expect(outcomes.map((outcome) => (outcome.kind === 'sent' ? outcome.references[0] : outcome.kind))).toEqual(
      Array.from({ length: 12 }, (_, index) => (index % 4 === 3 ? 'unknown' : index + 1)),
    );
    expect(bench.script.typed.filter((typed) => typed.endsWith('^Z'))).toHaveLength(12);
  });

  test('receives, and answers questions with the right answers', async () => {
    bench.script.when('AT+CSQ', ok('+CSQ: 20,1')).when('AT+CSCA?', ok('+CSCA: "+391",145'));
    const modem = await bench.open();
    modem.receive(bench.receiver);
    bench.stored.set(3, deliverPdus('39333', { kind: 'text', text: 'Hello' })[0] ?? '');
    bench.script.say(line('+CMTI: "SM",3'));
    const answers = Promise.all([modem.signal(), modem.serviceCentre(), modem.operator(), modem.signal()]);
    expect(await bench.run(answers)).toEqual([
      { dBm: -73, bitErrorRate: 1 },
      '+391',
      undefined,
      { dBm: -73, bitErrorRate: 1 },
    ]);
    await bench.clock.advance(1_000);
    expect(bench.messages).toHaveLength(1);
  });
});
