import { beforeEach, describe, expect, test } from 'vitest';
import { memoryPort } from '../../../modem/index.ts';
import { Interview } from '../../../modem/portrait/interview.ts';
import { RawLine } from '../../../modem/portrait/line.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

let clock: VirtualClock;
let script: ScriptedModem;
let interview: Interview;

beforeEach(async () => {
  clock = new VirtualClock();
  const { port, farEnd } = memoryPort();
  script = new ScriptedModem(farEnd);
  const raw = new RawLine(port, clock);
  await clock.run(raw.open(300));
  interview = new Interview(raw, clock);
});

const linesOf = async (form: string) => (await clock.run(interview.ask(form))).lines;

describe('an answer', () => {
  test('ends with its result, and what comes behind that is none of it', async () => {
    script.when('AT+A?', `${ok('+A: 1')}${line('OK')}`);
    expect(await linesOf('+A?')).toEqual(['+A: 1', 'OK']);
  });

  test('that does not end is waited for 12 s, and ends with an empty line', async () => {
    script.when('AT+A?', line('+A: 1'));
    const start = clock.now();
    expect(await linesOf('+A?')).toEqual(['+A: 1', '']);
    expect(clock.now() - start).toBe(12_060);
  });

  test('is not over before the end of its last line', async () => {
    script.when('AT+A?', '\r\n+CME ERROR: 5');
    clock.after(1_000, () => script.say('15\r\n'));
    expect(await linesOf('+A?')).toEqual(['+CME ERROR: 515']);
  });

  test('may end with a result that only this modem has', async () => {
    script.when('AT+A?', line('NA'));
    expect(await linesOf('+A?')).toEqual(['NA', '']);
    interview.learnFinal('NA');
    expect(await linesOf('+A?')).toEqual(['NA']);
  });

  test('does not end with the empty result of a modem that says nothing to unknown commands', async () => {
    interview.learnFinal('');
    script.when('AT+A?', ok('+A: 1'));
    expect(await linesOf('+A?')).toEqual(['+A: 1', 'OK']);
  });
});

describe('unsolicited codes', () => {
  beforeEach(() => interview.learnCodes(['+CREG: 1', '^RSSI:19', 'RING']));

  test.each([
    ['are left out, also with other values', '+CSQ', ['^RSSI:7', '+CSQ: 1,0', 'RING', '+CREG: 5'], ['+CSQ: 1,0', 'OK']],
    ['stay where they are what was asked for', '+CREG?', ['+CREG: 0,1', '^RSSI:7'], ['+CREG: 0,1', 'OK']],
    ['that were not heard before stay', '+CSQ', ['^MODE:5', '+CSQ: 1,0'], ['^MODE:5', '+CSQ: 1,0', 'OK']],
    ['with more behind them stay', '+CSQ', ['RINGS', '^RSSIX:1'], ['RINGS', '^RSSIX:1', 'OK']],
  ])('%s', async (_what, form, said, expected) => {
    script.when(`AT${form}`, ok(...said));
    expect(await linesOf(form)).toEqual(expected);
  });
});

describe('a modem that is not ready', () => {
  test.each([
    ['+CME ERROR: 14', 10],
    ['+CMS ERROR: 515', 10],
    ['+CME ERROR: 10', 0],
    ['OK', 0],
  ])('and says %s is asked %i times more, with pauses of 2 s', async (result, times) => {
    script.when('AT+A?', line(result));
    const start = clock.now();
    const { lines } = await clock.run(interview.askWhenReady('+A?'));
    expect(lines).toEqual([result]);
    expect(script.typed).toHaveLength(times + 1);
    expect(clock.now() - start).toBe(times * 2_000 + (times + 1) * 60);
  });

  test('is asked until it answers', async () => {
    script.when('AT+A?', line('+CME ERROR: 14'), line('+CME ERROR: 14'), ok('+A: 1'));
    const { lines } = await clock.run(interview.askWhenReady('+A?'));
    expect(lines).toEqual(['+A: 1', 'OK']);
    expect(script.typed).toHaveLength(3);
  });
});
