import { beforeEach, describe, expect, test } from 'vitest';
import { memoryPort } from '../../../modem/index.ts';
import { portraitYaml, takePortrait } from '../../../modem/portrait/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, PROMPT, ScriptedModem } from '../scripted-modem.ts';

let clock: VirtualClock;
let script: ScriptedModem;
let sayAtOnce: string;
let toEscape: string | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  sayAtOnce = '';
  toEscape = undefined;
});

/** A modem that refuses what it is not told to answer. */
function createModem() {
  const { port, farEnd } = memoryPort('/dev/ttyX');
  script = new ScriptedModem({
    ...farEnd,
    listen: (events) =>
      farEnd.listen({
        ...events,
        opened() {
          events.opened();
          if (sayAtOnce !== '') farEnd.write(Buffer.from(sayAtOnce));
        },
        data(octets) {
          events.data(octets);
          if (octets.includes(0x1b) && toEscape !== undefined) farEnd.write(Buffer.from(toEscape));
        },
      }),
  });
  script
    .when('AT', ok())
    .when('AT+CMEE?', ok('+CMEE: 0'))
    .when(/^AT\+CMEE=\d/, ok())
    .when('AT+CPIN?', ok('+CPIN: READY'))
    .when('AT+CGMI', ok('Cash Mobile'))
    .when('AT+CGMM', ok('Bench'))
    .when(/^ATE[01]$/, ok())
    .when('AT+CMGS=10', PROMPT);
  const take = (progress?: (asked: number, of: number) => void) =>
    clock.run(takePortrait(port, { clock, listenMs: 1_000, ...(progress && { progress }) }));
  return { take };
}

/** `answer` after `ms`, and later times after each of `then`. */
function slowly(answer: string, ms: number, ...then: number[]) {
  const times = [ms, ...then];
  return () => {
    clock.after(times.length > 1 ? (times.shift() ?? 0) : (times[0] ?? 0), () => script.say(answer));
    return undefined;
  };
}

describe('a slow answer', () => {
  test.each([
    ['slow both times', [900, 700], { '+CSQ': 700 }],
    ['slow both times, the second more', [700, 900], { '+CSQ': 700 }],
    ['slow once, by the computer', [900, 0], {}],
  ])('is asked for once more, and the shorter time is noted: %s', async (_what, [first = 0, ...then], commands) => {
    const { take } = createModem();
    script.when('AT+CSQ', slowly(ok('+CSQ: 1,0'), first, ...then));
    expect((await take()).delays).toEqual({ usualMs: 0, firstMs: 0, commands });
    expect(script.typed.filter((typed) => typed === 'AT+CSQ')).toHaveLength(2);
  });
});

test('a question that is not answered has no time, and the modem is called again before the next one', async () => {
  const { take } = createModem();
  script.when('AT+CSQ', line('+CSQ: 1,0'));
  const { delays, answers, live } = await take();
  expect([delays.commands, answers['+CSQ'], live]).toEqual([{}, ['+CSQ: 1,0', ''], []]);
  expect(script.typed[script.typed.indexOf('AT+CSQ') + 1]).toBe('AT');
});

test('how many questions were asked, and of how many, is told after each', async () => {
  const { take } = createModem();
  const told: string[] = [];
  await take((asked, of) => told.push(`${asked} of ${of}`));
  const [, of = 0] = told.at(-1)?.split(' of ').map(Number) ?? [];
  expect(of).toBeGreaterThan(20);
  expect([told.slice(0, 3), told.at(-1)]).toEqual([['1 of 1', `2 of ${of}`, `3 of ${of}`], `${of} of ${of}`]);
  // +CMEE? was asked before.
  expect(told).toHaveLength(of - 1);
});

describe('the format of errors', () => {
  test.each([
    ['0', ['1', '0']],
    ['1', ['1']],
    ['2', ['1', '2']],
  ])('+CMEE: %s is left as it was found', async (found, set) => {
    const { take } = createModem();
    script.when('AT+CMEE?', ok(`+CMEE: ${found}`));
    expect((await take()).found['+CMEE?']).toEqual([`+CMEE: ${found}`, 'OK']);
    expect(script.typed.filter((typed) => /^AT\+CMEE=\d/.test(typed))).toEqual(set.map((one) => `AT+CMEE=${one}`));
  });

  test('of a modem that does not tell it stays 1', async () => {
    const { take } = createModem();
    script.when('AT+CMEE?', line('ERROR'));
    await take();
    expect(script.typed.filter((typed) => /^AT\+CMEE=\d/.test(typed))).toEqual(['AT+CMEE=1']);
  });
});

describe('what nobody has', () => {
  test.each([
    ['ERROR', false, line('ERROR')],
    ['ERROR', true, `${line('ERROR')}${line('OK')}`],
    ['NA', false, line('NA')],
    ['', false, undefined],
  ])('is answered with %j, and then OK: %s', async (unknownCommand, okAfterError, answer) => {
    const { take } = createModem();
    script.when(/^AT\+(?:QZQZ|CNMA=\?)$/, answer);
    const { manners, missing, answers } = await take();
    expect(manners).toMatchObject({ unknownCommand, okAfterError });
    if (unknownCommand === '') expect(answers['+CNMA=?']).toEqual(['']);
    else expect(missing).toContain('+CNMA=?');
  });
});

describe('the SIM', () => {
  test.each([
    ['READY', 'READY'],
    ['SIM PIN2', 'SIM PIN2'],
    ['SIM PUK2', 'SIM PIN2'],
    ['NOT READY', 'READY'],
  ])('%s is noted as %s', async (said, simState) => {
    const { take } = createModem();
    script.when('AT+CPIN?', ok(`+CPIN: ${said}`));
    expect((await take()).manners.simState).toBe(simState);
  });

  test.each(['SIM PIN', 'SIM PUK', 'PH-SIM PIN', 'PH-NET PUK'])('%s: no portrait is made', async (said) => {
    const { take } = createModem();
    script.when('AT+CPIN?', ok(`+CPIN: ${said}`));
    await expect(take()).rejects.toMatchObject({
      name: 'PortraitError',
      code: 'locked',
      message: expect.stringContaining(`the SIM waits for ${said},`),
    });
    expect(script.typed.filter((typed) => typed.startsWith('AT+CPIN='))).toEqual([]);
  });
});

describe('what waits in the port', () => {
  test.each([
    ['\r\n^BOOT:1,0\r\n', '\r\n^BOOT:1,0\r\n'],
    ['\r\n+CMTI: "SM",1\r\n', '\r\n+CMTI: "SM",1\r\n'],
    ['\r\n+CMTI: "SM",1000\r\n', ''],
    ['\r\n+CLIP: "+393331234567",145\r\n', ''],
    ['\r\nsome 1234\r\n', ''],
    ['\r\n^HCSQ:12345\r\n', '\r\n^HCSQ:12345\r\n'],
  ])('%j is kept as %j', async (waiting, kept) => {
    sayAtOnce = waiting;
    const { take } = createModem();
    expect((await take()).manners.waiting).toBe(kept);
  });
});

describe('the first line', () => {
  test('that is not heard is typed again', async () => {
    const { take } = createModem();
    script.when('AT', undefined, ok());
    expect((await take()).manners.firstLine).toBe('unheard');
    expect((await createModem().take()).manners.firstLine).toBe('heard');
  });

  test.each([
    [line('ERROR'), '"ERROR"'],
    [line('NO CARRIER'), '"NO CARRIER"'],
    [undefined, 'nothing'],
    [`${line('one')}${line('two')}${line('three')}`, '"one two"'],
  ])('answered with %j is no modem', async (answer, words) => {
    const { take } = createModem();
    script.when('AT', answer);
    await expect(take()).rejects.toMatchObject({
      code: 'not-a-modem',
      message: `AT was not answered with OK but with ${words}: is this the command port?`,
    });
  });

  test.each([
    [4, true],
    [5, false],
  ])('disturbed by codes %i times is no hindrance: %s', async (times, isTaken) => {
    const { take } = createModem();
    const disturbed = Array.from({ length: times }, () => `${line('RING')}${ok()}`);
    script.when('AT', ok(), ...disturbed, ok());
    if (isTaken) expect((await take()).manners.lineEnd).toBe('\r\n');
    else await expect(take()).rejects.toMatchObject({ code: 'not-a-modem' });
  });
});

describe('the prompt', () => {
  test.each([
    ['OK', ok(), 'OK'],
    ['nothing', undefined, 'silence'],
  ])('is left by ESC, which is answered with %s', async (_what, answer, answered) => {
    const { take } = createModem();
    toEscape = answer;
    const { manners } = await take();
    expect(manners).toMatchObject({ prompt: PROMPT, escape: answered });
    expect(script.typed.filter((typed) => typed === 'ESC')).toHaveLength(1);
    expect(script.typed.slice(script.typed.indexOf('ESC')).filter((typed) => /^AT\+CMG/.test(typed))).toEqual([]);
    // A modem that does not know ESC has a message of one line end then.
    expect(script.typed[script.typed.indexOf('ESC') + 1]).toBe('AT');
  });

  test('that does not come is not noted, and ESC is not typed', async () => {
    const { take } = createModem();
    script.when('AT+CMGS=10', line('+CMS ERROR: 302'));
    const { manners } = await take();
    expect([manners.prompt, manners.promptMs, manners.escape]).toEqual([undefined, undefined, undefined]);
    expect(script.typed).not.toContain('ESC');
  });

  test.each([
    ['AT+CMGS=10', PROMPT],
    ['AT+CMGS=10', line('ERROR')],
  ])('%s, answered with %j, costs 2 s at most', async (command, answer) => {
    const { take } = createModem();
    toEscape = ok();
    let askedAt = 0;
    script.when(command, () => {
      askedAt = clock.now();
      return answer;
    });
    await take();
    expect(clock.now() - askedAt).toBeLessThan(2_000);
  });

  test('of a modem in text mode is asked for with a number', async () => {
    const { take } = createModem();
    script.when('AT+CMGF?', ok('+CMGF: 1')).when('AT+CMGS="1"', PROMPT);
    expect((await take()).manners.prompt).toBe(PROMPT);
    expect(script.typed).not.toContain('AT+CMGS=10');
  });
});

test('in the file each part has its comment', async () => {
  const yaml = portraitYaml(await createModem().take());
  const comments = yaml
    .split('\n')
    .flatMap((row, index, rows) => (row.startsWith('#') ? [`${row} | ${rows[index + 1]?.split(':')[0]}`] : []));
  expect(comments).toEqual([
    "# How a modem speaks, as gsm-modem portrait saw it. gsm-sim serve --personality THIS-FILE speaks like it. | # {imei}, {imsi} and the like stand for what is the owner's; no number, no message and no PIN is in here.",
    "# {imei}, {imsi} and the like stand for what is the owner's; no number, no message and no PIN is in here. | ",
    '# Echo, ends of lines, prompt, errors. | manners',
    '# From the end of a command line to its final result, in ms. | delays',
    '# Lines of each answer, the final result last; an empty one: none came. Without AT. | answers',
    '# Settings as they were when the port was opened. | found',
    "# Answered with what changes or is the owner's: the virtual modem answers these by itself. | live",
    '# Answered as a command that nobody has. | missing',
  ]);
});
