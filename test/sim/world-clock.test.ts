import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, sleep } from '../../modem/index.ts';
import { type Pace, paceOf, paceText, VirtualClock, WorldClock } from '../../sim/index.ts';

const START = 1_000_000;

/** A world's clock over a machine's that is moved by hand, and what fires on it: names with the world's time, and the machine's. */
function clocks(pace: Pace) {
  const machine = new VirtualClock(0);
  const clock = new WorldClock({ real: machine, start: START, pace });
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name}@${clock.now() - START}/${machine.now()}`);
  return { machine, clock, fired, note };
}

/** Lets the machine's time go on, ms by ms, with time for everything that happens in each. */
async function pass(machine: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1) {
    await machine.advance(1);
    await breathe(machine);
  }
}

/** Lets the machine's promises and immediates run. */
async function breathe(machine: VirtualClock): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await machine.advance(0);
}

/** Lets the machine's immediates run until `promise` settles; its time stands still. */
async function settled(machine: VirtualClock, promise: Promise<void>): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  while (!over) await machine.advance(0);
  await promise;
}

test.each([
  ['real', 1, ['a@10/10', 'b@30/30']],
  ['x10', 10, ['a@10/1', 'b@30/3']],
  ['x0.5', 0.5, ['a@10/20', 'b@30/60']],
])('%s: a timer fires when its time has come', async (word, factor, expected) => {
  const { machine, clock, fired, note } = clocks(paceOf(word) ?? { kind: 'stopped' });
  expect(clock.pace).toEqual({ kind: 'speed', factor });
  clock.after(30, note('b'));
  clock.after(10, note('a'));
  const cancel = clock.after(20, note('never'));
  cancel();
  await pass(machine, 100);
  expect(fired).toEqual(expected);
  expect(clock.now()).toBe(START + 100 * factor);
});

test('many timers that the machine is late for fire in order, each at its own instant', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'speed', factor: 1000 });
  for (const at of [900, 300, 600]) clock.after(at, note(`t${at}`));
  await pass(machine, 2);
  expect(fired).toEqual(['t300@300/1', 't600@600/1', 't900@900/1']);
});

test('stopped: nothing happens until it is stepped, and then what is due', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'stopped' });
  clock.after(10, note('a'));
  clock.after(30, note('b'));
  await pass(machine, 1_000);
  expect([fired, clock.now()]).toEqual([[], START]);
  const stepped = clock.step(20);
  await breathe(machine);
  await stepped;
  expect([fired, clock.now()]).toEqual([['a@10/1000'], START + 20]);
});

test('a step while time goes moves on at once, and then at the same pace', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'speed', factor: 1 });
  clock.after(60_000, note('retry'));
  const stepped = clock.step(60_000);
  await breathe(machine);
  await stepped;
  expect(fired).toEqual(['retry@60000/0']);
  await pass(machine, 5);
  expect(clock.now()).toBe(START + 60_005);
});

test('fast: from event to event at once, a week too', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'fast' });
  clock.after(7 * 86_400_000, note('validity'));
  void sleep(clock, 10).then(() => sleep(clock, 10).then(note('chain')));
  await breathe(machine);
  expect(fired).toEqual(['chain@20/0', 'validity@604800000/0']);
});

test('fast: while a host speaks time stands still, and goes on 50 ms after its last octet', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'fast' });
  clock.touch();
  clock.after(5, note('a'));
  await pass(machine, 40);
  clock.touch();
  await pass(machine, 40);
  expect(fired).toEqual([]);
  await pass(machine, 40);
  expect(fired).toEqual(['a@5/90']);
});

test('the pace is switched while it goes', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'speed', factor: 1 });
  clock.after(100, note('a'));
  await pass(machine, 10);
  clock.pace = { kind: 'stopped' };
  await pass(machine, 1_000);
  expect([fired, clock.now()]).toEqual([[], START + 10]);
  clock.pace = { kind: 'speed', factor: 9 };
  await pass(machine, 10);
  expect(fired).toEqual(['a@100/1020']);
  clock.after(1_000_000, note('b'));
  clock.pace = { kind: 'fast' };
  await breathe(machine);
  expect(fired.at(-1)).toBe('b@1000100/1020');
});

test('a closed clock fires nothing any more', async () => {
  const { machine, clock, fired, note } = clocks({ kind: 'speed', factor: 1 });
  clock.after(10, note('a'));
  clock.close();
  await pass(machine, 100);
  expect(fired).toEqual([]);
});

test("on the machine itself it keeps the machine's time", async () => {
  const clock: Clock = new WorldClock();
  const before = clock.now();
  await sleep(clock, 20);
  expect(clock.now() - before).toBeGreaterThanOrEqual(20);
});

test.each(['real', 'x100', 'x0.25', 'x0.001', 'x100000', 'stopped', 'fast'])(
  'the pace %s is written as it is read',
  (word) => {
    expect(paceText(paceOf(word) ?? { kind: 'speed', factor: 77 })).toBe(word);
  },
);

test.each(['', 'x', 'x0', 'x-1', 'x1000000', 'x100001', 'x0.0009', 'x1.', 'x.5', 'xx2', 'x2x', 'slow', 'X2'])(
  '"%s" is no pace',
  (word) => {
    expect(paceOf(word)).toBeUndefined();
  },
);

/** What one can do to a clock: arrange a timer, let the machine's time go on, change the pace, step. */
const doings = fc.array(
  fc.oneof(
    fc.record({ after: fc.nat(200) }),
    fc.record({ pass: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ pace: fc.constantFrom('real', 'x7', 'x0.5', 'stopped', 'fast') }),
    fc.record({ step: fc.nat(100) }),
  ),
  { maxLength: 25 },
);

test('whatever is done to it, time never goes back, and each timer fires once, in order, not before its time', async () => {
  await fc.assert(
    fc.asyncProperty(doings, async (list) => {
      const { machine, clock } = clocks({ kind: 'stopped' });
      const fired: { readonly due: number; readonly at: number }[] = [];
      let [last, arranged] = [clock.now(), 0];
      for (const doing of list) {
        if ('after' in doing) {
          const due = clock.now() + doing.after;
          clock.after(doing.after, () => fired.push({ due, at: clock.now() }));
          arranged += 1;
        } else if ('pass' in doing) await pass(machine, doing.pass);
        else if ('pace' in doing) clock.pace = paceOf(doing.pace) ?? clock.pace;
        else await settled(machine, clock.step(doing.step));
        expect(clock.now()).toBeGreaterThanOrEqual(last);
        last = clock.now();
      }
      await settled(machine, clock.step(1_000));
      expect(fired).toHaveLength(arranged);
      expect(fired.every(({ due, at }) => at === due)).toBe(true);
      expect(fired.map(({ at }) => at)).toEqual(fired.map(({ at }) => at).toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test('a clock that goes fast stands still while something real goes on, and one at a speed does not', async () => {
  const machine = new VirtualClock(0);
  const clock = new WorldClock({ real: machine, start: 0, pace: { kind: 'fast' } });
  const real = Promise.withResolvers<string>();
  const fired: number[] = [];
  const held = clock.hold(real.promise);
  clock.after(1_000, () => fired.push(clock.now()));
  await pass(machine, 20);
  expect(fired).toEqual([]);
  real.resolve('done');
  expect(await held).toBe('done');
  await pass(machine, 20);
  expect(fired).toEqual([1_000]);
  clock.pace = { kind: 'speed', factor: 1 };
  const other = new Promise<void>(() => {});
  expect(clock.hold(other)).toBe(other);
  clock.close();
});
