import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { memoryPort, openModem, recordingLine, type TraceEvent, tracePort } from '../../../modem/index.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';
import { inProcess } from '../../in-process.ts';

const anna = '+393330000001';
const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A program begins to receive and sends an SMS to itself at once, as `gsm-modem doctor --loopback` does: its commands and those
 * that list the memories come in turns. It closes the modem while it takes the SMS, so an announced place is not read.
 */
async function loopback(): Promise<readonly TraceEvent[]> {
  const clock = new VirtualClock();
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false;
    void work.finally(() => {
      isDone = true;
    });
    await clock.runUntil(() => isDone, 600_000);
    return work;
  };
  const world = createWorld({ seed: 5, clock });
  const { port, farEnd } = memoryPort();
  world.addModem({ number: anna }).attach(farEnd);
  const events: TraceEvent[] = [];
  const modem = await run(
    openModem(
      tracePort(port, clock, (event) => events.push(event)),
      { clock },
    ),
  );
  const closed = new Promise<void>((resolve) => {
    modem.receive({
      message: async () => {
        void modem.close().then(resolve);
      },
      report() {},
    });
  });
  void modem.send({ id: '1', destination: anna, content: { kind: 'text', text: 'Hello' } });
  await run(closed);
  await clock.advance(0);
  return events;
}

/** The same recording by a machine that stops the program for a while before it types each command. */
function withStalls(events: readonly TraceEvent[], stallMs: number): readonly TraceEvent[] {
  let lateMs = 0;
  return events.map((event) => {
    if (event.kind === 'sent' || event.kind === 'closed') lateMs += stallMs;
    return { ...event, at: event.at + lateMs };
  });
}

describe('a recording of commands of the program and of the driver in turns', () => {
  test.each([0, 6, 50, 200])('is replayed when each command came %i ms late', async (stallMs) => {
    const file = join(folder, 'loopback.jsonl');
    writeFileSync(
      file,
      withStalls(await loopback(), stallMs)
        .map(recordingLine)
        .join('\n'),
    );
    const { code, out } = await inProcess(gsmModem, 'replay', file);
    expect(out).toMatch(/\nmessage from \+393330000001\n/);
    expect(out).toMatch(/replayed \d+ events: the driver did the same\n$/);
    expect(code).toBe(0);
  });
});
