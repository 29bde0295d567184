import { expect, test } from 'vitest';
import { hostOf, quietWorld } from '../host.ts';

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

test('unsolicited codes wait while a command runs or its prompt is open', async () => {
  const { host, world } = await standardHost('ATE0;+CNMI=2,1\r');
  expect(await host.type('AT+CMGS=10\r')).toBe('\r\n> ');
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  expect(await host.type('')).toBe('');
  expect(await host.type('\x1b')).toBe('\r\nOK\r\n\r\n+CMTI: "SM",1\r\n');
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
