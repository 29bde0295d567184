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
    '{"at":1,"kind":"sent"}',
    '{"at":"1","kind":"opened"}',
    '{"at":1,"kind":"sent","octets":"0"}',
  ])('with the line %s is refused, and the line is named', (line) => {
    expect(() => readRecording(`{"at":1,"kind":"opened"}\n${line}\n`)).toThrow(RecordingError);
    expect(() => readRecording(`{"at":1,"kind":"opened"}\n${line}\n`)).toThrow(/^line 2 of the recording/);
  });
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
