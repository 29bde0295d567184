import { beforeEach, describe, expect, test } from 'vitest';
import { type ModemState, memoryPort, openModem, type Port, PortError } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok } from '../scripted-modem.ts';
import { type Bench, createBench } from './bench.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const typed = (command: string) => bench.script.typed.filter((one) => one === command).length;
const states = () => bench.log.filter(({ kind }) => kind === 'state').map(({ text }) => text);
const setUp = () => bench.log.filter(({ kind }) => kind === 'setup').map(({ text }) => text);

describe('a modem that is lost', () => {
  /** A port that can be opened as long as `failure` is undefined, and when it was tried. */
  function flakyPort() {
    const { port, farEnd } = memoryPort('/dev/ttyX');
    const clock = new VirtualClock();
    const script = createBench(clock);
    const line = { failure: undefined as PortError | undefined, triedAt: [] as number[] };
    const flaky: Port = {
      ...port,
      async open(events) {
        line.triedAt.push(clock.now());
        if (line.failure !== undefined) throw line.failure;
        await port.open(events);
      },
    };
    farEnd.listen({
      opened() {},
      closed() {},
      data: (octets) => {
        const command = Buffer.from(octets).toString('latin1').replace(/\r$/, '');
        const answer = script.script.answerTo(command);
        if (answer !== undefined) farEnd.write(Buffer.from(answer, 'latin1'));
      },
    });
    return { clock, port: flaky, farEnd, line, run: script.run };
  }

  test('is opened again after 1, 2, 4, 8, 16 s and then every 30 s; after the next loss after 1 s', async () => {
    const { clock, port, farEnd, line, run } = flakyPort();
    const modem = await run(openModem(port, { clock }));
    for (let round = 0; round < 2; round += 1) {
      line.triedAt.length = 0;
      line.failure = new PortError('missing', port.name, 'gone');
      const lostAt = clock.now();
      farEnd.hangUp();
      await clock.advance(130_000);
      expect(line.triedAt.map((at) => (at - lostAt) / 1_000)).toEqual([1, 3, 7, 15, 31, 61, 91, 121]);
      line.failure = undefined;
      await clock.advance(60_000);
      expect(modem.state.kind).toBe('ready');
    }
    await modem.close();
  });

  test.each<[code: 'missing' | 'busy' | 'denied', seen: readonly string[]]>([
    ['missing', ['lost', 'opening', 'absent']],
    ['busy', ['lost', 'opening', 'lost', 'opening', 'lost', 'opening', 'lost']],
    ['denied', ['lost', 'opening', 'lost', 'opening', 'lost', 'opening', 'lost']],
  ])('and whose port is %s goes through %j', async (code, seen) => {
    const { clock, port, farEnd, line, run } = flakyPort();
    const modem = await run(openModem(port, { clock }));
    const kinds: string[] = [];
    const cancel = modem.onState(({ kind }) => kinds.push(kind));
    line.failure = new PortError(code, port.name, 'it does not open');
    farEnd.hangUp();
    await clock.advance(10_000);
    expect(kinds).toEqual(seen);
    cancel();
    line.failure = undefined;
    await clock.advance(60_000);
    expect([modem.state.kind, kinds]).toEqual(['ready', seen]);
    await modem.close();
  });

  test('answers no question and runs no command meanwhile', async () => {
    const modem = await bench.open();
    bench.unplug();
    await bench.clock.advance(0);
    const reason = /memory: the modem is lost: memory was unplugged/;
    for (const question of [modem.signal(), modem.imsi(), modem.ownNumbers(), modem.ussd('*100#')]) {
      await expect(question).rejects.toMatchObject({ code: 'not-open', message: expect.stringMatching(reason) });
    }
    expect(await modem.run({ text: 'AT+CSQ' })).toMatchObject({ kind: 'aborted', payloadTyped: false });
    await modem.close();
  });

  test('that comes back as another one stays lost, also when it tells its IMEI only after the PIN', async () => {
    const modem = await bench.open();
    bench.script.when('AT+CGSN', line('ERROR'));
    bench.unplug();
    await bench.clock.advance(10_000);
    expect(modem.state.kind).toBe('ready');
    expect(modem.identity.imei).toBe('350123451234560');
    bench.script.when('AT+CGSN', ok('350123451234999'));
    bench.unplug();
    await bench.clock.advance(60_000);
    expect(modem.state).toMatchObject({ kind: 'lost', reason: expect.stringContaining('350123451234999') });
    await modem.close();
  });
});

describe('what a modem cannot do', () => {
  test('is logged once, and again when it was able to meanwhile', async () => {
    const isRefused = /^AT\+CPMS="/;
    const reopen = async (answer: string) => {
      bench.script.when(isRefused, answer);
      bench.unplug();
      await bench.clock.advance(60_000);
    };
    bench.script.when(isRefused, line('ERROR')).when('AT+CPMS?', ok('+CPMS: "SM",0,20,"SM",0,20,"SM",0,20'));
    const modem = await bench.open();
    expect(setUp()).toHaveLength(1);
    await reopen(line('ERROR'));
    expect([setUp().length, modem.state.kind]).toEqual([1, 'ready']);
    await reopen(ok('+CPMS: 0,20,0,20,0,20'));
    await reopen(line('ERROR'));
    expect(setUp()).toHaveLength(2);
    await modem.close();
  });
});

describe('the watch', () => {
  test.each<[registration: string, everyMs: number]>([
    ['1,1', 10_000],
    ['1,5', 10_000],
    ['0,4', 10_000],
    ['1,2', 5_000],
    ['1,3', 5_000],
  ])('asks a modem in +CREG: %s every %i ms', async (registration, everyMs) => {
    const modem = await bench.open();
    bench.script.when('AT+CREG?', ok(`+CREG: ${registration}`));
    await bench.clock.advance(60_000);
    const before = typed('AT+CREG?');
    await bench.clock.advance(600_000);
    const times = typed('AT+CREG?') - before;
    // A refused `+CEREG?` and the answers take some time of each round.
    expect([times <= 600_000 / everyMs, times >= 540_000 / everyMs]).toEqual([true, true]);
    await modem.close();
    const closed = bench.script.typed.length;
    await bench.clock.advance(600_000);
    expect(bench.script.typed).toHaveLength(closed);
  });

  test.each([
    [0, 10_000],
    [50, 10_000],
    [500, 12_000],
    [2_000, 18_000],
  ])(
    'of a modem that takes %i ms for an answer pauses %i ms, so that other commands have time',
    async (ms, pauseMs) => {
      const slow = createBench(new VirtualClock(), { commandMs: ms });
      const modem = await slow.open();
      const typedAt: number[] = [];
      slow.script.when('AT+CREG?', () => {
        typedAt.push(slow.clock.now());
        return ok('+CREG: 1,1');
      });
      await slow.clock.advance(120_000);
      const [first = 0, second = 0] = typedAt.slice(-2);
      expect(second - first - ms).toBe(pauseMs);
      await modem.close();
    },
  );

  test('is one timer, however often the registration is announced', async () => {
    const modem = await bench.open();
    for (let time = 0; time < 20; time += 1) bench.script.say(line('+CREG: 1'));
    await bench.clock.advance(0);
    const before = typed('AT+CREG?');
    await bench.clock.advance(11_000);
    expect(typed('AT+CREG?') - before).toBe(1);
    await modem.close();
  });

  test('of a modem that was lost does not go on beside that of its next opening', async () => {
    const modem = await bench.open();
    await bench.clock.advance(1_000);
    bench.unplug();
    await bench.clock.advance(5_000);
    expect(modem.state.kind).toBe('ready');
    const before = typed('AT+CREG?');
    await bench.clock.advance(5_000);
    expect(typed('AT+CREG?') - before).toBe(0);
    await modem.close();
  });

  test('asks every minute for what a reboot changes, and between two minutes for the registration alone', async () => {
    const modem = await bench.open();
    const before = { setting: typed('AT+CNMI?'), sim: typed('AT+CPIN?') };
    await bench.clock.advance(599_000);
    expect([typed('AT+CNMI?') - before.setting, typed('AT+CPIN?') - before.sim]).toEqual([9, 9]);
    await modem.close();
  });

  test('a modem that reboots with its answer is lost until it is opened again, and not ready in between', async () => {
    const modem = await bench.open();
    const entered: string[] = [];
    modem.onState(({ kind }) => entered.push(kind));
    bench.script.when('AT+CREG?', `${ok('+CREG: 1,1')}${line('RDY')}`, ok('+CREG: 1,1'));
    await bench.clock.advance(10_500);
    expect(entered).toEqual(['lost']);
    await bench.clock.advance(60_000);
    expect(entered).toEqual(['lost', 'opening', 'identified', 'ready']);
    await modem.close();
  });

  test.each([
    [0, 20_000, 37_000],
    [1_000, 40_000, 60_000],
    [10_000, 120_000, 210_000],
  ])(
    'finds that a modem which takes %i ms a command hangs, after %i to %i ms',
    async (commandMs, earliestMs, latestMs) => {
      bench = createBench(new VirtualClock(), { commandMs });
      const modem = await bench.open();
      await bench.clock.advance(300_000);
      expect(states().filter((text) => text.startsWith('lost'))).toEqual([]);
      bench.script.when(/.*/, undefined);
      const start = bench.clock.now();
      let lostAt = 0;
      modem.onState(({ kind }) => {
        if (kind === 'lost' && lostAt === 0) lostAt = bench.clock.now() - start;
      });
      await bench.clock.advance(400_000);
      expect(lostAt).toBeGreaterThan(earliestMs);
      expect(lostAt).toBeLessThan(latestMs);
      await modem.close();
    },
  );

  test.each([
    ['SMS DONE', 1],
    ['SMS READY', 1],
    ['Call Ready', 1],
    ['PB DONE', 1],
    ['+CPIN: READY', 1],
    ['+CPIN: SIM PIN', 0],
    ['+CPIN: NOT READY', 0],
    ['RING', 0],
  ])('looks after the modem when that says %s: %i times', async (code, times) => {
    const modem = await bench.open();
    const before = typed('AT+CREG?');
    bench.script.say(line(code));
    await bench.clock.advance(1_000);
    expect(typed('AT+CREG?') - before).toBe(times);
    await modem.close();
  });

  test.each<[what: string, answers: (bench: Bench) => void, reason: RegExp]>([
    [
      'another +CNMI',
      ({ script }) => script.when('AT+CNMI?', ok('+CNMI: 0,0,0,0,0')),
      /lost its settings: it rebooted/,
    ],
    ['a SIM that wants its PIN', ({ script }) => script.when('AT+CPIN?', ok('+CPIN: SIM PIN')), /SIM is locked again/],
    ['a SIM that wants a PUK', ({ script }) => script.when('AT+CPIN?', line('+CME ERROR: 12')), /SIM is locked again/],
  ])('finds that the modem has rebooted by %s', async (_what, arrange, reason) => {
    const modem = await bench.open();
    const lost: ModemState[] = [];
    modem.onState((state) => state.kind === 'lost' && lost.push(state));
    arrange(bench);
    await bench.clock.advance(61_000);
    expect(lost[0]).toMatchObject({ kind: 'lost', reason: expect.stringMatching(reason) });
    await modem.close();
  });

  test('takes a refused +CNMI? for no reboot', async () => {
    const modem = await bench.open();
    bench.script.when('AT+CNMI?', line('ERROR'));
    await bench.clock.advance(200_000);
    expect(states()).toEqual(['identified: Cash Mobile Bench', 'ready: home']);
    await modem.close();
  });

  test('takes a +CNMI? that differs for no reboot where no setting was taken', async () => {
    bench.script.when(/^AT\+CNMI=\d/, line('ERROR')).when('AT+CNMI?', ok('+CNMI: 0,0,0,0,0'));
    const modem = await bench.open();
    await bench.clock.advance(200_000);
    expect(states()).toEqual(['identified: Cash Mobile Bench', 'ready: home']);
    await modem.close();
  });

  test('ignores an announced registration that no standard has', async () => {
    const modem = await bench.open();
    bench.script.say(line('+CREG: 99'));
    await bench.clock.advance(0);
    expect(modem.state).toEqual({ kind: 'ready', registration: 'home' });
    await modem.close();
  });
});

describe('closing', () => {
  test('ends for good, once: nothing is opened or typed afterwards', async () => {
    const modem = await bench.open();
    await bench.run(modem.close());
    await bench.run(modem.close());
    const before = bench.script.typed.length;
    await bench.clock.advance(600_000);
    expect([modem.state.kind, bench.script.typed.length]).toEqual(['closed', before]);
    const again = await bench.open();
    const later: string[] = [];
    again.onState(({ kind }) => later.push(kind));
    await bench.run(modem.close());
    await bench.clock.advance(10_000);
    expect([again.state.kind, later]).toEqual(['ready', []]);
    await bench.run(again.close());
    expect(states().slice(0, 3)).toEqual(['identified: Cash Mobile Bench', 'ready: home', 'closed']);
  });

  test.each([
    ['open', () => {}],
    ['lost', () => bench.unplug()],
  ])('leaves no timer that would keep the program running: %s', async (_what, arrange) => {
    const modem = await bench.open();
    modem.receive(bench.receiver);
    await bench.clock.advance(1_000);
    arrange();
    await bench.clock.advance(500);
    await bench.run(modem.close());
    expect(bench.clock.next).toBeUndefined();
  });

  test('runs commands until then', async () => {
    const modem = await bench.open();
    bench.script.when('AT+CSQ', ok('+CSQ: 20,0'));
    const command = { text: 'AT+CSQ', response: { prefix: '+CSQ:' } };
    expect(await bench.run(modem.run(command))).toMatchObject({ kind: 'ok', lines: [{ text: '+CSQ: 20,0' }] });
    await bench.run(modem.close());
    expect(await modem.run(command)).toMatchObject({ kind: 'aborted' });
  });

  test.each<[when: string, afterMs: number]>([
    ['between two openings', 500],
    ['while the modem is opened again', 1_100],
  ])('%s ends it: the port is free, and is not opened again', async (_when, afterMs) => {
    const modem = await bench.open();
    bench.unplug();
    bench.script.when('AT+CGMI', () => {
      bench.clock.after(5_000, () => bench.script.say(ok('Cash Mobile')));
      return undefined;
    });
    await bench.clock.advance(afterMs);
    await bench.run(modem.close());
    await bench.clock.advance(600_000);
    expect(modem.state.kind).toBe('closed');
    expect(states().at(-1)).toBe('closed');
    bench.script.when('AT+CGMI', ok('Cash Mobile'));
    const again = await bench.open();
    expect(again.state.kind).toBe('ready');
    await again.close();
  });
});
