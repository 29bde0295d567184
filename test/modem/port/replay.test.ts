import { beforeEach, describe, expect, test } from 'vitest';
import {
  memoryPort,
  openModem,
  type Port,
  RecordingError,
  readRecording,
  recordingLine,
  replayPort,
  type TraceEvent,
  tracePort,
} from '../../../modem/index.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock();
});

async function run<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  await clock.runUntil(() => isDone, 600_000);
  return work;
}

/** Opens a modem, sends a message and closes it; what was traced. */
async function record(): Promise<TraceEvent[]> {
  const world = createWorld({ seed: 5, clock });
  const { port, farEnd } = memoryPort();
  world.addModem({ number: '+393330000001', pin: '4321' }).attach(farEnd);
  const events: TraceEvent[] = [];
  await session(
    tracePort(port, clock, (event) => events.push(event)),
    '4321',
  );
  return events;
}

async function session(port: Port, pin: string) {
  const modem = await run(openModem(port, { clock, pin, trustPin: true }));
  const content = { kind: 'text', text: 'Hello' } as const;
  const outcome = await run(modem.send({ id: '1', destination: '+393330000009', content }));
  await run(modem.close());
  await clock.advance(0);
  return outcome;
}

describe('a recording', () => {
  test('is read back as it was written', async () => {
    const events = await record();
    const text = events.map((event) => `${recordingLine(event)}\n`).join('');
    const read = readRecording(text);
    expect(read.map(recordingLine)).toEqual(events.map(recordingLine));
    expect(text).not.toContain(Buffer.from('4321').toString('hex'));
  });

  test.each([
    'x',
    '{}',
    '[]',
    'null',
    '5',
    '{"at":1,"kind":"sent"}',
    '{"at":"1","kind":"opened"}',
    '{"at":1,"kind":"sent","octets":"0"}',
  ])('with the line %s is refused, and the line is named', (line) => {
    expect(() => readRecording(`{"at":1,"kind":"opened"}\n${line}\n`)).toThrow(RecordingError);
    expect(() => readRecording(`{"at":1,"kind":"opened"}\n${line}\n`)).toThrow(/^line 2 of the recording/);
    expect(() => readRecording(`\n{"at":1,"kind":"opened"}\n \n${line}\n`)).toThrow(/^line 4 of the recording/);
  });
});

test.each([
  ['{"at":1,"kind":"closed"}', { at: 1, kind: 'closed' }],
  ['{"at":1,"kind":"closed","reason":5}', { at: 1, kind: 'closed' }],
  ['{"at":1,"kind":"closed","reason":"lost"}', { at: 1, kind: 'closed', reason: 'lost' }],
])('the end of a line, %s', (line, event) => {
  expect(readRecording(line)).toStrictEqual([event]);
});

describe('a replay', () => {
  test('drives the driver through the same session, whatever the PIN', async () => {
    const port = replayPort(await record(), clock);
    expect(await session(port, '9999')).toEqual({ kind: 'sent', references: [0] });
    expect(port.divergence).toBeUndefined();
    expect(port.isFinished).toBe(true);
  });

  test('says where the driver does something else', async () => {
    const events = (await record()).map((event) =>
      event.kind === 'sent' && Buffer.from(event.octets).toString() === 'ATE0\r'
        ? { ...event, octets: Buffer.from('ATE1\r') }
        : event,
    );
    const port = replayPort(events, clock);
    await expect(run(openModem(port, { clock }))).rejects.toThrow(/the recording has "ATE1/);
    expect(port.divergence).toMatchObject({ recorded: 'ATE1\r', typed: 'ATE0\r' });
  });

  test('cannot be opened more often than it was', async () => {
    const port = replayPort([], clock);
    await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({ code: 'missing' });
  });
});

describe('a replay, event by event', () => {
  const at = (ms: number, kind: 'sent' | 'received', text: string): TraceEvent => ({
    at: ms,
    kind,
    octets: Buffer.from(text),
  });
  const opened = (ms: number): TraceEvent => ({ at: ms, kind: 'opened' });
  const closed = (ms: number): TraceEvent => ({ at: ms, kind: 'closed' });

  /** A host that keeps what it hears and when, ms after the opening. */
  async function host(events: readonly TraceEvent[]) {
    const port = replayPort(events, clock);
    const heard: string[] = [];
    const open = async () => {
      const start = clock.now();
      await port.open({
        data: (octets) => heard.push(`${clock.now() - start} ${Buffer.from(octets)}`),
        closed: (reason) => heard.push(`${clock.now() - start} closed ${reason?.message}`),
      });
    };
    await open();
    return { port, heard, open, type: (text: string) => port.write(Buffer.from(text)) };
  }

  test.each([
    [1_000, 1_500, 'at the time of the recording'],
    [900, 1_500, 'a little early'],
    [899, 1_399, 'too early: the answer comes as long after it as in the recording'],
    [0, 500, 'at once'],
    [3_000, 3_500, 'late'],
  ])('the host types after %i ms and hears the answer after %i ms (%s)', async (typedAt, heardAt) => {
    const { port, heard, type } = await host([opened(50), at(1_050, 'sent', 'AT\r'), at(1_550, 'received', 'OK')]);
    await clock.advance(typedAt);
    await type('AT\r');
    await clock.advance(10_000);
    expect(heard).toEqual([`${heardAt} OK`, `${heardAt} closed the recording ends here`]);
    expect(port.isFinished).toBe(true);
  });

  test.each([
    [0, [1_000, 1_000]],
    [1_000, [1_000, 1_000]],
    [1_001, [1_000, 2_501]],
  ])('a command that was typed %i ms after an answer has its turn after %j ms', async (pauseMs, turns) => {
    const events = [opened(0), at(1_000, 'sent', 'AT\r'), at(1_500, 'received', 'OK')];
    const { port, type } = await host([...events, at(1_500 + pauseMs, 'sent', 'ATI\r'), closed(9_000)]);
    const start = clock.now();
    const told: number[] = [];
    port.onTurn(() => {
      told.push(clock.now() - start);
      if (told.length === 1) void type('AT\r');
    });
    await clock.advance(5_000);
    expect(told).toEqual(turns);
  });

  test('that is closed early has not played what the host did not type', async () => {
    const { port, heard } = await host([opened(0), at(1_000, 'sent', 'AT\r'), closed(2_000)]);
    await port.close();
    await clock.advance(5_000);
    expect([port.isFinished, port.remaining, heard]).toEqual([false, ['AT\r'], ['0 closed undefined']]);
  });

  test('says where the host types more than was recorded', async () => {
    const { port, heard, type } = await host([opened(0), at(0, 'sent', 'AT\r')]);
    await type('AT\rATI\r');
    await clock.advance(0);
    expect(port.divergence).toEqual({ event: 2, recorded: 'its end', typed: 'AT\rATI\r' });
    expect(heard).toEqual([expect.stringContaining('closed the recording ends here')]);
  });

  test('whose turn has come already says so to who asks later', async () => {
    const { port } = await host([opened(0), at(1_000, 'sent', 'AT\r')]);
    await clock.advance(1_000);
    let told = 0;
    port.onTurn(() => {
      told += 1;
    });
    expect([told, port.remaining]).toEqual([1, ['AT\r']]);
  });

  test('names what is still typed: commands, PDUs and ESC, however they were written', async () => {
    const sent = ['AT\r', 'AT+C', 'SQ\r', '00\x1a', '\x1b', 'A'].map((text) => at(0, 'sent', text));
    const { port, type } = await host([opened(0), ...sent]);
    expect(port.remaining).toEqual(['AT\r', 'AT+CSQ\r', '00\x1a', '\x1b']);
    await type('AT\r');
    expect(port.remaining).toEqual(['AT+CSQ\r', '00\x1a', '\x1b']);
  });

  test('opened again, begins with the recorded opening: no half of a command and no PIN is left over', async () => {
    const pin = at(10, 'sent', 'AT+CPIN=******\r');
    const { port, heard, open, type } = await host([opened(0), pin, closed(20), opened(30), at(40, 'sent', 'AT\r')]);
    await type('AT+CPIN="12');
    await port.close();
    await clock.advance(0);
    expect(heard).toEqual(['0 closed undefined']);
    await open();
    await type('AT\r');
    expect([port.divergence, port.isFinished]).toEqual([undefined, true]);
    await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({ code: 'missing' });
  });

  test('closed early, has still played the answer that was due, and the end', async () => {
    const answer = at(500, 'received', 'OK');
    const { port, heard, type } = await host([opened(0), at(10, 'sent', 'AT\r'), answer, closed(900)]);
    await type('AT\r');
    await port.close();
    await clock.advance(10_000);
    expect([heard, port.isFinished]).toEqual([['0 OK', '0 closed undefined'], true]);
    await expect(type('AT\r')).rejects.toMatchObject({ code: 'closed' });
  });

  test('names the first place where the host typed something else, without the PIN', async () => {
    const { port, open, type } = await host([opened(0), at(1, 'sent', 'AT\r'), opened(2), at(3, 'sent', 'ATI\r')]);
    await type('AT+CPIN="1234"\r');
    const first = { event: 1, recorded: 'AT\r', typed: 'AT+CPIN=******\r' };
    expect(port.divergence).toEqual(first);
    await open();
    await type('ATZ\r');
    expect(port.divergence).toEqual(first);
  });

  test('is lost as the recorded port was', async () => {
    const { heard } = await host([opened(0), { at: 700, kind: 'closed', reason: 'unplugged' }]);
    await clock.advance(1_000);
    expect(heard).toEqual(['700 closed unplugged']);
  });
});
