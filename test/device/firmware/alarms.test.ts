import { describe, expect, test } from 'vitest';
import { Alarms } from '../../../device/firmware/alarms.ts';
import { type Flash, FlashError, memoryFlash } from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

/** Alarms on a clock, and what rang: the time since the begin in seconds, and who is due. */
function alarms(flash: Flash = memoryFlash(), clock = new VirtualClock()) {
  const begin = clock.now();
  const rang: string[] = [];
  const made: Alarms = new Alarms(
    flash,
    clock,
    () => void rang.push(`${(clock.now() - begin) / 1000}: ${made.due.join(' ')}`),
  );
  made.start();
  const set = (application: string, seconds: number | undefined) =>
    made.set(application, seconds === undefined ? undefined : begin + seconds * 1000);
  return { made, rang, set, clock, flash, begin };
}

describe('The alarms of applications (JSR-118, PushRegistry.registerAlarm)', () => {
  test('ring one after the other, the earliest first, whichever was set first', async () => {
    const { set, rang, clock } = alarms();
    set('B', 20);
    set('A', 10);
    set('C', 30);
    await clock.advance(60_000);
    expect(rang).toEqual(['10: A', '20: B A', '30: B A C']);
  });

  test('are due from their very millisecond on, not before', async () => {
    const { set, made, clock } = alarms();
    set('A', 10);
    await clock.advance(9_999);
    expect(made.due).toEqual([]);
    await clock.advance(1);
    expect(made.due).toEqual(['A']);
  });

  test('that are moved ring once, at the new time', async () => {
    const { set, rang, clock, begin } = alarms();
    set('A', 10);
    expect(set('A', 20)).toBe(begin + 10_000);
    await clock.advance(60_000);
    expect(rang).toEqual(['20: A']);
  });

  test('that are taken back do not ring; what was set is told once', async () => {
    const { set, rang, clock, begin } = alarms();
    expect(set('A', 10)).toBeUndefined();
    expect(set('A', undefined)).toBe(begin + 10_000);
    expect(set('A', undefined)).toBeUndefined();
    await clock.advance(60_000);
    expect(rang).toEqual([]);
  });

  test('do not ring while the phone is off, and are due when it is on again', async () => {
    const { set, made, rang, clock, flash } = alarms();
    set('A', 10);
    made.stop();
    await clock.advance(60_000);
    expect(rang).toEqual([]);
    const again = alarms(flash, clock);
    expect(again.made.due).toEqual(['A']);
    await clock.advance(60_000);
    expect(again.rang).toEqual([]);
  });

  test.each([
    ['that is due is over once its application was started', 10, 10, []],
    ['that is to come stays when its application is started before', 10, 9, ['10: A']],
  ])('one %s', async (_name, at, startedAt, later) => {
    const { set, made, rang, clock } = alarms();
    set('A', at);
    await clock.advance(startedAt * 1000);
    rang.length = 0;
    made.serve('A', (started) => started());
    expect(made.due).toEqual([]);
    await clock.advance(60_000);
    expect(rang).toEqual(later);
  });

  test('one is due until its application has started, which may take a while', async () => {
    const { set, made, clock } = alarms();
    set('A', 10);
    await clock.advance(10_000);
    let done = () => {};
    made.serve('A', (started) => {
      done = started;
    });
    expect(made.due).toEqual(['A']);
    done();
    expect(made.due).toEqual([]);
  });

  // The application sets its alarm to a time of the past each time it is started for it.
  test('of one application start it every 10 s at most, those of another at once', async () => {
    const { set, made, rang, clock } = alarms();
    const serve = () =>
      made.serve('A', (started) => {
        started();
        set('A', -5);
      });
    set('A', 0);
    serve();
    expect(made.due).toEqual([]);
    set('B', 0);
    expect(made.due).toEqual(['B']);
    await clock.advance(9_999);
    expect(rang).toEqual([]);
    await clock.advance(1);
    expect(rang).toEqual(['10: A B']);
    serve();
    await clock.advance(10_000);
    expect(rang).toEqual(['10: A B', '20: B A']);
  });

  test('of the applications of one suite start one of them every 10 s at most', async () => {
    const { set, made, rang, clock } = alarms();
    set('A', 0);
    made.serve('A', (started) => {
      started();
      for (const application of ['A', 'A/Second', 'A/Third']) set(application, -5);
    });
    expect(made.due).toEqual([]);
    await clock.advance(9_999);
    expect(rang).toEqual([]);
    await clock.advance(1);
    expect(made.due).toContain('A/Second');
    made.serve('A/Second', (started) => started());
    expect(made.due).toEqual([]);
  });

  test('that is set to the past during the start itself rings after 10 s too', async () => {
    const { set, made, rang, clock } = alarms();
    set('A', 0);
    made.serve('A', (started) => {
      set('A', -1);
      started();
    });
    await clock.advance(10_000);
    expect(rang).toEqual(['10: A']);
  });

  test('are not held up by a clock that was set back', () => {
    const { set, made, clock, flash } = alarms();
    set('A', 0);
    made.serve('A', (started) => started());
    expect(alarms(flash, clock).made.due).toEqual([]);
    let now = clock.now();
    const back = new Alarms(memoryFlash(), { now: () => now, after: () => () => {} }, () => {});
    back.set('A', now);
    back.serve('A', (started) => started());
    now -= 3_600_000;
    back.set('A', now - 1);
    expect(back.due).toEqual(['A']);
  });

  test('that ends its start after the phone was switched off leaves no timer', () => {
    const { set, made, clock } = alarms();
    set('A', 0);
    set('B', 60);
    let done = () => {};
    made.serve('A', (started) => {
      done = started;
    });
    made.stop();
    done();
    expect(clock.next).toBeUndefined();
  });

  test('that were set before the phone was switched off ring when it is on again', async () => {
    const { set, made, rang, clock, flash } = alarms();
    set('A', 10);
    made.stop();
    const again = alarms(flash, clock);
    await clock.advance(60_000);
    expect([rang, again.rang]).toEqual([[], ['10: A']]);
  });

  test('is over for this phone, and rings after the next start, when the flash cannot take it out', async () => {
    const inner = memoryFlash();
    let fails = false;
    const flash: Flash = {
      ...inner,
      write(name, value) {
        if (fails) throw new FlashError('failed', 'no');
        inner.write(name, value);
      },
    };
    const { set, made, clock } = alarms(flash);
    set('A', 0);
    fails = true;
    made.serve('A', (started) => started());
    // Longer than the phone waits before it starts an application for an alarm again.
    await clock.advance(60_000);
    expect([made.due, alarms(flash, clock).made.due]).toEqual([[], ['A']]);
  });

  test('one that the application sets as it starts stays, and so does that of another', async () => {
    const { set, made, clock } = alarms();
    set('A', 10);
    set('B', 10);
    await clock.advance(10_000);
    made.serve('A', (started) => {
      set('A', 20);
      started();
    });
    expect(made.due).toEqual(['B']);
    await clock.advance(10_000);
    expect(made.due).toEqual(['B', 'A']);
    made.serve('B', (started) => {
      set('A', 15);
      started();
    });
    expect(made.due).toEqual(['A']);
  });
});
