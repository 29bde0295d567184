import { describe, expect, test, vi } from 'vitest';
import { heardPort, withHearing, wordsFor } from '../../../modem/cli/hearing.ts';
import { type FarEnd, ModemError, memoryPort, openModem, type Port } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

test.each([
  [[], /silent/],
  [['$GPGGA,092725.00,4717.11,N', 'AT'], /NMEA sentences, "\$GPGGA,092725\.00,4717\.11,N"/],
  [['AT', 'AT'], /only echoes/],
  [['AT', 'OK', 'OK'], /OK to everything/],
  [['AT', 'login:'], /"login:"/],
  [['\u00ff\u00fe', 'x'.repeat(100)], /^it says "\.\. \| x{55}…"$/],
])('what was heard, in words: %j', (said, words) => {
  expect(wordsFor(said, ['AT'])).toMatch(words);
});

/** Opens a modem on a port that says `answer` to each octet string. @returns what the user reads, and when, in s */
async function opened(answer: (typed: string) => string, atOnce = '') {
  const clock = new VirtualClock();
  const { port: bare, farEnd } = memoryPort('/dev/ttyX');
  farEnd.listen({
    opened: () => farEnd.write(Buffer.from(atOnce)),
    closed() {},
    data: (octets) => farEnd.write(Buffer.from(answer(Buffer.from(octets).toString('latin1')))),
  });
  const start = clock.now();
  const read: [seconds: number, text: string][] = [];
  const tell = (text: string) => read.push([(clock.now() - start) / 1_000, text]);
  const { port, opened: heard } = withHearing(bare, clock, tell);
  let isOver = false;
  void heard(openModem(port, { clock }))
    .then((modem) => modem.close())
    .catch((error: Error) => tell(error.message))
    .finally(() => {
      isOver = true;
    });
  await clock.runUntil(() => isOver, 300_000);
  return read;
}

test.each([
  ['NMEA', () => '', '$GPRMC,092725,A\r\n', [[3, /^there is no modem on this port: it says NMEA/]]],
  [
    'silence',
    () => '',
    '',
    [
      [6, /^no answer yet: the port is silent: is the modem switched on, and is this its command port\?$/],
      [
        undefined,
        /^the modem does not answer AT: is this its command port, and is it switched on\? \(the port is silent\)$/,
      ],
    ],
  ],
  [
    'an echo',
    (typed: string) => typed,
    '',
    [
      [
        6,
        /^no answer yet: the port only echoes what is typed: is the modem switched on, and is this its command port\?$/,
      ],
      [undefined, /is it switched on\? \(the port only echoes what is typed\)$/],
    ],
  ],
  [
    'a prompt',
    () => 'login: ',
    '',
    [
      [6, /^no answer yet: it says "login:[^?]*$/],
      [undefined, /is it switched on\? \(it says "login:/],
    ],
  ],
] as const)('%s is said in time', async (_what, answer, atOnce, expected) => {
  const read = await opened(answer, atOnce);
  expect(read).toHaveLength(expected.length);
  for (const [i, [seconds, words]] of expected.entries()) {
    if (seconds !== undefined) expect(read[i]?.[0]).toBe(seconds);
    expect(read[i]?.[1]).toMatch(words);
  }
});

test('OK to everything is said at once', async () => {
  const [[seconds, text] = []] = await opened((typed) => (typed.includes('\r') ? '\r\nOK\r\n' : ''));
  expect(text).toBe(
    'this port answers AT but does not say what modem it is: try another port of the same stick (it says OK to everything, ' +
      'and nothing else; gsm-modem list --find finds the right port of the stick)',
  );
  expect(seconds).toBeLessThan(8);
});

/** A port that is open and listened to, while `opening` is decided by hand. */
async function listening() {
  const clock = new VirtualClock();
  const { port: bare, farEnd } = memoryPort('/dev/ttyX');
  const told: string[] = [];
  const { port, opened: heard } = withHearing(bare, clock, (text) => told.push(text));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isClosed = false;
  await port.open({
    data() {},
    closed() {
      isClosed = true;
    },
  });
  const ending = heard(promise).catch((error: unknown) => error);
  const say = async (text: string) => {
    farEnd.write(Buffer.from(text, 'latin1'));
    await clock.advance(0);
  };
  return { clock, port, farEnd, told, resolve, reject, ending, say, isClosed: () => isClosed } satisfies {
    port: Port;
    farEnd: FarEnd;
    [name: string]: unknown;
  };
}

const deaf = () => new ModemError('not-a-modem', 'the modem does not answer AT');

describe('while a modem is looked for', () => {
  test.each(['OK', 'ERROR', '0', '4', '+CME ERROR: 10', '+CMS ERROR: SIM busy'])(
    'nothing is told of a port that answers %s',
    async (answer) => {
      const { clock, told, say } = await listening();
      await say(`login:\r\n${answer}\r\n`);
      await clock.advance(60_000);
      expect(told).toEqual([]);
    },
  );

  test.each(['OKAY', '+CREG: 1', '3', '+CMX ERROR: 1', '10'])(
    'what a port says is told after 6 s, once, when it is no answer: %s',
    async (answer) => {
      const { clock, told, say, isClosed } = await listening();
      await say(`${answer}\r\n`);
      await clock.advance(5_999);
      expect(told).toEqual([]);
      await clock.advance(1);
      expect(told).toEqual([`no answer yet: it says "${answer}"`]);
      await clock.advance(60_000);
      expect([told.length, isClosed()]).toEqual([1, false]);
    },
  );

  test('what is typed is no answer, also when more is said', async () => {
    const { clock, port, told, say } = await listening();
    await port.write(Buffer.from('AT\r'));
    await say('AT\r\nlogin: \r\n');
    await clock.advance(6_000);
    expect(told).toEqual(['no answer yet: it says "login:"']);
  });

  test('nothing is told of a modem that is open, or of a search that has failed', async () => {
    const one = await listening();
    one.resolve('a modem');
    expect(await one.ending).toBe('a modem');
    const other = await listening();
    const failure = new Error('the port is busy');
    other.reject(failure);
    expect(await other.ending).toBe(failure);
    await one.clock.advance(60_000);
    await other.clock.advance(60_000);
    expect([one.told, other.told]).toEqual([[], []]);
  });

  test('only its last 2,000 characters are kept', async () => {
    const { clock, told, say } = await listening();
    await say(`OK\r\n${'x'.repeat(1_000)}\r\n`);
    await say(`${'y'.repeat(992)}\r\n`);
    await clock.advance(6_000);
    expect(told).toEqual([]);
    const other = await listening();
    await other.say(`OK\r\n${'x'.repeat(1_000)}\r\n`);
    await other.say(`${'y'.repeat(994)}\r\n`);
    await other.clock.advance(6_000);
    expect(other.told).toEqual([expect.stringMatching(/^no answer yet: it says "x{60}…"$/)]);
  });

  test.each([
    ['$GPGGA,1', true],
    ['$GNRMC,', true],
    ['$GPGGA', false],
    ['x$GPGGA,1', false],
    ['$GPGG,1', false],
    ['$gpgga,1', false],
  ])('a port that says %j is closed: %s', async (sentence, expected) => {
    const { clock, told, say, isClosed, reject, ending } = await listening();
    await say(`\xff\r\n${sentence}\r\n`);
    await clock.advance(6_000);
    expect([isClosed(), told.length]).toEqual([expected, expected ? 0 : 1]);
    reject(new Error('the port was closed'));
    expect(await ending).toMatchObject(
      expected
        ? {
            name: 'ModemError',
            code: 'not-a-modem',
            message: `there is no modem on this port: it says NMEA sentences, "${sentence}", as a GPS receiver; gsm-modem list --find finds the right port of the stick`,
          }
        : { name: 'Error', message: 'the port was closed' },
    );
  });
});

test.each<[name: string, before: string, at: number, closed: readonly [after3: boolean, after6: boolean]]>([
  ['at once', '', 0, [true, true]],
  ['from the fifth second on', '', 5_000, [false, true]],
  ['on the port of a modem that answers', 'AT\r\nOK\r\n', 0, [false, false]],
])('NMEA sentences %s', async (_name, before, at, closed) => {
  const { clock, told, say, isClosed } = await listening();
  await say(before);
  await clock.advance(at);
  await say('$GPGGA,092725.00,4717.11,N\r\n');
  await clock.advance(Math.max(0, 3_000 - at));
  const isClosedEarly = at <= 3_000 && isClosed();
  await clock.advance(6_000);
  expect([isClosedEarly, isClosed()]).toEqual(closed);
  expect(told).toEqual([]);
});

describe('octets that are no text', () => {
  const NO_TEXT =
    'there is no modem on this port: it says octets that are no text: is --baud right, and is this the command port? ' +
    'gsm-modem list --find finds the right port of the stick';
  const letters = (count: number) => 'x'.repeat(count);
  const noise = (count: number) => '\xfe'.repeat(count);

  test.each([
    ['31 % of 100', letters(69) + noise(31), true],
    ['30 % of 100', letters(70) + noise(30), false],
    ['16 octets', noise(14), true],
    ['15 octets', noise(13), false],
    ['control characters', `${letters(20)}${'\x01'.repeat(20)}`, true],
    ['line ends and tabs', `${letters(2)}${'\r\n\t'.repeat(20)}`, false],
    ['NULs, which some modems send between lines', `${letters(20)}${'\0'.repeat(100)}`, false],
    ['the digits 0 and 4 among noise', `${noise(50)}\r\n0\r\n4\r\n${noise(50)}`, true],
  ])('%s: the port is closed after 6 s: %#', async (_what, text, expected) => {
    const { clock, told, say, isClosed, reject, ending } = await listening();
    await say(`${text}\r\n`);
    await clock.advance(5_999);
    expect(isClosed()).toBe(false);
    await clock.advance(1);
    expect([isClosed(), told.length]).toEqual([expected, expected ? 0 : 1]);
    const failure = new Error('the port was closed');
    reject(failure);
    expect(await ending).toMatchObject(expected ? { code: 'not-a-modem', message: NO_TEXT } : failure);
  });

  test('do not hide an answer in words', async () => {
    const { clock, told, say, isClosed } = await listening();
    await say(`${noise(50)}\r\nOK\r\n${noise(50)}`);
    await clock.advance(60_000);
    expect([isClosed(), told]).toEqual([false, []]);
  });
});

test.each([
  [false, '/dev/ttyX: no answer yet: it says "login:"\n'],
  [true, '{"event":"waiting","port":"/dev/ttyX","heard":"no answer yet: it says \\"login:\\""}\n'],
])('an executable says on stderr what it hears (with --json: %s)', async (json, expected) => {
  vi.useFakeTimers();
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const { port: bare, farEnd } = memoryPort('/dev/ttyX');
    const { port, opened: heard } = heardPort(bare, json);
    await port.open({ data() {}, closed() {} });
    void heard(new Promise(() => {}));
    farEnd.write(Buffer.from('login: \r\n'));
    await vi.advanceTimersByTimeAsync(6_000);
    expect(stderr.mock.calls.map(([text]) => text)).toEqual([expected]);
  } finally {
    stderr.mockRestore();
    vi.useRealTimers();
  }
});

describe('the error of a search that failed', () => {
  test('says what came from the port', async () => {
    const { say, reject, ending } = await listening();
    await say('login: \x00\x01 \r\n');
    const cause = deaf();
    reject(cause);
    expect(await ending).toMatchObject({
      code: 'not-a-modem',
      message: 'the modem does not answer AT (it says "login:")',
      cause,
    });
  });

  test.each([
    ['of another kind', new ModemError('locked', 'the SIM wants its PIN')],
    ['of the port', new Error('/dev/ttyX: no such port')],
  ])('stays as it is, when it is %s', async (_what, failure) => {
    const { say, reject, ending } = await listening();
    await say('login: \r\n');
    reject(failure);
    expect(await ending).toBe(failure);
  });

  test('does not change with what comes after the opening', async () => {
    const { port, resolve, ending, say, told, clock } = await listening();
    await say('+CREG: 1\r\n');
    resolve('a modem');
    await ending;
    await say('login: \r\n');
    await port.write(Buffer.from('AT\r'));
    await clock.advance(60_000);
    expect(told).toEqual([]);
  });
});

test.each([
  [['AT', 'OK'], ['AT'], /^it says OK to everything, and nothing else; gsm-modem list --find finds/],
  [['OK', 'ERROR'], [], /^it says "OK \| ERROR"$/],
  [['AT', 'AT+CGMI', 'AT'], ['AT', 'AT+CGMI'], /^the port only echoes what is typed$/],
  [['AT', '$GPGGA,1'], ['AT'], /^it says NMEA sentences, "\$GPGGA,1"/],
  [['x'.repeat(60)], [], /^it says "x{60}"$/],
  [['x'.repeat(61)], [], /^it says "x{60}…"$/],
  [['\u007fa~ \u001f'], [], /^it says "\.a~ \."$/],
])('%j, when %j was typed', (said, typed, words) => {
  expect(wordsFor(said, typed)).toMatch(words);
});
