import { beforeEach, describe, expect, test } from 'vitest';
import type { Modem } from '../../../modem/index.ts';
import { type Bench, createBench, deliverPdus, lengthOf } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;

beforeEach(() => {
  bench = createBench();
});

const pduOf = (text: string) => deliverPdus('393331234567', { kind: 'text', text })[0] ?? '';
const hello = pduOf('Hello');
const texts = () => bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : ''));
const typedSince = (start: number, wanted: RegExp) =>
  bench.script.typed.slice(start).filter((text) => wanted.test(text));
const said = (kind: string) => bench.log.filter((entry) => entry.kind === kind).map(({ text }) => text);

async function openToReceive(): Promise<Modem> {
  const modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(1_000);
  return modem;
}

describe('what is stored', () => {
  test('at an announced index 0 is read there, without a look at everything', async () => {
    await openToReceive();
    const start = bench.script.typed.length;
    bench.stored.set(0, hello);
    bench.script.say(line('+CMTI: "SM",0'));
    await bench.clock.advance(500);
    expect(texts()).toEqual(['Hello']);
    expect(typedSince(start, /CMG[LR]/)).toEqual(['AT+CMGR=0', 'AT+CMGR=0']);
  });

  test('that was announced and is not there is looked for once after a second, then as seldom as before', async () => {
    await openToReceive();
    bench.script.say(line('+CMTI: "SM",4'));
    const start = bench.script.typed.length;
    await bench.clock.advance(900);
    expect(typedSince(start, /CMGL/)).toHaveLength(0);
    await bench.clock.advance(200);
    expect(typedSince(start, /CMGL/)).toHaveLength(1);
    await bench.clock.advance(59_000);
    expect(typedSince(start, /CMGL/)).toHaveLength(1);
  });

  test('at 70 announced places, while the receiver is busy, is taken: all are listed in place of the 65th', async () => {
    await openToReceive();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { message } = bench.receiver;
    bench.receiver.message = async (sms) => {
      await promise;
      return message(sms);
    };
    const announce = async (index: number) => {
      bench.stored.set(index, pduOf(`${index}`));
      bench.script.say(line(`+CMTI: "SM",${index}`));
      await bench.clock.advance(0);
    };
    for (let index = 1; index <= 70; index += 1) await announce(index);
    const start = bench.script.typed.length;
    resolve();
    await bench.clock.advance(1_000);
    expect(texts().toSorted((one, other) => Number(one) - Number(other))).toEqual(
      Array.from({ length: 70 }, (_, index) => `${index + 1}`),
    );
    expect(typedSince(start, /CMGL/).length).toBeGreaterThan(0);
    expect([bench.stored.size, said('hand-over-failed')]).toEqual([0, []]);
  });

  test('and cannot be listed is said once, and once more when it could be meanwhile', async () => {
    const failing = ['+CMGL', '+CMGR', '+CMGD'].map((name) => new RegExp(`^AT\\${name}=`));
    await openToReceive();
    const usual = bench.script.answerTo('AT+CMGL=4');
    for (const [times, count] of [
      [3, 1],
      [2, 2],
    ] as const) {
      for (const command of failing) bench.script.when(command, line('+CMS ERROR: 302'));
      await bench.clock.advance(times * 60_000);
      expect(said('hand-over-failed')).toHaveLength(count);
      for (const command of failing) bench.script.when(command, usual);
      await bench.clock.advance(60_000);
    }
  });

  test('on a modem that is busy is looked for after 1, 2, 4 … s, 60 s at most, and after a success anew after 1 s', async () => {
    await openToReceive();
    const usual = bench.script.answerTo('AT+CMGL=4');
    /** How long after each failure the modem is asked again, in s. */
    const pauses = async (count: number) => {
      const found: number[] = [];
      let failedAt: number | undefined;
      bench.script.when('AT+CMGL=4', () => {
        if (failedAt !== undefined) found.push(Math.round((bench.clock.now() - failedAt) / 1_000));
        failedAt = undefined;
        return line('+CMS ERROR: 515');
      });
      for (let seen = said('hand-over-failed').length; found.length < count; await bench.clock.advance(100)) {
        if (said('hand-over-failed').length > seen) failedAt = bench.clock.now();
        seen = said('hand-over-failed').length;
      }
      return found;
    };
    expect(await pauses(8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    bench.script.when('AT+CMGL=4', usual);
    await bench.clock.advance(61_000);
    expect(await pauses(2)).toEqual([1, 2]);
  });

  test('and fills the SIM with what cannot be read is said again when there was room meanwhile', async () => {
    bench.script.when(/^AT\+CPMS="SM"/, ok('+CPMS: 1,1,1,1,1,1'));
    bench.stored.set(1, '00FFFF');
    await openToReceive();
    await bench.clock.advance(120_000);
    expect(said('full')).toHaveLength(1);
    bench.stored.clear();
    await bench.clock.advance(60_000);
    bench.stored.set(1, '00FFFE');
    await bench.clock.advance(120_000);
    expect(said('full')).toHaveLength(2);
  });

  test('and written in small letters by +CMGR alone is offered once', async () => {
    await openToReceive();
    const pdu = pduOf('Zoë');
    bench.script
      .when('AT+CMGD=1', line('ERROR'))
      .when('AT+CMGR=1', ok(`+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu.toLowerCase()}`))
      .when('AT+CMGL=4', ok(`+CMGL: 1,1,,${lengthOf(pdu)}\r\n${pdu}`));
    bench.script.say(line('+CMTI: "SM",1'));
    await bench.clock.advance(180_000);
    expect(texts()).toEqual(['Zoë']);
  });
});

describe('what comes at once', () => {
  beforeEach(() => {
    bench.script.when(/^AT\+CNMI=.,1/, line('ERROR')).when('AT+CNMA', ok());
  });

  const push = async (text: string) => {
    const pdu = pduOf(text);
    bench.script.say(`\r\n+CMT: ,${lengthOf(pdu)}\r\n${pdu}\r\n`);
    await bench.clock.advance(0);
  };

  test('waits for a receiver also while the modem is unplugged, and is taken when it is open again', async () => {
    const modem = await bench.open();
    await push('Hello');
    bench.unplug();
    await bench.clock.advance(10_000);
    expect(modem.state.kind).toBe('ready');
    modem.receive(bench.receiver);
    await bench.clock.advance(0);
    expect(texts()).toEqual(['Hello']);
  });

  test('64 wait for a receiver; one more is dropped, and said', async () => {
    const modem = await bench.open();
    // The sweep that the opening began waits as well.
    for (let number = 2; number <= 64; number += 1) await push(`${number}`);
    expect(said('hand-over-failed')).toEqual([]);
    await push('65');
    expect(said('hand-over-failed')).toEqual(['64 messages wait for a receiver: one more was dropped']);
    modem.receive(bench.receiver);
    await bench.clock.advance(1_000);
    expect(texts()).toHaveLength(63);
    expect(texts()).not.toContain('65');
  });

  test('in parts of which one is stored is said to be lost when it is not taken before the end', async () => {
    const modem = await openToReceive();
    const [first = '', second = ''] = deliverPdus('393331234567', { kind: 'text', text: 'z'.repeat(200) });
    bench.receiver.refuses = true;
    bench.stored.set(1, second);
    bench.script.say(line('+CMTI: "SM",1'));
    await bench.clock.advance(0);
    bench.script.say(`\r\n+CMT: ,${lengthOf(first)}\r\n${first}\r\n`);
    await bench.clock.advance(0);
    await bench.run(modem.close());
    expect(said('hand-over-failed').filter((text) => text.includes('before the end'))).toHaveLength(1);
  });

  test.each([
    ['is stored', 1],
    ['is passed on', 2],
  ])('in parts of which one %s: so many are lost at the end', async (how, lost) => {
    const modem = await openToReceive();
    const [first = '', second = ''] = deliverPdus('393331234567', { kind: 'text', text: 'z'.repeat(400) });
    if (how === 'is stored') {
      bench.stored.set(1, second);
      bench.script.say(line('+CMTI: "SM",1'));
    } else bench.script.say(`\r\n+CMT: ,${lengthOf(second)}\r\n${second}\r\n`);
    await bench.clock.advance(0);
    bench.script.say(`\r\n+CMT: ,${lengthOf(first)}\r\n${first}\r\n`);
    await bench.clock.advance(0);
    await bench.run(modem.close());
    expect(said('incomplete')).toEqual([
      `2 of 3 parts of a message came before the end: the modem does not store ${lost} of them, which are lost`,
    ]);
  });

  test('and is refused, and not offered any more because the program ends, is lost too', async () => {
    const modem = await openToReceive();
    bench.receiver.refuses = true;
    await push('one');
    await push('two');
    const slow = { message: () => new Promise<void>((resolve) => bench.clock.after(1_000, resolve)), report() {} };
    modem.receive(slow);
    await bench.clock.advance(100);
    await bench.run(modem.close());
    expect(said('hand-over-failed').filter((text) => text.includes('before the end'))).toHaveLength(1);
  });

  test('a +CNMA that is not answered is said, and the next message is taken', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', undefined, ok());
    await openToReceive();
    await push('one');
    await bench.clock.advance(60_000);
    expect(said('hand-over-failed')).toEqual([
      expect.stringMatching(
        /^the store could not be read, it will be tried again: AT\+CNMA was not answered within 10 s/,
      ),
    ]);
    await push('two');
    expect(texts()).toEqual(['one', 'two']);
  });

  test('a refused +CNMA is nobody’s trouble', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', line('+CMS ERROR: 340'));
    await openToReceive();
    await push('one');
    await bench.clock.advance(1_000);
    await push('two');
    await bench.clock.advance(1_000);
    expect(texts()).toEqual(['one', 'two']);
    expect(typedSince(0, /CNMA/)).toHaveLength(2);
    expect(said('hand-over-failed')).toEqual([]);
  });
});
