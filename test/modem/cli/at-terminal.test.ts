import { describe, expect, test } from 'vitest';
import {
  commandOf,
  commandsOf,
  completions,
  linesOfCode,
  linesOfResult,
  wantsMessage,
} from '../../../modem/cli/at-terminal.ts';
import { Chat, memoryPort } from '../../../modem/index.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';
import { deliverPdus } from '../driver/bench.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

const silent = { unsolicited() {}, ended() {} };

describe('completion', () => {
  test.each([
    ['one a line, with AT', ok('AT+CSQ', 'AT+CMGF', 'ATE'), ['AT+CMGF', 'AT+CSQ', 'ATE']],
    ['one a line, without', ok('+CSQ', '^RSSI', '&F'), ['AT&F', 'AT+CSQ', 'AT^RSSI']],
    ['in one line', ok('+CLAC: AT+CSQ,AT+CMGF, AT+CSQ'), ['AT+CMGF', 'AT+CSQ']],
  ])('knows what the modem lists %s', async (_, answer, commands) => {
    const { port, farEnd } = memoryPort();
    new ScriptedModem(farEnd).when('AT+CLAC', answer);
    const chat = await Chat.open(port, new VirtualClock(), silent);
    expect(await commandsOf(chat)).toEqual(commands);
  });

  test('knows the commands of the standard when the modem lists none', async () => {
    const { port, farEnd } = memoryPort();
    new ScriptedModem(farEnd).when('AT+CLAC', line('ERROR'));
    const chat = await Chat.open(port, new VirtualClock(), silent);
    const commands = await commandsOf(chat);
    expect(completions(commands, 'at+cmg')).toEqual([
      ['AT+CMGC', 'AT+CMGD', 'AT+CMGF', 'AT+CMGL', 'AT+CMGR', 'AT+CMGS', 'AT+CMGW'],
      'at+cmg',
    ]);
  });

  test('has every command of the virtual modem', async () => {
    const clock = new VirtualClock();
    const port = createWorld({ seed: 1, clock }).addModem({ number: '+393330000001' }).memoryPort();
    const chat = await Chat.open(port, clock, silent);
    let commands: readonly string[] = [];
    void commandsOf(chat).then((found) => {
      commands = found;
    });
    await clock.runUntil(() => commands.length > 0, 60_000);
    expect(commands).toEqual(expect.arrayContaining(['ATE', 'AT+CMGS', 'AT+CUSD']));
  });
});

describe('what is shown', () => {
  const [pdu = ''] = deliverPdus('39333', { kind: 'text', text: 'Hello' });
  const fields = [expect.stringMatching(/^ {4}TP-OA +.*\+39333/), expect.stringMatching(/^ {4}TP-UD +.*Hello/)];

  test('a PDU in an answer stands above its fields', () => {
    const lines = linesOfResult({ kind: 'ok', numeric: false, lines: [{ text: '+CMGR: 1,,25' }, { text: pdu }] });
    expect(lines.slice(0, 2)).toEqual(['+CMGR: 1,,25', pdu]);
    expect(lines).toEqual(expect.arrayContaining(fields));
    expect(lines.at(-1)).toBe('OK');
  });

  test('a code that nobody asked for is marked, and its PDU decoded', () => {
    const lines = linesOfCode({ prefix: '+CMT', line: '+CMT: ,25', pdu });
    expect(lines.slice(0, 2)).toEqual(['* +CMT: ,25', pdu]);
    expect(lines).toEqual(expect.arrayContaining(fields));
  });

  test('hexadecimal that is no PDU stays as it is', () => {
    const text = 'FFFFFFFFFFFFFFFFFFFF';
    expect(linesOfResult({ kind: 'ok', numeric: false, lines: [{ text }] })).toEqual([text, 'OK']);
  });

  test.each([
    ['AT+CMGS=17', true],
    ['at+cmgw', true],
    ['AT+CMGF=1', false],
    ['AT+CMGS=?', false],
    ['AT+CMGS?', false],
    ['AT+CMGC=12', true],
    ['AT+CMGR=1', false],
  ])('%s asks for a message: %s', (text, wanted) => {
    expect(wantsMessage(text)).toBe(wanted);
  });

  test.each<[text: string, timeoutMs: number | undefined]>([
    ['ATD123;', 180_000],
    ['AT+CFUN=1', 180_000],
    ['AT+CMGS=17', 180_000],
    ['AT+CMSS=1', 180_000],
    ['AT+CMGC=12', 180_000],
    ['AT+COPS=?', 180_000],
    ['AT+CUSD=1', 180_000],
    ['AT+CPIN="1"', 180_000],
    ['at+cgatt=1', 180_000],
    ['AT+CSQ', undefined],
    ['AT+CMGF=1', undefined],
  ])('%s is waited for so many ms: %s', (text, timeoutMs) => {
    expect(commandOf(text, undefined).timeoutMs).toBe(timeoutMs);
  });

  test('a message that is stored to be sent stands above its fields too', () => {
    const text = '0001000181F100000161';
    const lines = linesOfResult({ kind: 'ok', numeric: false, lines: [{ text: '+CMGR: 2,,9' }, { text }] });
    expect(lines.slice(0, 2)).toEqual(['+CMGR: 2,,9', text]);
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {4}TP-DA +.* 1 /)]));
  });

  // Both could be a DELIVER-REPORT.
  test.each(['00000100', '000001000000'])('digits that are too few for a message stay as they are: %s', (text) => {
    expect(linesOfResult({ kind: 'ok', numeric: false, lines: [{ text }] })).toEqual([text, 'OK']);
  });

  test('a command takes every line with its prefix', () => {
    expect(commandOf('at+csq', undefined)).toEqual({
      text: 'at+csq',
      plain: true,
      response: { prefix: '+CSQ:', many: true },
    });
  });

  test('a chain of commands has one answer, with the lines of each', async () => {
    const { port, farEnd } = memoryPort();
    const answers = [line('+CSQ: 23,0'), line('+COPS: 0,0,"a;+CREG?"'), line('^SYSINFO: 2'), ok('+CREG: 0,1')].join('');
    const typed = 'AT+CSQ;+COPS?;^SYSINFO;+cpms="+CGSN"';
    new ScriptedModem(farEnd).when(typed, answers);
    const codes: string[] = [];
    const chat = await Chat.open(port, new VirtualClock(), {
      unsolicited: (code) => codes.push(code.line),
      ended() {},
    });
    const result = await chat.run(commandOf(typed, undefined));
    expect(linesOfResult(result)).toEqual(['+CSQ: 23,0', '+COPS: 0,0,"a;+CREG?"', '^SYSINFO: 2', 'OK']);
    expect(codes).toEqual(['+CREG: 0,1']);
  });

  test.each([
    ['ATE0+CSQ', '+CSQ:'],
    ['AT&F+CSQ', '+CSQ:'],
    ['ATE0', undefined],
    ['AT+CMGS="+39333"', '+CMGS:'],
  ])('%s expects lines of %s', (text, prefix) => {
    expect(commandOf(text, undefined).response?.prefix).toBe(prefix);
  });

  test.each([
    ['hello', 'hello'],
    ['hello\x1a', 'hello'],
    ['hello\x1aAT', 'hello'],
    ['\x1a', ''],
  ])('Ctrl-Z ends a message: %j is %j', (typed, message) => {
    expect(commandOf('AT+CMGS="1"', typed).payload).toBe(message);
  });
});
