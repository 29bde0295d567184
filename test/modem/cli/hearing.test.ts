import { expect, test } from 'vitest';
import { withHearing, wordsFor } from '../../../modem/cli/hearing.ts';
import { memoryPort, openModem } from '../../../modem/index.ts';
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
  ['NMEA', () => '', '$GPRMC,092725,A\r\n', [[6, /^there is no modem on this port: it says NMEA/]]],
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
