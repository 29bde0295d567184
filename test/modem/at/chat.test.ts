import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Chat, QUEUE_LIMIT } from '../../../modem/at/chat.ts';
import type { AtCommand, AtResult } from '../../../modem/at/command.ts';
import type { UnsolicitedCode } from '../../../modem/at/unsolicited.ts';
import { type ControlLines, type FarEnd, memoryPort, type PortError } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, PROMPT, ScriptedModem } from '../scripted-modem.ts';

let clock: VirtualClock;
let farEnd: FarEnd;
let modem: ScriptedModem;
let chat: Chat;
let codes: UnsolicitedCode[];
let ended: PortError[];

const signal: AtCommand = { text: 'AT+CSQ', response: { prefix: '+CSQ:' } };
const operator: AtCommand = { text: 'AT+COPS?', response: { prefix: '+COPS:' }, timeoutMs: 5_000 };
const submit: AtCommand = { text: 'AT+CMGS=18', payload: '0011AA', response: { prefix: '+CMGS:' }, timeoutMs: 60_000 };
const pdu = '07911326040000F0040B911346610089F600002080629173140808C8F71D14969741';

beforeEach(async () => {
  clock = new VirtualClock();
  const { port, farEnd: far } = memoryPort();
  farEnd = far;
  modem = new ScriptedModem(farEnd);
  modem.when('AT', ok()).when('AT+CSQ', ok('+CSQ: 23,0'));
  codes = [];
  ended = [];
  chat = await Chat.open(port, clock, {
    unsolicited: (code) => codes.push(code),
    ended: (reason) => ended.push(reason),
  });
});

/** Runs commands at once, and the clock for as long as they take. */
async function results(...commands: readonly AtCommand[]): Promise<AtResult[]> {
  const done: AtResult[] = [];
  const all = Promise.all(commands.map((command) => chat.run(command).then((result) => done.push(result))));
  await clock.runUntil(() => done.length === commands.length, 600_000);
  await all;
  return done;
}

const textsOf = (result: AtResult | undefined) =>
  result?.kind === 'ok' ? result.lines.map(({ text }) => text) : result?.kind;

describe('a command', () => {
  test('gets the lines it declared', async () => {
    expect(textsOf((await results(signal))[0])).toEqual(['+CSQ: 23,0']);
  });

  test('has one line unless it declared more: a second one is a code', async () => {
    modem.when('AT+CSQ', ok('+CSQ: 1,0', '+CSQ: 2,0'));
    const [one, more] = await results(signal, { text: 'AT+CSQ', response: { prefix: '+CSQ:', many: true } });
    expect([textsOf(one), textsOf(more)]).toEqual([['+CSQ: 1,0'], ['+CSQ: 1,0', '+CSQ: 2,0']]);
    expect(codes.map(({ line: text }) => text)).toEqual(['+CSQ: 2,0']);
  });

  test.each([
    [3, { text: '+CMGR: 1,,34', pdu }],
    [4, { text: '+CMGR: 1,,34' }],
  ])('has its line though %i headers of codes come between that line and its PDU', async (count, expected) => {
    modem.when(
      'AT+CMGR=1',
      `${line('+CMGR: 1,,34')}${line('+CMT: ,34').repeat(count)}${line(pdu).repeat(count + 1)}${ok()}`,
    );
    const [result] = await results({ text: 'AT+CMGR=1', response: { prefix: '+CMGR:', pdu: true } });
    expect(result).toMatchObject({ kind: 'ok', lines: [expected] });
    expect(codes).toHaveLength(count);
  });

  test('is typed only when the one before it is answered', async () => {
    modem.when('AT+COPS?', undefined);
    void chat.run(operator);
    void chat.run(signal);
    await clock.advance(1_000);
    expect(modem.typed).toEqual(['AT+COPS?']);
  });

  test('ignores its own echo, whether or not the modem echoes', async () => {
    modem.echo = true;
    modem.when('AT+CGMI', ok('Quectel'));
    expect(textsOf((await results({ text: 'AT+CGMI', plain: true }))[0])).toEqual(['Quectel']);
  });

  test.each([
    ['\r\nERROR\r\n', 'ERROR'],
    ['\r\n+CME ERROR: 14\r\n', 'SIM busy'],
    ['\r\n+CME ERROR: SIM busy\r\n', '+CME ERROR: 14'],
    ['\r\n+CMS ERROR: 330\r\n', 'SMSC address unknown'],
    ['\r\n+CME ERROR: the SIM sleeps\r\n', 'was refused: +CME ERROR: the SIM sleeps'],
    ['\r\n+CMS ERROR: \r\n', 'was refused: +CMS ERROR:'],
    ['\r\n+CME ERROR: 9999\r\n', 'was refused: +CME ERROR: 9999'],
    ['\r\nCOMMAND NOT SUPPORT\r\n', 'COMMAND NOT SUPPORT'],
    ['\r\nNA\r\n', 'NA'],
    ['\r\nMODEM ERROR: 5\r\n', 'MODEM ERROR: 5'],
    ['\r\n+EXT ERROR: 2\r\n', '+EXT ERROR: 2'],
    ['\r\nNOT FOND ^,NOT CUSTOM AT\r\n', 'NOT FOND'],
    ['\r\nNOT FOUND ^,NOT CUSTOM AT\r\n', 'NOT FOUND'],
    ...['NO CARRIER', 'NO DIALTONE', 'NO ANSWER', 'BUSY', 'ABORTED', 'TOO MANY PARAMETERS'].map((word) => [
      line(word),
      word,
    ]),
    ['3\r', '3'],
    ['4\r', '4'],
  ])('is refused by %j', async (answer, words) => {
    modem.when('AT+CSQ', answer);
    const [result] = await results(signal);
    expect(result?.kind === 'error' && result.error.message).toContain(words);
  });

  test('is answered in numbers after ATV0', async () => {
    modem.when('AT+CSQ', '+CSQ: 1,0\r\n0\r');
    expect((await results(signal))[0]).toEqual({ kind: 'ok', lines: [{ text: '+CSQ: 1,0' }], numeric: true });
  });

  test('is not refused by a lone digit when the modem answers in words', async () => {
    modem.when('AT+CGMM', ok('X', '4', '0'));
    const [, model] = await results(signal, { text: 'AT+CGMM', plain: true });
    expect(textsOf(model)).toEqual(['X', '4', '0']);
  });

  test('is done when its answer is there and the final code never comes (Wavecom Q2)', async () => {
    modem.when('AT+CSQ', line('+CSQ: 5,0'));
    expect(textsOf((await results(signal))[0])).toEqual(['+CSQ: 5,0']);
    expect(ended).toEqual([]);
  });

  test('times out with the evidence, without SIM secrets', async () => {
    modem.when('AT+CPIN="1234"', line('AT+CPIN="1234"'));
    const [result] = await results({ text: 'AT+CPIN="1234"', timeoutMs: 3_000 });
    expect(result?.kind).toBe('timeout');
    expect(JSON.stringify(result)).not.toContain('1234');
    expect(result?.kind === 'timeout' && result.error.message).toBe(
      'AT+CPIN=****** was not answered within 3 s (nothing came)',
    );
  });

  test('is refused when too many wait', async () => {
    modem.when('AT+COPS?', undefined);
    const waiting = Array.from({ length: QUEUE_LIMIT }, () => chat.run(operator));
    void waiting;
    let refused: AtResult | undefined;
    void chat.run(signal).then((result) => {
      refused = result;
    });
    await clock.advance(0);
    expect(refused, 'one is typed, and as many wait as may').toBeUndefined();
    expect(await chat.run(signal)).toMatchObject({
      kind: 'aborted',
      payloadTyped: false,
      error: { message: expect.stringContaining(`${QUEUE_LIMIT} commands are waiting already`) },
    });
  });

  test('times out with the last 32 lines that came, in which SIM secrets are masked', async () => {
    const noise = Array.from({ length: 40 }, (_, index) => `x${index} AT+CPIN="1234"`);
    modem.when('AT+COPS?', noise.map(line).join(''));
    const [result] = await results(operator);
    const received = noise.slice(-32).map((text) => text.replace('"1234"', '******'));
    expect(result?.kind === 'timeout' && result.error.received).toEqual(received);
  });

  test('times out with the first 80 characters of an overlong line', async () => {
    modem.when('AT+COPS?', line('x'.repeat(5_000)));
    const [result] = await results(operator);
    expect(result?.kind === 'timeout' && result.error.received).toEqual(['x'.repeat(80)]);
  });

  test('times out while a line is coming: the line is not cut', async () => {
    modem.when('AT+COPS?', '\r\n+CMTI: "S');
    modem.when('AT', 'M",3\r\n\r\nOK\r\n');
    const [result] = await results(operator, signal);
    expect([result?.kind, codes.map(({ line: text }) => text)]).toEqual(['timeout', ['+CMTI: "SM",3']]);
  });

  test('times out without the text of its PDU, though the modem echoes the PDU', async () => {
    modem.echo = true;
    modem.when('AT+CMGS=18', PROMPT).when('0011AA^Z', line('^RSSI: 1'));
    const [result] = await results(submit);
    expect(result?.kind === 'timeout' && result.error.received).toEqual(['^RSSI: 1']);
  });

  test('does not take the echo of its PDU for that of a message', async () => {
    modem.echo = true;
    modem.when('AT+CMGS=18', `${line('+CMT: ,25')}${PROMPT}`).when('0011AA^Z', `${line(pdu)}${ok('+CMGS: 7')}`);
    const [result] = await results(submit);
    expect([textsOf(result), codes]).toEqual([['+CMGS: 7'], [{ prefix: '+CMT', line: '+CMT: ,25', pdu }]]);
  });
});

describe('how long is waited', () => {
  test.each<[what: string, command: AtCommand, answer: string | undefined, ms: number]>([
    ['for an answer', signal, undefined, 10_000],
    ['for the OK behind a complete answer', signal, line('+CSQ: 5,0'), 2_000],
    ['for a prompt, whatever the time-out of the command', submit, undefined, 10_000],
    ['for the answer behind a PDU', submit, PROMPT, 60_000],
  ])('%s', async (_what, command, answer, ms) => {
    modem.when(command.text, answer).when('0011AA^Z', undefined);
    const start = clock.now();
    await results(command);
    expect(clock.now() - start).toBe(ms);
  });
});

describe('unsolicited codes', () => {
  const noise = [
    ...['^RSSI: 20', '_OSIGQ: 3,0', '#STN: 1', '+ZUSIMR:2', '+SPNWNAME: "x"', 'RING', 'RDY', 'SMS DONE', 'SMS READY'],
    ...['SMS Ready', 'Call Ready', 'PB DONE', 'NORMAL POWER DOWN', 'MODEM:STARTUP'],
  ];

  test.each(noise)('%s between command and answer, and inside the answer, is not the answer', async (code) => {
    modem.when('AT+CGMM', `${line(code)}${line('EC25')}${line(code)}${ok()}`);
    expect(textsOf((await results({ text: 'AT+CGMM', plain: true }))[0])).toEqual(['EC25']);
    expect(codes.map(({ line: text }) => text)).toEqual([code, code]);
  });

  test('+CREG: is told from the answer of the same name', async () => {
    modem.when('AT+CREG?', `${line('+CREG: 5')}${ok('+CREG: 1,1')}`);
    const accepts = (text: string) => text.includes(',');
    const [result] = await results({ text: 'AT+CREG?', response: { prefix: '+CREG:', accepts } });
    expect(textsOf(result)).toEqual(['+CREG: 1,1']);
    expect(codes).toEqual([{ prefix: '+CREG', line: '+CREG: 5' }]);
  });

  test.each([
    ['directly', ''],
    ['after an extra CRLF', '\r\n'],
    ['after other noise', line('^RSSI: 3')],
  ])('+CMT brings its PDU %s', async (_how, between) => {
    modem.say(`\r\n+CMT: ,25\r\n${between}${pdu}\r\n`);
    await clock.advance(0);
    expect(codes.filter(({ prefix }) => prefix === '+CMT')).toEqual([{ prefix: '+CMT', line: '+CMT: ,25', pdu }]);
  });

  test.each(['+CMT', '+CDS', '+CBM'])('%s brings a PDU behind which the modem writes ",0"', async (prefix) => {
    modem.say(`\r\n${prefix}: ,25\r\n${pdu},0\r\n`);
    await clock.advance(0);
    expect(codes).toEqual([{ prefix, line: `${prefix}: ,25`, pdu: `${pdu},0` }]);
  });

  test('of five headers without a PDU the oldest is forgotten; PDUs belong to the last ones', async () => {
    const headers = [1, 2, 3, 4, 5].map((length) => `+CMT: ,${length}`);
    modem.say([...headers, 'AA', 'BB', 'CC', 'DD', 'EE'].map(line).join(''));
    await clock.advance(0);
    expect(codes.map(({ line: header, pdu: read }) => `${header} ${read}`)).toEqual([
      '+CMT: ,5 AA',
      '+CMT: ,4 BB',
      '+CMT: ,3 CC',
      '+CMT: ,2 DD',
    ]);
  });

  test('+CMT inside a list of messages takes its own PDU and leaves the others theirs', async () => {
    modem.when(
      'AT+CMGL=4',
      `\r\n+CMGL: 1,1,,25\r\n\r\n+CMT: ,24\r\nAAAA\r\n${pdu}\r\n+CMGL: 2,1,,26\r\nBBBB\r\n${ok()}`,
    );
    const [result] = await results({ text: 'AT+CMGL=4', response: { prefix: '+CMGL:', many: true, pdu: true } });
    expect(result?.kind === 'ok' && result.lines).toEqual([
      { text: '+CMGL: 1,1,,25', pdu },
      { text: '+CMGL: 2,1,,26', pdu: 'BBBB' },
    ]);
    expect(codes).toEqual([{ prefix: '+CMT', line: '+CMT: ,24', pdu: 'AAAA' }]);
  });

  test.each([
    ['no line', '', {}],
    ['an odd number of digits', '079\r\n', { damagedPdu: '079' }],
    ['two lines: the first', 'XY\r\nZ\r\n', { damagedPdu: 'XY' }],
    ['a code and a line', '+CMTI: "SM",1\r\nXY\r\n', { damagedPdu: 'XY' }],
    ['a line, and then a PDU', `XY\r\n${pdu}\r\n`, { pdu }],
    ['a PDU, and then a line', `${pdu}\r\nXY\r\n`, { pdu }],
  ])('behind the header of a message: %s', async (_what, lines, kept) => {
    const next = '+CMGL: 2,1,,26\r\nBBBB\r\n';
    modem.when('AT+CMGL=4', `\r\n+CMGL: 1,1,,25\r\n${lines}${next}+CMGL: 3,1,,25\r\n${lines}${ok()}`);
    const [result] = await results({ text: 'AT+CMGL=4', response: { prefix: '+CMGL:', many: true, pdu: true } });
    expect(result?.kind === 'ok' && result.lines).toEqual([
      { text: '+CMGL: 1,1,,25', ...kept },
      { text: '+CMGL: 2,1,,26', pdu: 'BBBB' },
      { text: '+CMGL: 3,1,,25', ...kept },
    ]);
  });

  test('+CUSD goes on over the line ends in its quotes', async () => {
    modem.say('\r\n+CUSD: 0,"Credit:\r\n5 EUR",15\r\n');
    await clock.advance(0);
    expect(codes).toEqual([{ prefix: '+CUSD', line: '+CUSD: 0,"Credit:\n5 EUR",15' }]);
  });

  test('inside the quotes of +CUSD nothing is a prompt, a code or a final code', async () => {
    modem.when('AT+CMGS=18', undefined).when('AT+CNMI=2,1', line('ERROR'));
    const text = '+CUSD: 1,"Menu\r\n> Saldo\r\nRING\r\n+CREG: 1\r\nOK\r\nERROR\r\n+CMTI: "SM",3\r\n0\r\nNO CARRIER",15';
    void chat.run(submit);
    modem.say(line(text));
    await clock.advance(0);
    expect(codes).toEqual([{ prefix: '+CUSD', line: text.replaceAll('\r\n', '\n') }]);
    expect(modem.typed).toEqual(['AT+CMGS=18']);
  });
});

describe('the prompt', () => {
  test.each([
    ['as it should be', PROMPT],
    ['without its space', '\r\n>'],
    ['after an unsolicited code', `${line('+CMTI: "SM",1')}${PROMPT}`],
    ['after an orphan OK', `${ok()}${PROMPT}`],
  ])('%s is answered with the PDU and Ctrl-Z', async (_how, prompt) => {
    modem.when('AT+CMGS=18', prompt).when('0011AA^Z', ok('+CMGS: 7'));
    expect(textsOf((await results(submit))[0])).toEqual(['+CMGS: 7']);
    expect(modem.typed).toEqual(['AT+CMGS=18', '0011AA^Z']);
  });

  test('is waited for: nothing is typed blind', async () => {
    modem.when('AT+CMGS=18', undefined);
    void chat.run(submit);
    await clock.advance(9_000);
    expect(modem.typed).toEqual(['AT+CMGS=18']);
    modem.when('0011AA^Z', ok('+CMGS: 9'));
    modem.say(PROMPT);
    await clock.advance(1);
    expect(modem.typed).toHaveLength(2);
  });

  test('that never comes: nothing was typed, and ESC comes before anything else', async () => {
    modem.when('AT+CMGS=18', undefined);
    const [result, next] = await results(submit, signal);
    expect(result).toMatchObject({ kind: 'timeout', payloadTyped: false });
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
    expect(modem.typed).toEqual(['AT+CMGS=18', 'ESC', 'AT', 'AT+CSQ']);
  });

  test('that nobody asked for is left before the next command', async () => {
    modem.say(PROMPT);
    await clock.advance(0);
    expect(textsOf((await results(signal))[0])).toEqual(['+CSQ: 23,0']);
    expect(modem.typed).toEqual(['ESC', 'AT', 'AT+CSQ']);
  });

  test('that a command without a PDU has got, and its answer too, needs no ESC: AT is typed once more', async () => {
    modem.when('AT+COPS?', `${PROMPT}${ok('+COPS: 0')}`);
    const [first, next] = await results(operator, signal);
    expect([textsOf(first), textsOf(next)]).toEqual([['+COPS: 0'], ['+CSQ: 23,0']]);
    expect(modem.typed).toEqual(['AT+COPS?', 'AT', 'AT+CSQ']);
  });

  test('whose answer is lost after the PDU: it was typed, once', async () => {
    modem.when('AT+CMGS=18', PROMPT).when('0011AA^Z', undefined);
    const [result] = await results(submit);
    expect(result).toMatchObject({ kind: 'timeout', payloadTyped: true });
    await clock.advance(120_000);
    expect(modem.typed.filter((typed) => typed.endsWith('^Z'))).toHaveLength(1);
  });
});

describe('after a time-out', () => {
  test.each([4_900, 5_050, 5_300, 5_900, 8_000])(
    'an answer that comes at %i ms does not become the next command’s',
    async (lateMs) => {
      modem.when('AT+COPS?', undefined).when('AT+CNMI=2,1', line('+CME ERROR: 3'));
      clock.after(lateMs, () => modem.say(ok('+COPS: 0,0,"TIM"')));
      const [late, next, set] = await results(operator, signal, { text: 'AT+CNMI=2,1' });
      expect(late?.kind).toBe(lateMs < 5_000 ? 'ok' : 'timeout');
      expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
      expect(set?.kind).toBe('error');
    },
  );

  test.each([5_500, 6_500, 9_000])(
    'an answer that comes at %i ms does not become that of the same command, asked once more',
    async (lateMs) => {
      modem.when('AT+CMGR=1', undefined).when('AT+CMGR=2', ok('+CMGR: 1,,1\r\nBBBB'));
      clock.after(lateMs, () => modem.say(ok('+CMGR: 1,,1\r\nAAAA')));
      const read = (index: number): AtCommand => ({
        text: `AT+CMGR=${index}`,
        response: { prefix: '+CMGR:', pdu: true },
        timeoutMs: 5_000,
      });
      const [late, next, other] = await results(read(1), read(2), signal);
      expect(late?.kind).toBe('timeout');
      expect(next?.kind === 'ok' && next.lines.map(({ pdu: read }) => read)).toEqual(['BBBB']);
      expect(textsOf(other)).toEqual(['+CSQ: 23,0']);
    },
  );

  test('a late answer whose OK is lost does not end with the next command’s refusal', async () => {
    const refused = `${line('+COPS: 0,0,"TIM"')}${line('+CME ERROR: 3')}${ok()}`;
    modem.when('AT+COPS?', undefined).when('AT+CNMI=2,1', refused);
    const [late, set, next] = await results(operator, { text: 'AT+CNMI=2,1' }, signal);
    expect(late?.kind).toBe('timeout');
    expect(set?.kind).toBe('error');
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
  });

  test('an unsolicited code of the prefix that is owed takes no answer away', async () => {
    const registration: AtCommand = {
      text: 'AT+CREG?',
      response: { prefix: '+CREG:', accepts: (text) => text.includes(',') },
    };
    modem.when('AT+CREG?', undefined);
    await results(registration);
    modem.say(line('+CREG: 5'));
    await clock.advance(1_000);
    expect(textsOf((await results(signal))[0])).toEqual(['+CSQ: 23,0']);
    // One that looks like the answer, and whose final code never comes.
    modem.say(line('+CREG: 1,5'));
    await clock.advance(10_000);
    expect(textsOf((await results(signal))[0])).toEqual(['+CSQ: 23,0']);
  });

  test('a line like an owed one whose OK never comes takes none away once the line was quiet', async () => {
    modem.when('AT+COPS?', undefined).when('ATE0', ok());
    clock.after(5_300, () => modem.say(line('+COPS: 0,0,"TIM"')));
    const start = clock.now();
    const [lost, echo] = await results(operator, { text: 'ATE0' });
    expect([lost?.kind, echo?.kind]).toEqual(['timeout', 'ok']);
    expect(clock.now() - start).toBeLessThan(6_000);
  });

  test('a modem that says a stray OK after each ERROR is in step when it has said both twice', async () => {
    modem.when('AT+COPS?', undefined).when('AT', () => {
      clock.after(20, () => modem.say(ok()));
      return line('ERROR');
    });
    const [, next] = await results(operator, signal);
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
    expect(modem.typed).toEqual(['AT+COPS?', 'AT', 'AT', 'AT+CSQ']);
  });

  test('a modem that says one OK more for each AT than for the AT before is given up after ten', async () => {
    let surplus = 0;
    modem.when('AT+COPS?', undefined).when('AT', () => {
      surplus += 1;
      return ok().repeat(1 + surplus);
    });
    const [, next] = await results(operator, signal);
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
    expect(modem.typed.filter((typed) => typed === 'AT')).toHaveLength(10);
  });

  test('a late final code that comes while AT is typed leaves no doubt', async () => {
    modem.when('AT+COPS?', undefined).when('ATE0', ok());
    clock.after(5_300, () => modem.say(line('ERROR')));
    await results(operator, signal);
    const start = clock.now();
    expect((await results({ text: 'ATE0' }))[0]?.kind).toBe('ok');
    expect(clock.now() - start).toBe(0);
  });

  test('a command that is held back is typed as soon as the late answer has come', async () => {
    let typedAt = 0;
    modem.when('AT+COPS?', undefined).when('AT+COPS=?', () => {
      typedAt = clock.now();
      return ok('+COPS: (2)');
    });
    const start = clock.now();
    clock.after(7_000, () => modem.say(ok('+COPS: 0,0,"TIM"')));
    await results(operator, { text: 'AT+COPS=?', response: { prefix: '+COPS:' } });
    expect(typedAt - start).toBe(7_000);
  });

  test('a text whose quote never closes ends with the time of a command, though codes go on coming', async () => {
    modem.say('\r\n+CUSD: 0,"Cred\r\n');
    for (let at = 2_000; at < 30_000; at += 2_000) clock.after(at, () => modem.say(line('^RSSI: 1')));
    const start = clock.now();
    const [first, second] = await results(signal, signal);
    expect([first?.kind, textsOf(second)]).toEqual(['timeout', ['+CSQ: 23,0']]);
    expect(clock.now() - start).toBeLessThan(12_000);
  });

  test('an answer that is said twice is not the next command’s', async () => {
    modem
      .when('AT+CPMS="SM"', () => {
        clock.after(5, () => modem.say(ok('+CPMS: 1,20')));
        return ok('+CPMS: 1,20');
      })
      .when('AT+CMGD=1', () => {
        clock.after(20, () => modem.say(line('ERROR')));
        return undefined;
      });
    const [, deleted, next] = await results(
      { text: 'AT+CPMS="SM"', response: { prefix: '+CPMS:' } },
      { text: 'AT+CMGD=1' },
      signal,
    );
    expect(deleted?.kind).toBe('error');
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
  });

  test('a text whose quote never ended costs no answer', async () => {
    modem.say('\r\n+CUSD: 0,"Cred');
    const both = await results(signal, signal);
    expect(both.map(textsOf)).toEqual([['+CSQ: 23,0'], ['+CSQ: 23,0']]);
  });

  test('what such a text has swallowed is heard when no more of it comes for 5 s', async () => {
    const split = async (pauseMs: number) => {
      codes.length = 0;
      modem.say('\r\n+CUSD: 0,"Cred\r\n+CMTI: "SM",1\r\n');
      await clock.advance(pauseMs);
      modem.say('\r\nRING\r\n');
      await clock.advance(0);
      return codes.map(({ line: text }) => text);
    };
    expect(await split(5_000)).toEqual(['+CUSD: 0,"Cred', '+CMTI: "SM",1', 'RING']);
    expect(await split(4_999)).toEqual([]);
  });

  test('such a text, and the code that came 2 s later, are told when nothing comes for 5 s', async () => {
    modem.say('\r\n+CUSD: 0,"Cred\r\n');
    await clock.advance(2_000);
    modem.say(line('+CMTI: "SM",1'));
    await clock.advance(4_999);
    expect(codes).toEqual([]);
    await clock.advance(1);
    expect(codes.map(({ line: text }) => text)).toEqual(['+CUSD: 0,"Cred', '+CMTI: "SM",1']);
  });

  test('such a text is not told after the port was lost', async () => {
    modem.say('\r\n+CUSD: 0,"Cred\r\n');
    farEnd.hangUp();
    await clock.advance(10_000);
    expect([codes, ended.length]).toEqual([[], 1]);
  });

  test('the answer that such a text has swallowed is given to its command, and not to the next one', async () => {
    modem.say('\r\n+CUSD: 0,"Cred\r\n');
    const [first, second] = await results(signal, operator);
    expect([textsOf(first), second?.kind]).toEqual([['+CSQ: 23,0'], 'error']);
    expect(codes.map(({ line: text }) => text)).toEqual(['+CUSD: 0,"Cred']);
  });

  test('what such a text has swallowed when a command times out is heard then, and is not the next command’s', async () => {
    modem.say('\r\n+CUSD: 0,"Cred\r\n');
    const [first, second] = await results({ ...signal, timeoutMs: 3_000 }, operator);
    expect([first?.kind, second?.kind]).toEqual(['timeout', 'error']);
    expect(codes.map(({ line: text }) => text)).toEqual(['+CUSD: 0,"Cred', '+CSQ: 23,0']);
  });

  test.each([
    [199, 399],
    [201, 200],
  ])('AT is typed when the line was quiet for 200 ms: with a code after %i ms, after %i ms', async (ms, afterMs) => {
    modem.when('AT+COPS?', undefined);
    const typedAt: number[] = [];
    modem.when('AT', () => {
      typedAt.push(clock.now());
      return ok();
    });
    const start = clock.now();
    clock.after(5_000 + ms, () => modem.say(line('^RSSI: 1')));
    await results(operator, signal);
    expect(typedAt[0]).toBe(start + 5_000 + afterMs);
  });

  test('a line that is never quiet is waited for 5 s', async () => {
    modem.when('AT+COPS?', undefined);
    let typedAt = 0;
    modem.when('AT', () => {
      typedAt ||= clock.now();
      return ok();
    });
    const start = clock.now();
    for (let at = 100; at < 20_000; at += 100) clock.after(at, () => modem.say(line('^RSSI: 1')));
    await results(operator);
    const [next] = await results(signal);
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
    expect(typedAt - start).toBe(10_000);
  });

  test('a command of its kind is held back for 5 s, others are not', async () => {
    const typedAt = new Map<string, number>();
    const start = clock.now();
    const noteTime = (answer: string | undefined) => (typed: string) => {
      typedAt.set(typed, clock.now() - start);
      return answer;
    };
    modem.when('AT+COPS?', undefined).when('AT+CSQ', noteTime(ok('+CSQ: 23,0')));
    modem.when('AT+COPS=?', noteTime(ok('+COPS: (2)')));
    const all: AtCommand = { text: 'AT+COPS=?', response: { prefix: '+COPS:' } };
    const [lost, next, same] = await results(operator, signal, all);
    expect([lost?.kind, textsOf(next), textsOf(same)]).toEqual(['timeout', ['+CSQ: 23,0'], ['+COPS: (2)']]);
    expect([...typedAt]).toEqual([
      ['AT+CSQ', 5_400],
      ['AT+COPS=?', 10_000],
    ]);
  });

  test('a command that may be typed twice is, once (BenQ M32, Alcatel BE5: the first after idle is not heard)', async () => {
    modem.when('AT+CREG?', undefined, ok('+CREG: 1,1')).when('AT+COPS?', undefined);
    const registration: AtCommand = { text: 'AT+CREG?', response: { prefix: '+CREG:' }, repeatable: true };
    const [heard, never, single] = await results(registration, { ...operator, repeatable: true }, operator);
    expect(textsOf(heard)).toEqual(['+CREG: 1,1']);
    expect([never?.kind, single?.kind]).toEqual(['timeout', 'timeout']);
    expect(modem.typed.filter((typed) => typed !== 'AT')).toEqual([
      'AT+CREG?',
      'AT+CREG?',
      'AT+COPS?',
      'AT+COPS?',
      'AT+COPS?',
    ]);
  });

  test('a message is typed again only as long as its PDU was not', async () => {
    modem.when('AT+CMGS=18', undefined, PROMPT).when('0011AA^Z', undefined);
    const [result] = await results({ ...submit, repeatable: true });
    expect(result).toMatchObject({ kind: 'timeout', payloadTyped: true });
    expect(modem.typed).toEqual(['AT+CMGS=18', 'ESC', 'AT', 'AT+CMGS=18', '0011AA^Z']);
  });

  test('a message whose PDU was typed is not typed again', async () => {
    modem.when('AT+CMGS=18', PROMPT).when('0011AA^Z', undefined);
    const [result] = await results({ ...submit, repeatable: true });
    expect(result).toMatchObject({ kind: 'timeout', payloadTyped: true });
    await clock.advance(600_000);
    expect(modem.typed).toEqual(['AT+CMGS=18', '0011AA^Z']);
  });

  test('a refusal that follows the PDU is the message’s, at once; one before it may be the earlier command’s', async () => {
    modem.when('AT+COPS?', undefined).when('0011AA^Z', line('+CMS ERROR: 500'));
    const refusedAfter = async (prompt: string) => {
      modem.when('AT+CMGS=18', prompt);
      await results(operator, signal);
      const start = clock.now();
      const [result] = await results(submit);
      return [result?.kind, clock.now() - start];
    };
    expect(await refusedAfter(PROMPT)).toEqual(['error', 0]);
    expect(await refusedAfter(line('+CMS ERROR: 500'))).toEqual(['error', 200]);
  });

  test('a swallowed AT is typed again', async () => {
    modem.when('AT+COPS?', undefined).when('AT', undefined, ok());
    const [, next] = await results(operator, signal);
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
    expect(modem.typed).toEqual(['AT+COPS?', 'AT', 'ESC', 'AT', 'AT+CSQ']);
  });

  test('an ESC that is answered OK (Quectel, Telit) counts for nothing', async () => {
    modem.when('AT+CMGS=18', undefined);
    clock.after(10_010, () => modem.say(ok()));
    const [, next] = await results(submit, signal);
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
  });

  test('AT that is not answered is typed again after 1, 2, 3 and 4 s', async () => {
    const typedAt: number[] = [];
    modem.when('AT+COPS?', undefined).when('AT', () => {
      typedAt.push(clock.now());
      return undefined;
    });
    await results(operator, signal);
    // Before each one the line must have been quiet for 200 ms.
    const pauses = typedAt.slice(1).map((at, index) => at - (typedAt[index] ?? 0) - 200);
    expect(pauses).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  test('AT that is not answered five times ends the chat 16 s after the time-out, and whatever waits is lost', async () => {
    modem.when('AT+COPS?', undefined).when('AT', undefined);
    const start = clock.now();
    const [first, second] = await results(operator, signal);
    expect(first?.kind).toBe('timeout');
    expect(second).toMatchObject({ kind: 'lost', payloadTyped: false });
    expect(ended.map(({ message }) => message)).toEqual(['memory: the modem did not answer 6 times in a row']);
    expect(clock.now() - start).toBe((operator.timeoutMs ?? 0) + 15_000 + 5 * 200);
  });

  test.each([
    ['the last AT', [undefined, undefined, undefined, undefined, ok()], []],
    ['no AT', [undefined], ['memory: the modem did not answer 6 times in a row']],
  ])('a modem that answers %s, twice: %#', async (_what, answers, told) => {
    modem.when('AT+COPS?', undefined).when('AT', ...answers, ...answers);
    await results(operator, signal, operator, signal);
    expect(ended.map(({ message }) => message)).toEqual(told);
  });
});

describe('after a refusal', () => {
  test('nothing is typed before the line was quiet for 200 ms; after an answer it is typed at once', async () => {
    const typedAt: number[] = [];
    modem.when('AT+CSQ', () => {
      typedAt.push(clock.now());
      return ok('+CSQ: 23,0');
    });
    const start = clock.now();
    await results({ text: 'AT+CNMI=9' }, signal, signal);
    expect(typedAt.map((at) => at - start)).toEqual([200, 200]);
  });
});

describe('an orphan OK after ERROR', () => {
  test.each([0, 50, 90, 130, 180])('%i ms later is not the next command’s', async (delayMs) => {
    modem
      .when('AT+CNMI=2,1', () => {
        clock.after(delayMs, () => modem.say(ok()));
        return line('ERROR');
      })
      .when('AT+CGMI', ok('Quectel'))
      .when('AT+CPMS="SM"', line('+CMS ERROR: 302'));
    const commands = [{ text: 'AT+CNMI=2,1' }, { text: 'AT+CGMI', plain: true }, { text: 'AT+CPMS="SM"' }];
    const [refused, maker, storage] = await results(...commands);
    expect(refused?.kind).toBe('error');
    expect(textsOf(maker)).toEqual(['Quectel']);
    expect(storage?.kind).toBe('error');
  });
});

describe('an orphan OK after ERROR, while an answer is owed', () => {
  test('does not make a success of a refusal', async () => {
    const refuse = () => {
      clock.after(20, () => modem.say(ok()));
      return line('ERROR');
    };
    modem.when(/^AT\+CMGD|^AT\+CSMS/, refuse).when('AT+COPS?', undefined);
    const [, , deleted, next] = await results({ text: 'AT+CSMS=1' }, operator, { text: 'AT+CMGD=1' }, signal);
    expect(deleted?.kind).toBe('error');
    expect(textsOf(next)).toEqual(['+CSQ: 23,0']);
  });
});

describe('a slow modem', () => {
  const inTime = (delayMs: number, answer: string) => () => {
    clock.after(delayMs, () => modem.say(answer));
    return undefined;
  };
  /** How long a command with a time-out of 5 s is waited for. */
  const patience = async () => {
    modem.when('AT+COPS?', undefined);
    const start = clock.now();
    await results(operator);
    return clock.now() - start;
  };

  test.each([
    [0, 5_000],
    [99, 5_000],
    [100, 5_200],
    [3_000, 11_000],
  ])('that takes %i ms for each answer gets as much time more, twice: %i ms', async (tookMs, patienceMs) => {
    modem.when('AT+CSQ', inTime(tookMs, ok('+CSQ: 23,0')));
    await results(...Array.from({ length: 8 }, () => signal));
    expect(await patience()).toBe(patienceMs);
  });

  test('is given twice as much more for each AT after a time-out', async () => {
    modem.when('AT+CSQ', inTime(3_000, ok('+CSQ: 23,0')));
    await results(...Array.from({ length: 8 }, () => signal));
    const typedAt: number[] = [];
    modem.when('AT+COPS?', undefined).when('AT', () => {
      typedAt.push(clock.now());
      return undefined;
    });
    await results(operator, signal);
    const pauses = typedAt.slice(1).map((at, index) => at - (typedAt[index] ?? 0) - 200);
    expect(pauses).toEqual([7_000, 8_000, 9_000, 10_000]);
  });

  test('is not one that takes long to send messages', async () => {
    modem.when('AT+CMGS=18', PROMPT).when('0011AA^Z', inTime(5_000, ok('+CMGS: 7')));
    await results(...Array.from({ length: 8 }, () => submit));
    expect(await patience()).toBe(5_000);
  });
});

describe('the control lines', () => {
  test('DTR and RTS are set when the port is opened', async () => {
    const lines: ControlLines[] = [];
    const wired = memoryPort();
    wired.farEnd.listen({ opened() {}, data() {}, closed() {}, controlled: (set) => lines.push(set) });
    await Chat.open(wired.port, clock, { unsolicited() {}, ended() {} });
    expect(lines).toEqual([{ dtr: true, rts: true }]);
  });
});

describe('the end', () => {
  test('by a port that cannot be written to is a loss, whatever the error is', async () => {
    const { port } = memoryPort();
    const reasons: PortError[] = [];
    const mute = await Chat.open({ ...port, write: () => Promise.reject(new Error('EIO')) }, clock, {
      unsolicited() {},
      ended: (reason) => reasons.push(reason),
    });
    expect((await mute.run(signal)).kind).toBe('lost');
    expect(reasons).toMatchObject([{ code: 'failed', message: 'memory: Error: EIO' }]);
  });

  test.each<[when: string, lost: () => Promise<unknown>, afterMs: number]>([
    ['while AT is typed', () => Promise.all([chat.run(operator), chat.run(signal)]), 5_700],
    ['while a late answer is waited for', () => Promise.all([chat.run(operator), chat.run(operator)]), 7_000],
    ['while the modem is woken', () => chat.wake(['AT', 'AT', 'AT']), 1_500],
  ])('by unplugging %s comes at once', async (_when, lost, afterMs) => {
    modem.when('AT+COPS?', undefined);
    if (afterMs < 7_000) modem.when('AT', undefined);
    const start = clock.now();
    clock.after(afterMs, () => farEnd.hangUp());
    let isDone = false;
    void lost().then(() => {
      isDone = true;
    });
    await clock.runUntil(() => isDone, 60_000);
    expect([clock.now() - start, ended.length]).toEqual([afterMs, 1]);
  });

  test('by unplugging says whether the PDU was typed', async () => {
    modem.when('AT+CMGS=18', PROMPT).when('0011AA^Z', undefined);
    clock.after(1_000, () => farEnd.hangUp());
    const [running, waiting] = await results(submit, signal);
    expect(running).toMatchObject({ kind: 'lost', payloadTyped: true });
    expect(waiting).toMatchObject({ kind: 'lost', payloadTyped: false });
    expect(ended.map(({ code }) => code)).toEqual(['lost']);
  });

  test('by closing aborts what runs, and is not news', async () => {
    modem.when('AT+COPS?', undefined);
    const running = chat.run(operator);
    await chat.close();
    await chat.close();
    expect((await running).kind).toBe('aborted');
    expect((await chat.run(signal)).kind).toBe('aborted');
    expect(ended).toEqual([]);
  });
});

describe('whatever a modem writes', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\r',
      '> ',
      'OK',
      'ERROR',
      '+CSQ: 1,2',
      '+CMS ERROR: 500',
      '+CMT: ,25',
      '+CMGS: 7',
      pdu,
      '"',
      '0',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  );

  test('every command ends, with a result of the closed set, and the chat goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fragment, fc.nat({ max: 30_000 })), { maxLength: 40 }), async (noise) => {
        const world = new VirtualClock();
        const { port, farEnd: far } = memoryPort();
        far.listen({ opened() {}, closed() {}, data() {} });
        const noisy = await Chat.open(port, world, { unsolicited() {}, ended() {} });
        for (const [text, delayMs] of noise) world.after(delayMs, () => far.write(Buffer.from(text, 'latin1')));
        const kinds: string[] = [];
        for (const command of [signal, submit, operator, submit]) {
          void noisy.run(command).then(({ kind }) => kinds.push(kind));
        }
        await world.runUntil(() => kinds.length === 4, 3_600_000);
        expect(kinds).toHaveLength(4);
        expect(['ok', 'error', 'timeout', 'lost', 'aborted']).toEqual(expect.arrayContaining(kinds));
        await noisy.close();
      }),
      { numRuns: 300 },
    );
  });
});
