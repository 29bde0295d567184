import { beforeEach, describe, expect, test } from 'vitest';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const identity = ['AT+CGMI', 'AT+CGMM', 'AT+CGMR', 'AT+CGSN'];
const answers = ['Cash Mobile', 'Bench', '1.0', '350123451234560'];

/** The modem says nothing of itself before the PIN is given, as six of python-gsmmodem's recordings. */
function lockedUp(refusal: string, locked = 'SIM PIN'): void {
  const { script } = bench;
  for (const command of identity) script.when(command, line(refusal));
  script
    .when('AT+CPIN?', ok(`+CPIN: ${locked}`))
    .when('AT+CPINR', ok('+CPINR: SIM PIN,3,3'))
    .when('AT+CPIN="1234"', () => {
      for (const [at, command] of identity.entries()) script.when(command, ok(answers[at] ?? ''));
      script.when('AT+CPIN?', ok('+CPIN: READY'));
      return ok();
    });
}

describe('a modem that does not say what it is before its SIM is unlocked', () => {
  test.each(['+CME ERROR: 11', '+CME ERROR: SIM PIN required', '+CMS ERROR: 311', '+CME ERROR: 17', 'ERROR'])(
    'is unlocked, and asked again after %s',
    async (refusal) => {
      lockedUp(refusal);
      const start = bench.clock.now();
      const modem = await bench.open({ pin: '1234' });
      expect(modem.identity).toEqual({
        manufacturer: 'Cash Mobile',
        model: 'Bench',
        revision: '1.0',
        imei: answers[3],
      });
      expect(modem.state.kind).toBe('ready');
      const identified = bench.log.filter(({ text }) => text.startsWith('identified'));
      expect(identified.map(({ text }) => text)).toEqual(['identified: Cash Mobile Bench']);
      // It might be a Huawei, which may reboot when it is asked anything in the 3 s after the PIN.
      expect(bench.clock.now() - start).toBeGreaterThanOrEqual(3_000);
    },
  );

  test('is asked once when it says everything at once', async () => {
    lockedUp('ERROR');
    for (const [at, command] of identity.entries()) bench.script.when(command, ok(answers[at] ?? ''));
    await bench.open({ pin: '1234' });
    expect(bench.script.typed.filter((typed) => typed === 'AT+CGMI')).toHaveLength(1);
  });

  test('keeps what it said before the PIN, and adds what it says after it', async () => {
    lockedUp('+CME ERROR: 11');
    bench.script.when('AT+CGMI', ok('Early')).when('AT+CPIN="1234"', () => {
      bench.script
        .when('AT+CPIN?', ok('+CPIN: READY'))
        .when('AT+CGMI', line('ERROR'))
        .when('AT+CGSN', ok(answers[3] ?? ''));
      return ok();
    });
    const modem = await bench.open({ pin: '1234' });
    expect(modem.identity).toMatchObject({ manufacturer: 'Early', imei: answers[3] });
  });

  test('is not what it was when it names another maker after the PIN', async () => {
    lockedUp('+CME ERROR: 11');
    bench.script.when('AT+CPIN="1234"', () => {
      bench.script.when('AT+CPIN?', ok('+CPIN: READY')).when('AT+CGMI', ok('huawei'));
      return ok();
    });
    await bench.open({ pin: '1234' });
    expect(bench.script.typed).toContain('AT^PORTSEL=1');
  });

  test('is locked, in one line, without a PIN', async () => {
    lockedUp('+CME ERROR: 11');
    const failure = bench.open();
    await expect(failure).rejects.toMatchObject({ name: 'ModemError', code: 'locked' });
    await expect(failure).rejects.toThrow(/^the SIM wants its PIN: give it \(GSM_MODEM_PIN\)$/);
  });

  test('is locked too when only the refusal says so', async () => {
    lockedUp('+CME ERROR: 12');
    bench.script.when('AT+CPIN?', line('ERROR'));
    await expect(bench.open({ pin: '1234' })).rejects.toMatchObject({ code: 'locked' });
  });

  test('is no modem when its refusals say nothing of a SIM', async () => {
    for (const command of identity) bench.script.when(command, line('+CME ERROR: 4'));
    await expect(bench.open({ pin: '1234' })).rejects.toMatchObject({ code: 'not-a-modem' });
  });

  test('is the same modem as before when it says its IMEI again only after the PIN', async () => {
    const modem = await bench.open({ pin: '1234' });
    lockedUp('+CME ERROR: 11');
    bench.unplug();
    await bench.clock.advance(60_000);
    expect(modem.state.kind).toBe('ready');
    lockedUp('+CME ERROR: 11');
    bench.script.when('AT+CGMI', ok('Cash Mobile')).when('AT+CPIN="1234"', () => {
      bench.script.when('AT+CGSN', ok('350123451234578')).when('AT+CPIN?', ok('+CPIN: READY'));
      return ok();
    });
    bench.unplug();
    await bench.clock.advance(60_000);
    expect(modem.state).toMatchObject({ kind: 'lost', reason: expect.stringContaining('another modem') });
    await modem.close();
  });
});

/** 3GPP TS 27.007, 8.3. */
describe('what +CPIN? says', () => {
  test.each([['READY'], ['SIM PIN2'], ['SIM PUK2'], ['sim pin2']])('%s: SMS come and go', async (code) => {
    bench.script.when('AT+CPIN?', ok(`+CPIN: ${code}`));
    expect((await bench.open()).state.kind).toBe('ready');
  });

  test.each([
    ['SIM PUK', /wants SIM PUK: unlock it in a phone/],
    ['PH-SIM PIN', /locked to another SIM/],
    ['PH-SIM PUK', /locked to another SIM/],
    ['PH-FSIM PIN', /locked to the first SIM/],
    ['PH-FSIM PUK', /locked to the first SIM/],
    ['PH-NET PIN', /locked to an operator's network/],
    ['PH-NET PUK', /locked to an operator's network/],
    ['PH-NETSUB PIN', /locked to a part of an operator's network/],
    ['PH-NETSUB PUK', /locked to a part of an operator's network/],
    ['PH-SP PIN', /locked to a service provider/],
    ['PH-SP PUK', /locked to a service provider/],
    ['PH-CORP PIN', /locked to a company/],
    ['PH-CORP PUK', /locked to a company/],
  ])('%s: locked, and no PIN is tried', async (code, message) => {
    bench.script.when('AT+CPIN?', ok(`+CPIN: ${code}`));
    const failure = bench.open({ pin: '1234', trustPin: true });
    await expect(failure).rejects.toMatchObject({ code: 'locked', message: expect.stringMatching(message) });
    await expect(failure).rejects.toThrow(code);
    expect(bench.script.typed).not.toContain('AT+CPIN="1234"');
  });

  /** 3GPP TS 27.007, 9.2; 3GPP TS 27.005, 3.2.5. */
  test.each([
    ['+CME ERROR: 5', 'locked', /another SIM/],
    ['+CME ERROR: 6', 'locked', /first SIM/],
    ['+CME ERROR: 7', 'locked', /PH-FSIM PUK/],
    ['+CME ERROR: 12', 'locked', /SIM PUK/],
    ['+CME ERROR: 40', 'locked', /PH-NET PIN/],
    ['+CME ERROR: 41', 'locked', /PH-NET PUK/],
    ['+CME ERROR: 42', 'locked', /PH-NETSUB PIN/],
    ['+CME ERROR: 43', 'locked', /PH-NETSUB PUK/],
    ['+CME ERROR: 44', 'locked', /PH-SP PIN/],
    ['+CME ERROR: 45', 'locked', /PH-SP PUK/],
    ['+CME ERROR: 46', 'locked', /PH-CORP PIN/],
    ['+CME ERROR: 47', 'locked', /PH-CORP PUK/],
    ['+CMS ERROR: 312', 'locked', /another SIM/],
    ['+CMS ERROR: 316', 'locked', /SIM PUK/],
    ['+CME ERROR: 10', 'no-sim', /no SIM/],
    ['+CME ERROR: 13', 'no-sim', /no SIM/],
    ['+CME ERROR: 15', 'no-sim', /no SIM/],
    ['+CMS ERROR: 310', 'no-sim', /no SIM/],
    ['+CMS ERROR: 313', 'no-sim', /no SIM/],
    ['+CMS ERROR: 315', 'no-sim', /no SIM/],
    ['+CME ERROR: 14', 'no-sim', /stays busy/],
    ['+CME ERROR: 3517', 'no-sim', /stays busy/],
  ])('a refusal with %s is %s', async (refusal, code, message) => {
    bench.script.when('AT+CPIN?', line(refusal));
    await expect(bench.open({ pin: '1234', trustPin: true })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(bench.script.typed).not.toContain('AT+CPIN="1234"');
  });

  test.each([
    ['+CME ERROR: 11', 'SIM PIN'],
    ['+CMS ERROR: 311', 'SIM PIN'],
  ])('a refusal with %s is a SIM that wants its PIN, which is given', async (refusal) => {
    lockedUp('+CME ERROR: 11');
    bench.script.when('AT+CPIN?', line(refusal));
    expect((await bench.open({ pin: '1234' })).state.kind).toBe('ready');
  });

  test.each(['+CME ERROR: 17', '+CME ERROR: 18', '+CMS ERROR: 317', '+CMS ERROR: 318'])(
    'a refusal with %s keeps no SMS away',
    async (refusal) => {
      bench.script.when('AT+CPIN?', line(refusal));
      expect((await bench.open()).state.kind).toBe('ready');
    },
  );

  test.each([
    ['NOT READY for 20 s', Array<string>(20).fill(ok('+CPIN: NOT READY'))],
    ['a SIM failure for 8 s', Array<string>(8).fill(line('+CME ERROR: 13'))],
    ['+CMS ERROR: 302 for 8 s', Array<string>(8).fill(line('+CMS ERROR: 302'))],
    ['+CME ERROR: 3517 for 30 s', Array<string>(30).fill(line('+CME ERROR: 3517'))],
    ['+CME ERROR: 515 for 40 s', Array<string>(35).fill(line('+CME ERROR: 515'))],
    ['+CMS ERROR: 314 for 30 s', Array<string>(30).fill(line('+CMS ERROR: 314'))],
    ['+CMS ERROR: 515 for 30 s', Array<string>(30).fill(line('+CMS ERROR: 515'))],
    ['+CMS ERROR: 3517 for 30 s', Array<string>(30).fill(line('+CMS ERROR: 3517'))],
  ])('%s is waited for', async (_what, refusals) => {
    bench.script.when('AT+CPIN?', ...refusals, ok('+CPIN: READY'));
    expect((await bench.open()).state.kind).toBe('ready');
  });

  test('a modem that never becomes ready is given up', async () => {
    bench.script.when('AT+CPIN?', ok('+CPIN: NOT READY'));
    const start = bench.clock.now();
    await expect(bench.open()).rejects.toThrow(/stays busy \(NOT READY\): switch the modem off and on/);
    expect(bench.clock.now() - start).toBeLessThan(60_000);
  });

  test.each(['NOT INSERTED', 'not inserted'])('%s is no SIM, at once', async (code) => {
    bench.script.when('AT+CPIN?', ok(`+CPIN: ${code}`));
    await expect(bench.open()).rejects.toMatchObject({ code: 'no-sim' });
    expect(bench.script.typed.filter((typed) => typed === 'AT+CPIN?')).toHaveLength(1);
  });

  test.each([
    [ok('+CPIN: SIM PIN2'), false],
    [ok(), false],
    [line('ERROR'), false],
    [ok('+CPIN: SIM PUK'), true],
    [line('+CME ERROR: 11'), true],
  ])('said by an open modem, %j shows a reboot: %s', async (answer, isReboot) => {
    const modem = await bench.open();
    bench.script.when('AT+CPIN?', answer);
    await bench.clock.advance(70_000);
    expect(bench.log.some(({ text }) => text.includes('the SIM is locked again'))).toBe(isReboot);
    await modem.close();
  });
});

describe('a PIN that is taken', () => {
  test.each([
    ['SIM PUK', /took the PIN, and still cannot be used: the SIM wants SIM PUK/],
    ['PH-NET PIN', /took the PIN, and still cannot be used: .*an operator's network/],
    ['SIM PIN', /took the PIN, and still cannot be used: it does not say that it is ready/],
  ])('does not help a SIM that then wants %s', async (code, message) => {
    lockedUp('ERROR');
    bench.script.when('AT+CPIN="1234"', () => {
      bench.script.when('AT+CPIN?', ok(`+CPIN: ${code}`));
      return ok();
    });
    await expect(bench.open({ pin: '1234' })).rejects.toThrow(message);
  });
});

describe('a wrong PIN', () => {
  const refuse = () =>
    bench.script.when('AT+CPIN?', ok('+CPIN: SIM PIN')).when('AT+CPIN="1234"', line('+CME ERROR: 16'));

  test('says how many tries are left', async () => {
    refuse().when('AT+CPINR', ok('+CPINR: SIM PIN,3,3'), ok('+CPINR: SIM PIN,2,3'));
    await expect(bench.open({ pin: '1234' })).rejects.toThrow(/refused the PIN \(tries left: 2\): this program/);
  });

  test('says nothing of tries where the modem does not count', async () => {
    refuse();
    await expect(bench.open({ pin: '1234', trustPin: true })).rejects.toThrow(/refused the PIN: this program/);
  });
});
