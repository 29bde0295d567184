import { describe, expect, test } from 'vitest';
import { watchModem } from '../../../device/cli/modem-gauges.ts';
import type { ModemState } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

const READY: ModemState = { kind: 'ready', registration: 'home' };
const PERIOD_MS = 30_000;

/** A modem that says what it is told to say. */
function modem(dBm: number | undefined) {
  return {
    state: READY,
    dBm,
    fails: false,
    asked: 0,
    async operator() {
      this.asked += 1;
      return 'I-Sim';
    },
    async signal() {
      if (this.fails) throw new Error('no answer');
      return this.dBm === undefined ? {} : { dBm: this.dBm };
    },
  };
}

describe('The signal of the phone', () => {
  test.each([
    [undefined, 0],
    [-111, 0],
    [-110, 1],
    [-101, 1],
    [-100, 2],
    [-94, 2],
    [-93, 3],
    [-86, 3],
    [-85, 4],
    [-51, 4],
  ])('of %s dBm is drawn as %i bars', async (dBm, bars) => {
    const gauges = await watchModem(modem(dBm), new VirtualClock());
    expect(gauges.signal()).toBe(bars);
    gauges.stop();
  });

  test('is none after an error, and comes back with the next look', async () => {
    const clock = new VirtualClock();
    const line = modem(-60);
    const gauges = await watchModem(line, clock);
    line.fails = true;
    await clock.advance(PERIOD_MS);
    expect(gauges.signal()).toBe(0);
    line.fails = false;
    await clock.advance(PERIOD_MS);
    expect(gauges.signal()).toBe(4);
    gauges.stop();
  });

  test('is none, and the operator has no name, while the modem is not ready', async () => {
    const line = modem(-60);
    const gauges = await watchModem(line, new VirtualClock());
    expect([gauges.signal(), gauges.operator()]).toEqual([4, 'I-Sim']);
    line.state = { kind: 'lost', reason: 'hung up' };
    expect([gauges.signal(), gauges.operator()]).toEqual([0, '']);
    gauges.stop();
  });

  test('is not asked for after the end', async () => {
    const clock = new VirtualClock();
    const line = modem(-60);
    const gauges = await watchModem(line, clock);
    await clock.advance(PERIOD_MS - 1);
    expect(line.asked).toBe(1);
    await clock.advance(1);
    expect(line.asked).toBe(2);
    gauges.stop();
    await clock.advance(3 * PERIOD_MS);
    expect(line.asked).toBe(2);
  });

  test('is not asked for again when the end comes while the modem answers', async () => {
    const clock = new VirtualClock();
    const line = modem(-60);
    const gauges = await watchModem(line, clock);
    const answer = Promise.withResolvers<string>();
    line.operator = () => answer.promise;
    await clock.advance(PERIOD_MS);
    gauges.stop();
    answer.resolve('I-Sim');
    await clock.advance(0);
    expect(clock.next).toBeUndefined();
  });
});
