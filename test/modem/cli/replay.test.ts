import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { type Modem, memoryPort, openModem, recordingLine, type TraceEvent, tracePort } from '../../../modem/index.ts';
import { createWorld, VirtualClock, type World } from '../../../sim/index.ts';
import { inProcess } from '../../in-process.ts';

const anna = '+393330000001';
const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What passes on the line while a program uses a modem of a network of its own. @param passed is told of each event */
async function recordingOf(
  use: (modem: Modem) => Promise<void>,
  passed: (text: string, world: World) => void = () => {},
) {
  const clock = new VirtualClock();
  const world = createWorld({ seed: 5, clock });
  const { port, farEnd } = memoryPort();
  world.addModem({ number: anna }).attach(farEnd);
  const events: TraceEvent[] = [];
  const traced = tracePort(port, clock, (event) => {
    events.push(event);
    if ('octets' in event) passed(Buffer.from(event.octets).toString(), world);
  });
  let isDone = false;
  void openModem(traced, { clock })
    .then(use)
    .then(() => {
      isDone = true;
    });
  await clock.runUntil(() => isDone, 600_000);
  await clock.advance(0);
  return events;
}

/** Receives until a message comes, and closes the modem while the message is being taken, after `pause`. */
function receiveOne(modem: Modem, pause = Promise.resolve()): Promise<void> {
  return new Promise((resolve) => {
    modem.receive({
      async message() {
        await pause;
        resolve(modem.close());
      },
      report() {},
    });
  });
}

/** The same recording by a machine that stops the program for a while before it types each command. */
function withStalls(events: readonly TraceEvent[], stallMs: number): readonly TraceEvent[] {
  let lateMs = 0;
  return events.map((event) => {
    if (event.kind === 'sent' || event.kind === 'closed') lateMs += stallMs;
    return { ...event, at: event.at + lateMs };
  });
}

async function replay(events: readonly TraceEvent[]) {
  const file = join(folder, 'recording.jsonl');
  writeFileSync(file, events.map(recordingLine).join('\n'));
  const { code, out } = await inProcess(gsmModem, 'replay', file);
  expect(out).toMatch(/\nmessage from \+393330000001\n/);
  expect(out).toMatch(/replayed \d+ events: the driver did the same\n$/);
  expect(code).toBe(0);
}

describe('a recording is replayed', () => {
  test.each([0, 6, 50, 200])(
    'where commands of the program and of the driver came in turns, each %i ms late',
    async (stallMs) => {
      // As `gsm-modem doctor --loopback`: the memories are listed while an SMS is sent.
      const events = await recordingOf(async (modem) => {
        const received = receiveOne(modem);
        void modem.send({ id: '1', destination: anna, content: { kind: 'text', text: 'Hello' } });
        await received;
      });
      await replay(withStalls(events, stallMs));
    },
  );

  test('where the program closed the modem while an announced place waited to be read', async () => {
    let passed = '';
    const announced = Promise.withResolvers<void>();
    const events = await recordingOf(
      (modem) => receiveOne(modem, announced.promise),
      (text, world) => {
        passed += text;
        if (text.includes('+CMTI: "SM",2')) announced.resolve();
        const words = text === 'AT+CMGL=4\r' ? ['first', 'second'] : [];
        for (const word of words) world.deliver({ to: anna, from: anna, content: { kind: 'text', text: word } });
      },
    );
    expect(passed).not.toContain('AT+CMGR=2');
    await replay(events);
  });
});
