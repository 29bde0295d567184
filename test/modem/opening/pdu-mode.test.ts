import { beforeEach, describe, expect, test } from 'vitest';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const tries = () => bench.script.typed.filter((typed) => typed === 'AT+CMGF=0').length;

describe('+CMGF=0 that is refused after power-on (3GPP TS 27.005, 3.2.3)', () => {
  test.each([
    ['+CME ERROR: 3517', 'HL6528'],
    ['+CMS ERROR: 3', 'HL6528'],
    ['+CMS ERROR: 515', 'gammu#93'],
    ['+CME ERROR: 515', 'gammu#93'],
    ['+CMS ERROR: 302', 'any'],
    ['+CMS ERROR: 500', 'any'],
    ['+CME ERROR: 4', 'any'],
    ['ERROR', 'any'],
  ])('%s for 20 s is waited for where +CMGF=? offers PDU mode (%s)', async (refusal) => {
    bench.script
      .when('AT+CMGF=0', ...Array<string>(20).fill(line(refusal)), ok())
      .when('AT+CMGF=?', ok('+CMGF: (0,1)'));
    expect((await bench.open()).state.kind).toBe('ready');
    expect(tries()).toBe(21);
  });

  test.each([
    ['+CMS ERROR: 500', 30],
    ['ERROR', 8],
  ])('%s for %i s is waited for where +CMGF=? is refused as well', async (refusal, seconds) => {
    bench.script.when('AT+CMGF=0', ...Array<string>(seconds).fill(line(refusal)), ok());
    bench.script.when('AT+CMGF=?', line(refusal));
    expect((await bench.open()).state.kind).toBe('ready');
  });

  test.each(['+CMGF: (1)', '+CMGF: 1'])(
    'a modem that says %s has no PDU mode, and is not asked again',
    async (modes) => {
      bench.script.when('AT+CMGF=0', line('+CMS ERROR: 303')).when('AT+CMGF=?', ok(modes));
      await expect(bench.open()).rejects.toMatchObject({
        code: 'unsuitable',
        message: expect.stringMatching(/no PDU mode/),
      });
      expect(tries()).toBe(1);
    },
  );

  test('a modem that never enters it is given up after 45 s, and said to have it', async () => {
    bench.script.when('AT+CMGF=0', line('+CMS ERROR: 500')).when('AT+CMGF=?', ok('+CMGF: (0-1)'));
    const start = bench.clock.now();
    await expect(bench.open()).rejects.toThrow(/does not enter PDU mode: switch it off and on/);
    expect(bench.clock.now() - start).toBeGreaterThanOrEqual(45_000);
    expect(bench.clock.now() - start).toBeLessThan(60_000);
  });

  test('a modem that knows no +CMGF at all is given up sooner', async () => {
    bench.script.when(/^AT\+CMGF/, line('ERROR'));
    const start = bench.clock.now();
    await expect(bench.open()).rejects.toThrow(/no PDU mode/);
    expect(bench.clock.now() - start).toBeLessThan(20_000);
  });
});
