import { describe, expect, test } from 'vitest';
import { Notices } from '../../../device/firmware/notices.ts';
import { type Download, type Flash, memoryFlash, NO_DOWNLOAD } from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { settle } from '../bench.ts';

type Outcome = Awaited<ReturnType<Download['post']>>;

const TAKEN: Outcome = { kind: 'status', status: 200 };
const LOST: Outcome = { kind: 'lost', because: 'broken', reason: 'no network' };

/** A phone whose servers answer by the last part of the URL: what is not among the answers is taken. */
function notices(
  answers: Readonly<Record<string, () => Outcome | Promise<Outcome>>> = {},
  flash: Flash = memoryFlash(),
) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const download: Download = {
    ...NO_DOWNLOAD,
    async post(url) {
      asked.push(url);
      return (await answers[url]?.()) ?? TAKEN;
    },
  };
  const made = new Notices(flash, clock, download);
  const waiting = () => {
    const stored = flash.read('notices');
    return Array.isArray(stored) ? stored.map((one) => Object(one).url) : [];
  };
  return { made, clock, asked, waiting, flash };
}

// JSR-118, over the air provisioning, 6.
describe('Notices to servers', () => {
  test('wait while the phone is off, 20 of them: the oldest give way', async () => {
    const { made, clock, asked, waiting } = notices();
    for (let number = 1; number <= 22; number += 1) made.add(String(number), 900);
    await settle(clock);
    expect(asked).toEqual([]);
    expect([waiting().length, waiting()[0], waiting().at(-1)]).toEqual([20, '3', '22']);
    made.start();
    await settle(clock);
    expect([asked.length, asked[0], asked.at(-1), waiting()]).toEqual([20, '3', '22', []]);
  });

  test('one after the other; a server that never answers holds up the next for 10 s', async () => {
    const { made, clock, asked, waiting } = notices({ silent: () => new Promise<Outcome>(() => {}) });
    made.start();
    made.add('silent', 900);
    made.add('next', 900);
    await clock.advance(9_999);
    expect(asked).toEqual(['silent']);
    await clock.advance(1);
    await settle(clock);
    expect([asked, waiting()]).toEqual([['silent', 'next'], ['silent']]);
  });

  test('that were not taken are tried again with the next one, and the pause begins anew', async () => {
    const { made, clock, asked } = notices({ lost: () => LOST });
    made.start();
    made.add('lost', 900);
    await clock.advance(300_000);
    made.add('next', 912);
    await settle(clock);
    expect(asked).toEqual(['lost', 'lost', 'next']);
    await clock.advance(599_000);
    expect(asked).toHaveLength(3);
    await clock.advance(1_000);
    expect(asked).toEqual(['lost', 'lost', 'next', 'lost']);
  });

  test('are not tried while the phone is off, and leave no timer', async () => {
    const { made, clock, asked } = notices({ lost: () => LOST });
    made.start();
    made.add('lost', 900);
    await settle(clock);
    made.stop();
    expect(clock.next).toBeUndefined();
    made.start();
    await settle(clock);
    expect(asked).toHaveLength(2);
  });

  test('whose phone is switched off in the midst are kept, and the next is not told', async () => {
    const answer = Promise.withResolvers<Outcome>();
    const { made, clock, asked, waiting } = notices({ first: () => answer.promise });
    made.start();
    made.add('first', 900);
    made.add('second', 900);
    await settle(clock);
    made.stop();
    answer.resolve(LOST);
    await settle(clock);
    expect([asked, waiting(), clock.next]).toEqual([['first'], ['first', 'second'], undefined]);
  });
});
