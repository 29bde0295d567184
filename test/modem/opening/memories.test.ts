import { beforeEach, describe, expect, test } from 'vitest';
import { type Modem, PortError } from '../../../modem/index.ts';
import { type Bench, createBench, deliverPdus, lengthOf } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const anna = '393330000001';
const pduOf = (text: string) => deliverPdus(anna, { kind: 'text', text })[0] ?? '';
const chosen = () => bench.script.typed.filter((typed) => /^AT\+CPMS="/.test(typed)).map((typed) => typed.slice(8));

/**
 * A modem with several memories, that takes those combinations of `+CPMS=` that `takes` allows.
 * @returns what lies in each memory, by index
 */
function memories(takes: (names: readonly string[]) => boolean, start: string, lists?: string) {
  const contents = new Map<string, Map<number, string>>();
  const inMemory = (name: string) => {
    const found = contents.get(name) ?? new Map<number, string>();
    contents.set(name, found);
    return found;
  };
  let reading = start;
  let receiving = start;
  const header = (pdu: string) => `1,,${lengthOf(pdu)}\r\n${pdu}`;
  bench.script
    .when('AT+CPMS=?', lists === undefined ? line('ERROR') : ok(`+CPMS: ${lists}`))
    .when('AT+CPMS?', () => ok(`+CPMS: "${reading}",0,20,"${reading}",0,20,"${receiving}",0,20`))
    .when(/^AT\+CPMS="/, (typed) => {
      const names = [...typed.matchAll(/"(\w+)"/g)].map(([, name]) => name ?? '');
      if (!takes(names)) return line('+CMS ERROR: 302');
      reading = names[0] ?? reading;
      receiving = names[2] ?? receiving;
      return ok('+CPMS: 0,20,0,20,0,20');
    })
    .when('AT+CMGL=4', () => ok(...[...inMemory(reading)].map(([index, pdu]) => `+CMGL: ${index},${header(pdu)}`)))
    .when(/^AT\+CMGR=/, (typed) => {
      const pdu = inMemory(reading).get(Number(typed.slice(8)));
      return pdu === undefined ? line('+CMS ERROR: 321') : ok(`+CMGR: ${header(pdu)}`);
    })
    .when(/^AT\+CMGD=/, (typed) => {
      inMemory(reading).delete(Number(typed.slice(8)));
      return ok();
    });
  return { inMemory, receiving: () => receiving };
}

async function openAndReceive(): Promise<Modem> {
  const modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(5_000);
  return modem;
}

const texts = () => bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : '')).sort();

/** `+CPMS` (3GPP TS 27.005, 3.2.2): `<mem1>` is read, `<mem2>` written, `<mem3>` receives. */
describe('the memories that a modem offers', () => {
  test.each([
    ['("SM"),("SM"),("SM")', ['"SM","SM","SM"'], 'a SIM alone'],
    ['("MT","SM","ME"),("MT","SM","ME"),("MT","SM")', ['"SM","SM","SM"'], 'MC35i'],
    ['("ME"),("ME"),("ME")', ['"ME","ME","ME"'], 'a stick alone'],
    ['("SM","ME"),("SM","ME"),("ME")', ['"ME","ME","ME"'], 'new ones in ME'],
    ['("MT"),("MT"),("MT")', ['"MT","MT","MT"'], 'MT alone'],
    ['("BM","SM"),("SM"),("SM")', ['"SM","SM","SM"'], 'broadcasts'],
    ['("ME","MT"),("ME","SM"),("SM")', ['"ME","ME","SM"'], 'new ones where they cannot be read'],
    ['(("SM","BM","SR"),("SM"))', ['"SM","SM","SM"'], 'two lists in one more pair of parentheses'],
    ['(("ME","BM"),("ME"),("ME"))', ['"ME","ME","ME"'], 'three lists in one more pair of parentheses'],
    ['(),("SM"),("ME")', ['"ME","SM","ME"'], 'no list of those that can be read'],
    ['("SM","ME")', ['"SM","SM","SM"'], 'one list'],
    ['("SM"),("BM"),("SM")', [], 'nowhere to write'],
    ['("BM"),("SM"),("SM")', [], 'nothing to read'],
    ['', ['"SM","SM","SM"'], 'no lists'],
  ])('%s: %j (%s)', async (lists, expected) => {
    bench.script.when('AT+CPMS=?', ok(`+CPMS: ${lists}`)).when(/^AT\+CPMS="/, ok());
    await bench.open();
    expect(chosen()).toEqual(expected);
  });

  test.each([
    ['three', 3, ['"SM","SM","SM"']],
    ['two', 2, ['"SM","SM","SM"', '"SM","SM"']],
    ['one', 1, ['"SM","SM","SM"', '"SM","SM"', '"SM"']],
  ])('as many as the modem takes are named: %s', async (_what, most, expected) => {
    memories((names) => names.length <= most, 'SM', '("SM"),("SM"),("SM")');
    await bench.open();
    expect(chosen()).toEqual(expected);
  });

  test.each([
    ['three must be named (E3372-325, gammu#829)', (names: readonly string[]) => names.length === 3],
    ['one may be named', (names: readonly string[]) => names.length === 1],
    ['two may be named', (names: readonly string[]) => names.length <= 2],
    [
      'the second must be the first, the third SM',
      (names: readonly string[]) => names.length === 3 && names[2] === 'SM' && names[0] === names[1],
    ],
    [
      'the second must be SM',
      (names: readonly string[]) => names.slice(1).every((name) => name === 'SM') && names.length === 3,
    ],
  ])('where %s, all of them are read, and new messages go on arriving where they did', async (_what, takes) => {
    const { inMemory, receiving } = memories(takes, 'SM', '("SM","ME"),("SM","ME"),("SM")');
    inMemory('SM').set(1, pduOf('in the SIM'));
    inMemory('ME').set(1, pduOf('in the modem'));
    const modem = await openAndReceive();
    expect(texts()).toEqual(['in the SIM', 'in the modem']);
    expect([inMemory('SM').size, inMemory('ME').size, receiving()]).toEqual([0, 0, 'SM']);
    inMemory('SM').set(7, pduOf('announced'));
    bench.script.say(line('+CMTI: "SM",7'));
    await bench.clock.advance(1_000);
    expect(texts()).toContain('announced');
    const attempts = chosen().length;
    await bench.clock.advance(60_000);
    // It is known by now how a memory is named.
    expect(chosen().length - attempts).toBe(2);
    await modem.close();
  });

  test.each([
    ['("ME","SM"),("SM"),("SM")', 'ME'],
    ['("BM","SR"),("BM"),("SM")', 'SM'],
    ['("SR"),("SM"),("BM","MT")', 'MT'],
    ['("BM"),("SM"),("SR")', 'memory'],
  ])('%s, all refused, on a modem that does not say which is in force: it is called %s', async (lists, expected) => {
    bench.script.when('AT+CPMS=?', ok(`+CPMS: ${lists}`)).when(/^AT\+CPMS="|^AT\+CPMS\?/, line('ERROR'));
    const modem = await bench.open();
    expect((await bench.run(modem.reception())).memories).toMatchObject([{ kind: 'listed', memory: expected }]);
    await modem.close();
  });

  test('of which each must be named in its own way, all are read, again and again', async () => {
    const takes = (names: readonly string[]) => names.length === (names[0] === 'SM' ? 1 : 3);
    const { inMemory } = memories(takes, 'SM', '("SM","ME"),("SM","ME"),("SM")');
    const modem = await openAndReceive();
    for (const round of ['1', '2']) {
      inMemory('SM').set(1, pduOf(`SIM ${round}`));
      inMemory('ME').set(1, pduOf(`modem ${round}`));
      await bench.clock.advance(65_000);
    }
    expect(texts()).toEqual(['SIM 1', 'SIM 2', 'modem 1', 'modem 2']);
    await bench.run(modem.close());
  });

  test('is selected anew behind one that was refused, which some modems leave half selected', async () => {
    memories((names) => names[0] === 'SM', 'SM', '("SM","ME"),("SM","ME"),("SM")');
    const modem = await openAndReceive();
    const before = chosen().length;
    await bench.clock.advance(65_000);
    expect(chosen().slice(before).at(-1)).toMatch(/^"SM"/);
    await bench.run(modem.close());
  });

  test('one that is refused does not hold up the others, and is said once', async () => {
    const { inMemory } = memories((names) => names[0] === 'SM', 'SM', '("ME","SM"),("ME","SM"),("SM")');
    inMemory('SM').set(1, pduOf('in the SIM'));
    const modem = await openAndReceive();
    expect(texts()).toEqual(['in the SIM']);
    await bench.clock.advance(300_000);
    const said = bench.log.filter(({ kind }) => kind === 'hand-over-failed').map(({ text }) => text);
    expect(said).toEqual([expect.stringMatching(/^the messages in ME cannot be read: .*302/)]);
    await modem.close();
  });

  test.each([
    ['says which', '("SM","ME"),("SM","ME"),("SM","ME")'],
    ['says nothing', undefined],
  ])('where none can be chosen, the one in force is read (a modem that %s)', async (_what, lists) => {
    const { inMemory } = memories(() => false, 'ME', lists);
    if (lists === undefined) bench.script.when('AT+CPMS?', line('ERROR'));
    inMemory('ME').set(3, pduOf('still here'));
    const modem = await openAndReceive();
    expect(texts()).toEqual(['still here']);
    expect(inMemory('ME').size).toBe(0);
    inMemory('ME').set(4, pduOf('announced'));
    bench.script.say(line('+CMTI: "ME",4'));
    await bench.clock.advance(500);
    expect(texts()).toContain('announced');
    const { memories: listed } = await bench.run(modem.reception());
    expect(listed).toMatchObject([{ kind: 'listed', memory: lists === undefined ? 'memory' : 'ME', messages: 0 }]);
    expect(bench.log.map(({ text }) => text)).toContain('the modem refuses +CPMS=: only the memory in force is read');
    await modem.close();
  });

  test('+CPMS= may be answered by OK alone (gammu#1130)', async () => {
    const { inMemory } = memories(() => true, 'SM', '("SM","ME"),("SM","ME"),("SM","ME")');
    bench.script.when(/^AT\+CPMS="/, ok());
    inMemory('SM').set(1, pduOf('in the SIM'));
    const modem = await openAndReceive();
    expect(texts()).toEqual(['in the SIM']);
    await modem.close();
  });
});

describe('reception is proved by listing each memory', () => {
  test('with how many messages and places there are', async () => {
    const { inMemory } = memories(() => true, 'SM', '("SM","ME"),("SM","ME"),("SM","ME")');
    inMemory('ME').set(1, pduOf('one'));
    inMemory('ME').set(2, pduOf('two'));
    const modem = await bench.open();
    expect(await bench.run(modem.reception())).toEqual({
      memories: [
        { kind: 'listed', memory: 'ME', messages: 2, capacity: 20 },
        { kind: 'listed', memory: 'SM', messages: 0, capacity: 20 },
      ],
      messages: 'announced',
      reports: 'direct',
      shortcomings: [],
    });
  });

  test.each([
    ['+CMS ERROR: 302', 'refused'],
    ['+CMS ERROR: 500', 'refused'],
    ['ERROR', 'refused'],
    ['+CMS ERROR: 321', 'listed'],
    ['+CME ERROR: 21', 'listed'],
    ['+CME ERROR: 22', 'listed'],
  ])('one by one, where +CMGL is refused: %s to every +CMGR is %s', async (refusal, kind) => {
    bench.script
      .when('AT+CMGL=4', line('+CMS ERROR: 302'))
      .when('AT+CMGD=?', ok('+CMGD: (1-3)'))
      .when(/^AT\+CMGR=/, line(refusal));
    const modem = await bench.open();
    const proof = await bench.run(modem.reception());
    expect(proof.memories).toMatchObject([{ kind, memory: 'SM' }]);
    if (kind === 'refused') expect(proof.memories).toMatchObject([{ reason: expect.stringContaining(refusal) }]);
  });

  test('a modem that does not answer is no modem that refuses', async () => {
    const modem = await bench.open();
    bench.script.when(/^AT/, undefined);
    await expect(bench.run(modem.reception())).rejects.toBeInstanceOf(PortError);
    await modem.close();
  });

  test('one message that can be read is proof enough', async () => {
    bench.stored.set(2, pduOf('Ciao'));
    bench.script
      .when('AT+CMGL=4', line('+CMS ERROR: 302'))
      .when('AT+CMGD=?', ok('+CMGD: (1-3)'))
      .when(/^AT\+CMGR=[13]/, line('+CMS ERROR: 500'));
    const modem = await bench.open();
    const proof = await bench.run(modem.reception());
    expect(proof.memories).toMatchObject([{ kind: 'listed', messages: 1 }]);
  });

  test('does not disturb what is read at the same time', async () => {
    const { inMemory } = memories(() => true, 'SM', '("SM","ME"),("SM","ME"),("SM","ME")');
    for (let index = 1; index <= 5; index += 1) {
      inMemory('SM').set(index, pduOf(`SM ${index}`));
      inMemory('ME').set(index, pduOf(`ME ${index}`));
    }
    const modem = await bench.open();
    modem.receive(bench.receiver);
    await bench.run(Promise.all([modem.reception(), modem.reception(), modem.reception()]));
    await bench.clock.advance(5_000);
    expect(texts()).toHaveLength(10);
    expect([inMemory('SM').size, inMemory('ME').size]).toEqual([0, 0]);
    await modem.close();
  });
});

describe('a modem that is busy while its messages are read (gammu#93)', () => {
  test.each([
    ['AT+CMGL=4', '+CMS ERROR: 515', 5],
    ['AT+CMGL=4', '+CME ERROR: 515', 8],
    ['AT+CMGL=4', '+CME ERROR: 14', 25],
    ['AT+CMGL=4', '+CMS ERROR: 314', 5],
    ['AT+CMGR=1', '+CMS ERROR: 515', 5],
    ['AT+CMGD=1', '+CMS ERROR: 515', 5],
  ])('%s with %s for %i s costs hardly more than that', async (command, code, seconds) => {
    const modem = await bench.open();
    bench.stored.set(1, pduOf('Ciao'));
    const usual = {
      'AT+CMGL=4': () =>
        bench.stored.size === 0 ? ok() : ok(`+CMGL: 1,1,,${lengthOf(pduOf('Ciao'))}\r\n${pduOf('Ciao')}`),
      'AT+CMGR=1': () =>
        bench.stored.size === 0 ? ok() : ok(`+CMGR: 1,,${lengthOf(pduOf('Ciao'))}\r\n${pduOf('Ciao')}`),
      'AT+CMGD=1': () => (bench.stored.delete(1) ? ok() : line('+CMS ERROR: 321')),
    }[command];
    const until = bench.clock.now() + seconds * 1_000;
    bench.script.when(command, () => (bench.clock.now() < until ? line(code) : usual?.()));
    modem.receive(bench.receiver);
    await bench.clock.advance(seconds * 1_000 + 10_000);
    expect([texts(), bench.stored.size]).toEqual([['Ciao'], 0]);
    await modem.close();
  });

  test('+CPMS= with 515 is tried again', async () => {
    const modem = await bench.open();
    bench.stored.set(1, pduOf('Ciao'));
    bench.script.when(/^AT\+CPMS="SM"/, ...Array<string>(5).fill(line('+CMS ERROR: 515')), ok());
    modem.receive(bench.receiver);
    await bench.clock.advance(10_000);
    expect(texts()).toEqual(['Ciao']);
    await modem.close();
  });

  test('once it is not busy any more, it is looked through as seldom as before', async () => {
    const modem = await bench.open();
    const until = bench.clock.now() + 30_000;
    bench.script.when('AT+CMGL=4', () => (bench.clock.now() < until ? line('+CMS ERROR: 515') : ok()));
    modem.receive(bench.receiver);
    await bench.clock.advance(60_000);
    const before = bench.script.typed.length;
    await bench.clock.advance(600_000);
    const sweeps = bench.script.typed.slice(before).filter((typed) => typed === 'AT+CMGL=4').length;
    expect(sweeps).toBeGreaterThan(8);
    expect(sweeps).toBeLessThan(12);
    await modem.close();
  });

  test('for long, it is tried again more and more seldom', async () => {
    const modem = await bench.open();
    bench.script.when('AT+CMGL=4', line('+CMS ERROR: 515'));
    modem.receive(bench.receiver);
    await bench.clock.advance(600_000);
    const failures = bench.log.filter(({ kind }) => kind === 'hand-over-failed').length;
    expect(failures).toBeGreaterThan(8);
    expect(failures).toBeLessThan(20);
    await bench.run(modem.close());
  });
});
