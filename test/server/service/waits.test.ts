import { describe, expect, it } from 'vitest';
import { Journal } from '../../../server/journal/journal.ts';
import { Waits } from '../../../server/service/waits.ts';
import type { ServiceEvent } from '../../../server/vocabulary/events.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

async function open() {
  const clock = new VirtualClock();
  const store = await testStore(clock);
  const journal = new Journal(clock);
  const waits = new Waits(clock, journal);
  let miss = () => {};
  journal.listenElsewhere({
    onWake(_, listener) {
      miss = () => listener(undefined);
      return () => {};
    },
    read: (work) => store.read(work),
  });
  const begun = clock.now();
  const ended: string[] = [];
  const note = (name: string, wait: Promise<void>) =>
    void wait.then(() => ended.push(`${name} after ${clock.now() - begun} ms`));
  const happen = (reason: string) => store.transaction('event', (tx) => journal.record(tx, { kind: 'fault', reason }));
  const matches = (reason: string) => (event: ServiceEvent) => event.kind === 'fault' && event.reason === reason;
  return { clock, waits, ended, note, happen, matches, miss: () => miss() };
}

describe('who waits for an event', () => {
  it('hears of it, and of no other; or stops after the limit', async () => {
    const { clock, waits, ended, note, happen, matches } = await open();
    note(
      'a',
      waits.forEvent(10_000, 'service', matches('a'), async () => 'wait'),
    );
    note(
      'b',
      waits.forEvent(10_000, 'service', matches('b'), async () => 'wait'),
    );
    await clock.advance(1_000);
    await happen('a');
    await clock.advance(20_000);
    expect(ended).toEqual(['a after 1000 ms', 'b after 10000 ms']);
  });

  it('does not wait when the look says so, or when the event came while it looked', async () => {
    const { clock, waits, ended, note, happen, matches } = await open();
    note(
      'done',
      waits.forEvent(10_000, 'service', matches('a'), async () => 'done'),
    );
    const look = async () => {
      await happen('a');
      return 'wait' as const;
    };
    note('meanwhile', waits.forEvent(10_000, 'service', matches('a'), look));
    await clock.advance(1);
    expect(ended).toEqual(['done after 0 ms', 'meanwhile after 0 ms']);
  });

  it('looks again when an event may have been missed, and goes on waiting for the rest of its time', async () => {
    const { clock, waits, ended, note, happen, matches, miss } = await open();
    const looks: string[] = [];
    const looking =
      (name: string, ...answers: readonly ('wait' | 'done')[]) =>
      async () => {
        looks.push(`${name} ${clock.now()}`);
        return answers[looks.filter((look) => look.startsWith(name)).length - 1] ?? 'wait';
      };
    const begun = clock.now();
    note('in vain', waits.forEvent(10_000, 'service', matches('never'), looking('in vain')));
    note('found', waits.forEvent(10_000, 'service', matches('never'), looking('found', 'wait', 'wait', 'done')));
    note('told', waits.forEvent(10_000, 'service', matches('a'), looking('told')));
    await clock.advance(1_000);
    miss();
    await clock.advance(1_000);
    await happen('a');
    await clock.advance(1_000);
    miss();
    await clock.advance(20_000);
    miss();
    await clock.advance(1);
    expect(ended).toEqual(['told after 2000 ms', 'found after 3000 ms', 'in vain after 10000 ms']);
    const at = (ms: number) => begun + ms;
    expect(looks).toEqual([
      ...[`in vain ${at(0)}`, `found ${at(0)}`, `told ${at(0)}`],
      ...[`in vain ${at(1_000)}`, `found ${at(1_000)}`, `told ${at(1_000)}`],
      ...[`in vain ${at(3_000)}`, `found ${at(3_000)}`],
    ]);
  });

  it('looks again when an event may have been missed while it looked', async () => {
    const { clock, waits, ended, note, matches, miss } = await open();
    let looks = 0;
    const look = async () => {
      looks += 1;
      if (looks === 1) miss();
      return looks === 1 ? ('wait' as const) : ('done' as const);
    };
    note('a', waits.forEvent(10_000, 'service', matches('a'), look));
    await clock.advance(1);
    expect(ended).toEqual(['a after 0 ms']);
  });

  it('looks no more when the limit is over, whatever may have been missed', async () => {
    const { clock, waits, ended, note, matches, miss } = await open();
    let looks = 0;
    const look = async () => {
      looks += 1;
      miss();
      await new Promise<void>((resolve) => void clock.after(6_000, resolve));
      return 'wait' as const;
    };
    note('a', waits.forEvent(10_000, 'service', matches('a'), look));
    await clock.advance(60_000);
    expect({ ended, looks }).toEqual({ ended: ['a after 12000 ms'], looks: 2 });
  });

  it('hears of no other subject', async () => {
    const { clock, waits, ended, note, happen, matches } = await open();
    note(
      'a',
      waits.forEvent(10_000, '0123456789abcdef', matches('a'), async () => 'wait'),
    );
    await happen('a');
    await clock.advance(20_000);
    expect(ended).toEqual(['a after 10000 ms']);
  });

  it('listens no longer than it waits', async () => {
    const { waits, happen } = await open();
    const heard: string[] = [];
    const listen = (event: ServiceEvent) => {
      heard.push(event.kind);
      return true;
    };
    await waits.forEvent(10_000, 'service', listen, async () => 'done');
    await happen('later');
    expect(heard).toEqual([]);
  });

  it('hears what a look throws', async () => {
    const { waits, matches } = await open();
    const failing = waits.forEvent(10_000, 'service', matches('a'), async () => {
      throw new Error('not there');
    });
    await expect(failing).rejects.toThrow('not there');
  });

  it('stops when the service is closed', async () => {
    const { clock, waits, ended, note, matches } = await open();
    note(
      'a',
      waits.forEvent(10_000, 'service', matches('a'), async () => 'wait'),
    );
    await clock.advance(500);
    waits.close();
    await clock.advance(1);
    expect(ended).toEqual(['a after 500 ms']);
  });

  it('is left in peace afterwards: nothing is called again, nothing stays on the clock', async () => {
    const { clock, waits, note } = await open();
    let stopped = 0;
    let end = () => {};
    note(
      'a',
      waits.until(10_000, (ends) => {
        end = ends;
        return () => {
          stopped += 1;
        };
      }),
    );
    end();
    waits.close();
    await clock.advance(20_000);
    expect(stopped).toBe(1);
  });
});
