import { expect, test } from 'vitest';
import { faultKinds, type LineFaultAction, type MessageFault, VIRTUAL_START } from '../../../sim/index.ts';
import { quietWorld } from '../host.ts';
import { networkOf } from './network-of.ts';

const BOB = '+393330000002';

/** Five texts to Bob, a second apart; says which of them struck. */
async function struckBy(fault: MessageFault, contains = ''): Promise<readonly number[]> {
  const { world, clock } = quietWorld();
  world.addModem({ number: BOB });
  world.faults.add(fault, (target) => target.to !== '' && target.from.includes(contains));
  const struck: number[] = [];
  for (let i = 1; i <= 5; i += 1) {
    world.deliver({ to: BOB, from: `SENDER${i % 2}`, content: { kind: 'text', text: `Message ${i}` } });
    await clock.advance(1_000);
    if (world.log.entries().filter(({ kind }) => kind === 'fault').length > struck.length) struck.push(i);
  }
  return struck;
}

const OCCASIONS: readonly (readonly [name: string, fault: Omit<MessageFault, 'action'>, struck: readonly number[]])[] =
  [
    ['once, unless told otherwise', {}, [1]],
    ['the nth', { nth: 3 }, [3]],
    ['the nth, once, however often it may', { nth: 3, times: 9 }, [3]],
    ['the nth only, with probability 1', { nth: 2, probability: 1 }, [2]],
    ['the first', { nth: 1, times: 2 }, [1]],
    ['so many times', { times: 2 }, [1, 2]],
    ['so many times, with probability 1', { times: 3, probability: 1 }, [1, 2, 3]],
    ['the nth from a moment on', { nth: 2, startsAt: VIRTUAL_START + 3_000 }, [5]],
    ['to a number as people write it', { to: '3330000002', times: 9 }, [1, 2, 3, 4, 5]],
    ['from a sender', { from: 'SENDER0', times: 9 }, [2, 4]],
    ['with a text in it', { contains: 'age 4', times: 9 }, [4]],
    ['from a moment on', { startsAt: VIRTUAL_START + 3_000, times: 9 }, [4, 5]],
    ['until a moment', { endsAt: VIRTUAL_START + 2_000, times: 9 }, [1, 2]],
    ['always, with probability 1', { probability: 1 }, [1, 2, 3, 4, 5]],
    ['never, with probability 0', { probability: 0 }, []],
    ['reports only', { about: 'reports', times: 9 }, []],
  ];

test.each(OCCASIONS)('a fault strikes %s', async (_name, occasion, struck) => {
  expect(await struckBy({ action: { kind: 'drop' }, ...occasion })).toEqual(struck);
});

test('a program may add a condition of its own', async () => {
  expect(await struckBy({ action: { kind: 'drop' }, times: 9 }, 'SENDER1')).toEqual([1, 3, 5]);
});

test('every kind of fault says what it does in a sentence, and where it comes from', () => {
  for (const { sentence, source } of Object.values(faultKinds)) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(source).not.toBe('');
  }
});

test('faults of the line and of messages stand in one list, and each strikes its own', async () => {
  const { world } = quietWorld();
  world.addModem({ number: BOB });
  world.faults.add({ action: { kind: 'repeat' }, modem: '3330000002', command: '+CMGS' });
  world.faults.add({ action: { kind: 'drop' } });
  expect(world.faults.strikeLine({ modem: BOB, command: '+CMGR', said: 'answer' })).toEqual([]);
  expect(world.faults.strikeLine({ modem: BOB, command: '+CMGS', said: 'prompt' })).toEqual([]);
  expect(world.faults.strikeLine({ modem: BOB, command: '+CMGS', said: 'answer' })).toEqual([{ kind: 'repeat' }]);
  expect(world.faults.strikeLine({ modem: BOB, command: '+CMGS', said: 'answer' })).toEqual([]);
  expect(world.faults.list()).toMatchObject([{ struck: 1 }, { struck: 0 }]);
});

test('a line can be struck by the clock, whatever the modem is doing', async () => {
  const { world, clock } = quietWorld();
  const struck: (readonly [LineFaultAction, string | undefined, number])[] = [];
  world.faults.listen((action, modem) => struck.push([action, modem, clock.now() - VIRTUAL_START]));
  world.faults.add({ action: { kind: 'reboot' }, modem: BOB, startsAt: VIRTUAL_START + 5_000 });
  const id = world.faults.add({ action: { kind: 'stall', ms: 1 }, startsAt: VIRTUAL_START + 6_000 });
  world.faults.remove(id);
  await clock.advance(10_000);
  expect(struck).toEqual([[{ kind: 'reboot' }, BOB, 5_000]]);
  expect(world.faults.strikeLine({ modem: BOB, said: 'code' })).toEqual([]);
});

test('a sender that no message can have is refused at once, and leaves nothing in the log', () => {
  const { world } = quietWorld();
  world.addModem({ number: BOB });
  const before = world.log.seq;
  expect(() => world.faults.add({ action: { kind: 'spoof', sender: 'A VERY LONG NAME' } })).toThrow('neither a number');
  const deliver = () => world.deliver({ to: BOB, from: 'A VERY LONG NAME', content: { kind: 'text', text: 'x' } });
  expect(deliver).toThrow('neither a number');
  expect(world.log.seq).toBe(before);
});

test.each([
  [undefined, [1]],
  ['messages', [1]],
  ['reports', [2]],
  ['both', [1, 2]],
] as const)('a fault about %s strikes the message 1 or its report 2', async (about, struck) => {
  const { world, send, pass, entries } = networkOf();
  world.faults.add({ action: { kind: 'delay', ms: 1 }, times: 9, ...(about && { about }) });
  await send('x');
  await pass(1_000);
  expect(entries('fault').map(({ sms }) => sms)).toEqual(struck);
});

test('a fault of the line that names a command, or spoils an answer, does not strike by the clock', async () => {
  const { world, clock } = quietWorld();
  const struck: LineFaultAction[] = [];
  world.faults.listen((action) => struck.push(action));
  const startsAt = VIRTUAL_START + 1_000;
  world.faults.add({ action: { kind: 'reboot' }, command: '+CSQ', startsAt });
  world.faults.add({ action: { kind: 'late', ms: 1 }, startsAt });
  const strike = () => world.faults.strikeLine({ modem: BOB, command: '+CSQ', said: 'answer' });
  expect(strike()).toEqual([]);
  await clock.advance(1_000);
  expect(struck).toEqual([]);
  expect(strike()).toEqual([{ kind: 'reboot' }, { kind: 'late', ms: 1 }]);
});

test('a fault that is off neither strikes nor counts, by the clock too; what is not there cannot be switched', async () => {
  const { world, clock } = quietWorld();
  const struck: LineFaultAction[] = [];
  const end = world.faults.listen((action) => struck.push(action));
  const id = world.faults.add({ action: { kind: 'reboot' }, startsAt: VIRTUAL_START + 1_000 });
  expect(world.faults.switch(id, false)).toBe(true);
  expect(world.faults.switch('fault-9', false)).toBe(false);
  await clock.advance(2_000);
  expect([struck, world.faults.list()]).toMatchObject([[], [{ on: false, matched: 0, struck: 0 }]]);
  end();
  world.faults.add({ action: { kind: 'reboot' }, startsAt: VIRTUAL_START + 3_000 });
  await clock.advance(2_000);
  expect(struck, 'after the end of listening').toEqual([]);
});

test('a world has 10,000 faults at most', () => {
  const { world } = quietWorld();
  for (let i = 0; i < 10_000; i += 1) world.faults.add({ action: { kind: 'drop' } });
  expect(() => world.faults.add({ action: { kind: 'drop' } })).toThrow('10000 faults at most');
  world.faults.remove('fault-1');
  expect(world.faults.add({ action: { kind: 'drop' } })).toBe('fault-10001');
});

test('the log names the fault of a line that struck, and the modem, if one was named', async () => {
  const { world, clock } = quietWorld();
  world.addModem({ number: BOB });
  world.faults.add({ action: { kind: 'repeat' } });
  world.faults.strikeLine({ modem: BOB, said: 'answer' });
  const startsAt = VIRTUAL_START + 1_000;
  world.faults.add({ action: { kind: 'stall', ms: 1 }, modem: BOB, startsAt });
  world.faults.add({ action: { kind: 'reboot' }, startsAt });
  await clock.advance(1_000);
  const lines = world.log.entries().flatMap((entry) => (entry.kind === 'line-fault' ? [entry] : []));
  expect(lines.map(({ fault, action, number }) => [fault, action, number])).toEqual([
    ['fault-1', 'repeat', BOB],
    ['fault-2', 'stall', BOB],
    ['fault-3', 'reboot', undefined],
  ]);
  expect(lines[2]).not.toHaveProperty('number');
});

test('one that strikes by the clock strikes no output, and once; one of no command strikes all that is said', async () => {
  const { world, clock } = quietWorld();
  const struck: LineFaultAction[] = [];
  world.faults.listen((action) => struck.push(action));
  world.faults.add({ action: { kind: 'stall', ms: 1 }, startsAt: VIRTUAL_START + 1_000, times: 5 });
  await clock.advance(2_000);
  const said = ['answer', 'prompt', 'code'] as const;
  expect(said.flatMap((what) => world.faults.strikeLine({ modem: BOB, said: what }))).toEqual([]);
  expect(struck).toHaveLength(1);
  world.faults.add({ action: { kind: 'repeat' }, times: 9 });
  expect(said.flatMap((what) => world.faults.strikeLine({ modem: BOB, said: what }))).toHaveLength(3);
  world.faults.add({ action: { kind: 'swallow' }, said: 'code', times: 9 });
  expect(said.map((what) => world.faults.strikeLine({ modem: BOB, said: what }).length)).toEqual([1, 1, 2]);
});
