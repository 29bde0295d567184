import { expect, test } from 'vitest';
import { decodeTpdu, fromHex } from '../../../modem/index.ts';
import { personalities } from '../../../sim/index.ts';
import { hostOf, openHost, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function standardHost(prepare = '') {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  const host = await hostOf(modem, clock);
  if (prepare !== '') await host.type(prepare);
  return { world, clock, modem, host };
}

/** What is typed after `ATE0`, and the whole answer. Sources: clauses of ITU-T V.250. */
const CASES: readonly (readonly [behaviour: string, clause: string, typed: string, answer: string])[] = [
  ['a bare AT is answered with OK', '5.2.1', 'AT\r', '\r\nOK\r\n'],
  ['lower case is as good', '5.2.2', 'at+cmgf?\r', '\r\n+CMGF: 0\r\n\r\nOK\r\n'],
  ['spaces count only inside quotes', '5.2.2', 'AT + CMGF = 1 ;+CMGF ?\r', '\r\n+CMGF: 1\r\n\r\nOK\r\n'],
  ['garbage before AT means nothing', '5.2.1', '\x1b\0#1AT+CSQ\r', '\r\n+CSQ: 23,0\r\n\r\nOK\r\n'],
  ['a lone carriage return and a line feed mean nothing', '5.2.1', '\r\n\n\r', ''],
  [
    'commands are chained with semicolons, answers come in order',
    '5.4.1',
    'AT+CSQ;+CPAS\r',
    '\r\n+CSQ: 23,0\r\n\r\n+CPAS: 0\r\n\r\nOK\r\n',
  ],
  ['basic commands need no separator', '5.3.1', 'ATE0V1Q0X4&C1&D2\r', '\r\nOK\r\n'],
  ['a chain ends at the first error', '5.7.3', 'AT+CSQ;+NOSUCH;+CPAS\r', '\r\n+CSQ: 23,0\r\n\r\nERROR\r\n'],
  ['an unknown command is answered at once', '5.4.5', 'AT+NOSUCH=1,"x;y"\r', '\r\nERROR\r\n'],
  ['an unknown basic command is an error', '5.3.1', 'ATY7\r', '\r\nERROR\r\n'],
  [
    'what is no character of the command means nothing',
    '5.1',
    'AT+C\x7f\x01\x80S\0Q\r',
    '\r\n+CSQ: 23,0\r\n\r\nOK\r\n',
  ],
  ['there may be nothing to take back', '5.2.2', '\b\bAT+CSQ\r', '\r\n+CSQ: 23,0\r\n\r\nOK\r\n'],
  ['S5 changes what takes back', '6.2.3', 'ATS5=35\rAT+CSX#Q\r', '\r\nOK\r\n\r\n+CSQ: 23,0\r\n\r\nOK\r\n'],
  ['ATV0 has a number for each result', '6.2.6', 'ATV0\rATA\rATX9\r', '0\r3\r4\r'],
  ['a/ repeats too', '5.2.4', 'AT+CPAS\ra/', '\r\n+CPAS: 0\r\n\r\nOK\r\n\r\n+CPAS: 0\r\n\r\nOK\r\n'],
  ['backspace takes back', '5.2.2', 'AT+CSX\bQ\r', '\r\n+CSQ: 23,0\r\n\r\nOK\r\n'],
  [
    'A/ repeats without a carriage return',
    '5.2.4',
    'AT+CPAS\rA/',
    '\r\n+CPAS: 0\r\n\r\nOK\r\n\r\n+CPAS: 0\r\n\r\nOK\r\n',
  ],
  [
    'ATV0 shortens results and drops the leading line end',
    '6.2.6',
    'ATV0\rAT+CPAS\rAT+NOSUCH\r',
    '0\r+CPAS: 0\r\n0\r4\r',
  ],
  ['ATQ1 suppresses results', '6.2.5', 'ATQ1\rAT\rATQ0\r', '\r\nOK\r\n'],
  ['S3 and S4 change the line end', '6.2.1', 'ATS3=33\rAT!', '!\nOK!\n!\nOK!\n'],
  ['S3 is read in three digits', '6.2.1', 'ATS3?\r', '\r\n013\r\n\r\nOK\r\n'],
  [
    'a quote may hold a semicolon',
    '5.4.2.2',
    'AT+CPBW=1,"12","129","a;b";+CPBR=1\r',
    '\r\n+CPBR: 1,"12",129,"a;b"\r\n\r\nOK\r\n',
  ],
  ['nobody answers a packet call', '6.3.1', 'ATD*99#\r', '\r\nNO CARRIER\r\n'],
  ['a dial string takes the rest', '6.3.1', 'ATD+39333;+CSQ\r', '\r\nNO CARRIER\r\n'],
  ['an S parameter may be chosen', '5.3.2', 'ATS3\r', '\r\nOK\r\n'],
  ['nobody answers a call', '6.3.1', 'ATD123;\r', '\r\nNO CARRIER\r\n'],
];

test.each(CASES)('%s (V.250, %s)', async (_behaviour, _clause, typed, answer) => {
  const { host } = await standardHost('ATE0\r');
  expect(await host.type(typed)).toBe(answer);
});

test('after power-on what is typed is echoed, until ATE0, and again after ATZ (V.250, 6.2.4)', async () => {
  const { host } = await standardHost();
  expect(await host.type('AT\r')).toBe('AT\r\r\nOK\r\n');
  expect(await host.type('ATE0\r')).toBe('ATE0\r\r\nOK\r\n');
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
  expect(await host.type('ATZ\r')).toBe('\r\nOK\r\n');
  expect(await host.type('AT\r')).toBe('AT\r\r\nOK\r\n');
});

test('commands are taken octet by octet', async () => {
  const { host } = await standardHost('ATE0\r');
  let heard = '';
  for (const character of 'AT+CSQ\r') heard += await host.type(character, 1);
  expect(heard).toBe('\r\n+CSQ: 23,0\r\n\r\nOK\r\n');
});

test('what is typed while a command runs is taken when it is done', async () => {
  const { world, clock } = quietWorld({ responseMs: [50, 50] });
  const host = await hostOf(world.addModem({ number: NUMBER }), clock);
  await host.type('ATE0\r');
  expect(await host.type('AT+CSQ\rAT+CPAS\r', 49)).toBe('');
  expect(await host.type('', 1)).toBe('\r\n+CSQ: 23,0\r\n\r\nOK\r\n');
  expect(await host.type('', 50)).toBe('\r\n+CPAS: 0\r\n\r\nOK\r\n');
});

test('the prompt is exactly CR LF > space, and ESC gives up (3GPP TS 27.005, 3.5.1)', async () => {
  const { host, world } = await standardHost('ATE0\r');
  expect(await host.type('AT+CMGS=10\r')).toBe('\r\n> ');
  expect(await host.type('0011')).toBe('');
  expect(await host.type('\x1b')).toBe('\r\nOK\r\n');
  expect(world.submitted(NUMBER)).toEqual([]);
});

test('a line that is too long is an error, and the next one is not', async () => {
  const { host } = await standardHost('ATE0\r');
  expect(await host.type(`AT${'+CSQ;'.repeat(1_000)}\r`)).toBe('\r\nERROR\r\n');
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
});

test('a command line has 2,048 characters at most, and A/ repeats none that was too long', async () => {
  const { host } = await standardHost('ATE0\r');
  const line = (length: number) => `AT+CPAS${' '.repeat(length - 'AT+CPAS'.length)}\r`;
  const answer = '\r\n+CPAS: 0\r\n\r\nOK\r\n';
  expect(await host.type(line(2_048))).toBe(answer);
  expect(await host.type(line(2_049))).toBe('\r\nERROR\r\n');
  expect(await host.type('A/')).toBe(answer);
});

const SUBMIT = '01000C91933303000020000005E8329BFD06';

test('a prompt takes 4,096 characters; what follows is lost', async () => {
  const { host, world } = await standardHost('ATE0\r');
  for (const [length, answer] of [
    [4_097, '\r\n+CMS ERROR: 304\r\n'],
    [4_096, '\r\n+CMGS: 0\r\n\r\nOK\r\n'],
  ] as const) {
    await host.type(`AT+CMGS=${SUBMIT.length / 2}\r`);
    expect(await host.type(`${`00${SUBMIT}`.padStart(length)}\x1a`)).toBe(answer);
  }
  expect(world.submitted(NUMBER).map(({ tpdu }) => tpdu)).toEqual([SUBMIT]);
});

test('backspace takes back in a prompt too (3GPP TS 27.005, 3.5.1)', async () => {
  const { host, world } = await standardHost('ATE0;+CMGF=1\r');
  await host.type(`AT+CMGS="${NUMBER}"\r`);
  await host.type('hex\b\bi!!\b\x1a');
  const [taken] = world.submitted(NUMBER);
  expect(taken && decodeTpdu(fromHex(taken.tpdu), 'mobile-originated')).toMatchObject({ userData: { text: 'hi!' } });
});

test('what was about to be said is not said to the next host, and what was typed is forgotten', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  world.faults.add({ action: { kind: 'late', ms: 500 }, command: '+CSQ' });
  const port = modem.memoryPort();
  const first = await openHost(port, clock);
  await first.type('ATE0\r');
  expect(await first.type('AT+CSQ\r', 100)).toBe('');
  await first.close();
  const second = await openHost(port, clock);
  expect(await second.type('', 1_000)).toBe('');
  expect(await second.type('AT+CSQ\r')).toBe('\r\n+CSQ: 23,0\r\n\r\nOK\r\n');
});

test('100 codes wait for the end of a command, the last ones', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  const host = await hostOf(modem, clock);
  await host.type('ATE0\r');
  await host.type('AT+CMGS=10\r');
  for (let i = 0; i < 101; i += 1) modem.notify(`CODE ${i}`);
  const codes = (await host.type('\x1b')).match(/CODE \d+/g) ?? [];
  expect([codes.length, codes[0], codes.at(-1)]).toEqual([100, 'CODE 1', 'CODE 100']);
});

test('unsolicited codes wait while a command runs or its prompt is open', async () => {
  const { host, world } = await standardHost('ATE0;+CNMI=2,1\r');
  expect(await host.type('AT+CMGS=10\r')).toBe('\r\n> ');
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  expect(await host.type('')).toBe('');
  expect(await host.type('\x1b')).toBe('\r\nOK\r\n\r\n+CMTI: "SM",1\r\n');
});

test('codes that wait for the end of a command are not said after a restart', async () => {
  const { host, modem, clock } = await standardHost('ATE0\r');
  await host.type('AT+CMGS=10\r');
  modem.notify('CODE');
  modem.reboot();
  await clock.advance(10_000);
  await host.type('ATE0\r');
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
  expect(host.heard()).not.toContain('CODE');
});

test('a prompt that comes late does not come after a restart, and what is typed then is a command', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({
    number: NUMBER,
    personality: personalities['quectel-ec25'] ?? expect.fail('no EC25'),
  });
  const host = await hostOf(modem, clock);
  await host.type('ATE0\r');
  expect(await host.type('AT+CMGS=10\r', 200)).toBe('');
  modem.reboot();
  expect(await host.type('', 60_000)).not.toContain('> ');
  await host.type('ATE0\r');
  expect(await host.type('AT+CSQ\r')).toBe('\r\n+CSQ: 23,0\r\n\r\nOK\r\n');
});

test('two lines to one modem have each its own echo, and both hear the codes', async () => {
  const { modem, clock, host, world } = await standardHost('ATE0;+CNMI=2,1\r');
  const other = await hostOf(modem, clock);
  expect(await other.type('AT\r')).toBe('AT\r\r\nOK\r\n');
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  expect(await host.type('')).toBe('\r\n+CMTI: "SM",1\r\n');
  expect(other.heard()).toBe('\r\n+CMTI: "SM",1\r\n');
});

test('every command that the modem lists is known in some form', async () => {
  const { host } = await standardHost('ATE0\r');
  const listed = (await host.type('AT+CLAC\r')).match(/AT\S+/g) ?? [];
  expect(listed).toContain('AT+CMGS');
  for (const command of listed.filter((name) => name.includes('+'))) {
    expect(await host.type(`${command}=?\r`), command).toMatch(/OK\r\n$/);
  }
});
