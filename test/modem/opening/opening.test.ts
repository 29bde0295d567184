import { beforeEach, describe, expect, test } from 'vitest';
import { type Modem, openModem } from '../../../modem/index.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;

beforeEach(() => {
  bench = createBench();
});

const states = () => bench.log.filter(({ kind }) => kind === 'state').map(({ text }) => text);

describe('opening a modem', () => {
  test('wakes it, identifies it, sets it up and finds the network', async () => {
    const modem = await bench.open();
    expect(modem.identity).toEqual({
      manufacturer: 'Cash Mobile',
      model: 'Bench',
      revision: '1.0',
      imei: '350123451234560',
    });
    expect(states()).toEqual(['identified: Cash Mobile Bench', 'ready: home']);
    // No ESC before it: some modems take that for a part of the command (oFono's simulator).
    expect(bench.script.typed.slice(0, 2)).toEqual(['AT', 'ATE0']);
    expect(bench.script.typed).toContain('AT+CNMI=2,1,0,1,0');
  });

  test.each([
    ['the first AT is swallowed (BenQ M32, Alcatel BE5)', 'AT', [undefined, ok()]],
    ['AT is answered ERROR', 'AT', [line('ERROR')]],
    ['ATE0 is refused', 'ATE0', [line('ERROR')]],
    ['the answers are numbers', 'ATE0', ['0\r']],
    ['+CMEE is not known', 'AT+CMEE=1', [line('ERROR')]],
    ['+CPIN: READY has no OK (Wavecom Q2)', 'AT+CPIN?', [line('+CPIN: READY')]],
    ['+CPIN: "READY" is quoted', 'AT+CPIN?', [ok('+CPIN: "READY"')]],
    ['+CPIN:READY has no space', 'AT+CPIN?', [ok('+CPIN:READY')]],
    ['+CPIN? is not known', 'AT+CPIN?', [line('ERROR')]],
    ['the SIM is busy for 40 s (SIMCom)', 'AT+CPIN?', [...Array(35).fill(line('+CME ERROR: 14')), ok('+CPIN: READY')]],
    ['+CREG? is answered by OK alone', 'AT+CREG?', [ok()]],
    ['+CREG? is not known', 'AT+CREG?', [line('ERROR')]],
    ['+CPMS=? has one more pair of parentheses', 'AT+CPMS=?', [ok('+CPMS: (("SM","BM","SR"),("SM"))')]],
    ['+CPMS=? has no lists', 'AT+CPMS=?', [ok('+CPMS:')]],
    ['+CPMS=? is not known', 'AT+CPMS=?', [line('ERROR')]],
    ['+CSMS? is not known', 'AT+CSMS?', [line('ERROR')]],
    ['the revision is unknown', 'AT+CGMR', [line('COMMAND NOT SUPPORT')]],
  ])('goes well when %s', async (_what, command, answers) => {
    bench.script.when(command, ...answers);
    const modem = await bench.open();
    expect(modem.state.kind).toBe('ready');
  });

  test.each([
    ['the SMS part is still starting', 'AT+CMGF=0', [line('+CMS ERROR: 314'), line('+CME ERROR: 515'), ok()]],
    ['the memories are still being read', 'AT+CPMS=?', [line('+CME ERROR: 14'), ok('+CPMS: ("SM"),("SM"),("SM")')]],
  ])('waits while %s', async (_what, command, answers) => {
    bench.script.when(command, ...answers);
    const { state } = await bench.open();
    expect(state.kind).toBe('ready');
    expect(bench.script.typed.filter((typed) => typed === command)).toHaveLength(answers.length);
  });

  test.each([
    ['without its name', ok('1.0')],
    ['behind its name', ok('+CGMR: 1.0')],
    ['quoted, behind its name', ok('+CGMR: "1.0"')],
    ['in two lines', ok('1.', '0'), '1. 0'],
    ['in two lines, each behind its name', ok('+CGMR: 1.', '+CGMR: 0'), '1. 0'],
    ['as OK alone', ok(), undefined],
    ['as another name', ok('+CGMX: 1.0'), undefined],
  ])('takes a revision that is said %s', async (_how, answer, revision: string | undefined = '1.0') => {
    bench.script.when('AT+CGMR', answer);
    const { identity } = await bench.open();
    expect(identity.revision).toBe(answer.includes('1.') && !answer.includes('CGMX') ? revision : undefined);
  });

  test.each([
    ['1,1', 'home'],
    ['0,5', 'roaming'],
    ['002,001,"18d8","ffff"', 'home'],
    ['2,005,"18d8","ffff",7', 'roaming'],
    ['2,6', 'home'],
    ['2,7', 'roaming'],
    ['2,9', 'home'],
    ['2,10', 'roaming'],
    ['0,4', 'unknown'],
    ['2,2,"1","2"', 'searching'],
    ['2,003', 'denied'],
  ])('+CREG: %s is %s', async (values, registration) => {
    bench.script.when('AT+CREG?', ok(`+CREG: ${values}`));
    expect((await bench.open()).state).toMatchObject({ registration });
  });

  test.each([
    ['+CREG: 3', 'searching'],
    ['+CREG: 003,"18D8","FFFF"', 'searching'],
    ['+CREG: 1,"0001","0002"', 'ready'],
    ['+CGREG: 3', 'ready'],
    ['+CEREG: 3', 'ready'],
  ])('said by itself, %s leaves the modem %s', async (code, kind) => {
    const modem = await bench.open();
    bench.script.say(line(code));
    await bench.clock.advance(0);
    expect(modem.state.kind).toBe(kind);
    await modem.close();
  });

  test.each([
    ['+CEREG', 'ready'],
    ['+CGREG', 'searching'],
  ])('a network that only %s? knows leaves it %s', async (name, kind) => {
    bench.script.when('AT+CREG?', ok('+CREG: 0,2')).when(`AT${name}?`, ok(`${name}: 0,1`));
    const modem = await bench.open();
    expect(modem.state.kind).toBe(kind);
    await modem.close();
  });

  test('turns phase 2+ on only for a modem that announces nothing without it', async () => {
    bench.script.when(/^AT\+CNMI=\d/, line('ERROR')).when('AT+CSMS=1', () => {
      bench.script.when(/^AT\+CNMI=\d/, ok()).when('AT+CSMS?', ok('+CSMS: 1,1,1,1'));
      return ok('+CSMS: 1,1,1');
    });
    await bench.open();
    expect(bench.script.typed).toContain('AT+CSMS=1');
    const other = createBench();
    await other.open();
    expect(other.script.typed).not.toContain('AT+CSMS=1');
  });

  test.each(['AT+CGMR', 'AT+CPMS=?', 'AT+CREG=1'])('begins again when the modem starts anew at %s', async (command) => {
    bench.script.when(
      command,
      () => `${line('RDY')}${ok()}`,
      () => ok(),
    );
    const modem = await bench.open();
    expect(modem.state.kind).toBe('ready');
    expect(bench.script.typed.filter((typed) => typed === 'ATE0')).toHaveLength(2);
    expect(bench.script.typed.filter((typed) => typed === 'AT+CNMI=2,1,0,1,0').length).toBeGreaterThan(0);
  });

  test('gives up on a modem that starts anew again and again', async () => {
    bench.script.when('AT+CREG=1', () => `${line('RDY')}${ok()}`);
    await bench.open();
    expect(bench.script.typed.filter((typed) => typed === 'ATE0')).toHaveLength(3);
  });

  test('types twice what is refused at first (N900 needs its init twice)', async () => {
    bench.script.when('ATE0', line('ERROR'), ok()).when('AT+CMEE=1', line('ERROR'), ok());
    await bench.open();
    expect(bench.script.typed.slice(1, 5)).toEqual(['ATE0', 'ATE0', 'AT+CMEE=1', 'AT+CMEE=1']);
  });

  test('types a third time what is refused at first and then not heard', async () => {
    bench.script.when('ATE0', line('ERROR'), undefined, ok());
    await bench.open();
    expect(bench.script.typed.filter((typed) => typed === 'ATE0')).toHaveLength(3);
  });

  test.each(['ATE0', 'AT+CGMI', 'AT+CPIN?', 'AT+CMGF=0', 'AT+CPMS=?', 'AT+CNMI=?', 'AT+CNMI=2,1,0,1,0', 'AT+CREG?'])(
    'goes well when %s is not heard the first time',
    async (command) => {
      const heard = createBench();
      await heard.open();
      const answer = heard.script.answerTo(command);
      bench.script.when(command, undefined, answer);
      const modem = await bench.open();
      expect([modem.state.kind, modem.identity.manufacturer]).toEqual(['ready', 'Cash Mobile']);
      expect(bench.script.typed.filter((typed) => typed === command)).toHaveLength(2);
    },
  );

  test('makes a modem say its codes in words that answers in numbers (ITU-T V.250, 6.2.6)', async () => {
    bench.script.when('ATE0', '0\r').when('ATV1', ok());
    await bench.open();
    expect(bench.script.typed.slice(1, 4)).toEqual(['ATE0', 'ATV1', 'AT+CMEE=1']);
  });

  test('makes a modem speak that was left in ATQ1', async () => {
    let isQuiet = true;
    const { script } = bench;
    const { wire } = script;
    script.wire = (text) => (isQuiet ? '' : wire(text));
    script.when('ATQ0', () => {
      isQuiet = false;
      return ok();
    });
    expect((await bench.open()).state.kind).toBe('ready');
  });

  test('switches on a radio that was left off', async () => {
    const clock = new VirtualClock();
    const virtual = createWorld({ seed: 1, clock }).addModem({ number: '+393330000001' });
    virtual.radio.setFunctionality(4);
    let modem: Modem | undefined;
    void openModem(virtual.memoryPort(), { clock }).then((opened) => {
      modem = opened;
    });
    await clock.runUntil(() => modem?.state.kind === 'ready', 60_000);
    expect(modem?.state).toEqual({ kind: 'ready', registration: 'home' });
  });

  test.each([
    [ok('+CFUN: 0'), true],
    [ok('+CFUN: 4'), true],
    [ok('+CFUN: 1'), false],
    [ok('+CFUN: 2'), false],
    [ok('+CFUN: 5'), false],
    [ok(), false],
    [line('ERROR'), false],
  ])('switches on a radio that says %j: %s (3GPP TS 27.007, 8.2)', async (answer, isSwitched) => {
    bench.script.when('AT+CREG?', ok('+CREG: 0,0')).when('AT+CFUN?', answer).when('AT+CFUN=1', ok());
    const modem = await bench.open();
    expect(modem.state).toMatchObject({ kind: 'searching' });
    expect(bench.script.typed.includes('AT+CFUN=1')).toBe(isSwitched);
  });

  test('asks a Huawei to send its codes to this port', async () => {
    bench.script.when('AT+CGMI', ok('huawei'));
    await bench.open();
    expect(bench.script.typed).toContain('AT^PORTSEL=1');
  });

  test('types slowly to a Siemens M20', async () => {
    bench.script.when('AT+CGMI', ok('SIEMENS')).when('AT+CGMM', ok('M20'));
    const start = bench.clock.now();
    await bench.open();
    const slowly = bench.clock.now() - start;
    const other = createBench();
    const otherStart = other.clock.now();
    await other.open();
    expect(slowly - (other.clock.now() - otherStart)).toBeGreaterThan(60);
  });

  test('goes well with a modem that echoes and will not stop', async () => {
    bench.script.echo = true;
    const modem = await bench.open();
    expect(modem.identity.model).toBe('Bench');
  });

  test('takes the first +CNMI setting that is not refused', async () => {
    bench.script
      .when('AT+CNMI=?', ok('+CNMI: (0-2),(0-1),(0),(0-2),(0)'))
      .when(/^AT\+CNMI=2,1,0,[12]/, line('+CMS ERROR: 303'));
    await bench.open();
    expect(bench.script.typed.filter((typed) => /CNMI=\d/.test(typed))).toEqual([
      'AT+CNMI=2,1,0,1,0',
      'AT+CNMI=1,1,0,1,0',
    ]);
  });

  test.each([
    ['answers nothing', (b: Bench) => b.script.when(/.*/, undefined), /does not answer AT/],
    ['says OK to everything', (b: Bench) => b.script.when(/.*/, ok()), /does not say what modem it is/],
    ['says ERROR to everything', (b: Bench) => b.script.when(/.*/, line('ERROR')), /does not say what modem it is/],
    ['is left in PPP', (b: Bench) => b.script.when(/.*/, line('NO CARRIER')), /does not say what modem it is/],
    ['has no SIM', (b: Bench) => b.script.when('AT+CPIN?', line('+CME ERROR: 10')), /no SIM/],
    ['wants a PUK', (b: Bench) => b.script.when('AT+CPIN?', ok('+CPIN: SIM PUK')), /wants SIM PUK/],
    ['has no PDU mode', (b: Bench) => b.script.when('AT+CMGF=0', line('ERROR')), /no PDU mode/],
  ])('fails in one line when the modem %s', async (_what, arrange, message) => {
    arrange(bench);
    const failure = bench.open();
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/\n/);
  });

  test('waits for the network while it is searching', async () => {
    bench.script.when('AT+CREG?', ok('+CREG: 1,2'), ok('+CREG: 1,2'), ok('+CREG: 1,5'));
    const modem = await bench.open();
    expect(modem.state).toEqual({ kind: 'searching', registration: 'searching' });
    await bench.clock.advance(15_000);
    expect(modem.state).toEqual({ kind: 'ready', registration: 'roaming' });
    bench.script.say(line('+CREG: 3'));
    await bench.clock.advance(0);
    expect(modem.state).toEqual({ kind: 'searching', registration: 'denied' });
  });
});

describe('the PIN guard', () => {
  const locked = (tries: string) =>
    bench.script
      .when('AT+CPIN?', ok('+CPIN: SIM PIN'))
      .when('AT+CPINR', ok(`+CPINR: SIM PIN,${tries},3`, '+CPINR: SIM PUK,10,10'));
  const tried = () => bench.script.typed.filter((typed) => typed.startsWith('AT+CPIN='));

  test('gives the PIN when two tries are left', async () => {
    locked('2').when('AT+CPIN="1234"', () => {
      bench.script.when('AT+CPIN?', ok('+CPIN: READY'));
      return ok();
    });
    const modem = await bench.open({ pin: '1234' });
    expect(modem.state.kind).toBe('ready');
    expect(JSON.stringify(bench.log)).not.toContain('1234');
  });

  test('keeps the last try for the owner of the SIM', async () => {
    locked('1');
    await expect(bench.open({ pin: '1234' })).rejects.toThrow(/tries left are 1, fewer than 2/);
    expect(tried()).toEqual([]);
  });

  test('does not try where the modem does not count, unless it may', async () => {
    bench.script.when('AT+CPIN?', ok('+CPIN: SIM PIN')).when('AT+CPIN="1234"', line('+CME ERROR: 16'));
    await expect(bench.open({ pin: '1234' })).rejects.toThrow(/does not say how many tries/);
    expect(tried()).toEqual([]);
    await expect(bench.open({ pin: '1234', trustPin: true })).rejects.toThrow(/refused the PIN/);
    expect(tried()).toEqual(['AT+CPIN="1234"']);
  });

  test('keeps the last try however often the program is started, where the modem counts', async () => {
    let left = 3;
    bench.script
      .when('AT+CPIN?', () => ok(`+CPIN: ${left > 0 ? 'SIM PIN' : 'SIM PUK'}`))
      .when('AT+CPINR', () => ok(`+CPINR: SIM PIN,${left},3`))
      .when('AT+CPIN="1234"', () => {
        left -= 1;
        return line('+CME ERROR: 16');
      });
    const start = () => bench.open({ pin: '1234', trustPin: true });
    await expect(start()).rejects.toThrow(/this program will not try it again, but one that is started again would/);
    await expect(start()).rejects.toThrow(/refused the PIN/);
    for (let again = 0; again < 3; again += 1) await expect(start()).rejects.toThrow(/tries left are 1, fewer than 2/);
    expect(left).toBe(1);
  });

  test('asks for a PIN that was not given, and for one that is none', async () => {
    locked('3');
    await expect(bench.open()).rejects.toThrow(/GSM_MODEM_PIN/);
    await expect(bench.open({ pin: '12a4' })).rejects.toThrow(/not 4 to 8 digits/);
    expect(tried()).toEqual([]);
  });

  test.each([
    ['AT^CPIN?', '^CPIN: SIM PIN,3,10,1,10,3'],
    ['AT+QPINC?', '+QPINC: "SC",1,10'],
    ['AT+SPIC', '+SPIC: 1,10,3,10'],
    ['AT^SPIC', '^SPIC: 1'],
    ['AT#PCT', '#PCT: 1'],
    ['AT+QTRPIN', '+QTRPIN: 1,10,3,10'],
    ['AT+UPINCNT', '+UPINCNT: 1,3,10,10'],
    ['AT+ZPINPUK=?', '+ZPINPUK: 1,10'],
    ['AT%PINNUM?', '%PINNUM: 1,10,3,10'],
    ['AT+XPINCNT', '+XPINCNT: 1,3,10,10'],
  ])('reads the counter of %s', async (command, answer) => {
    bench.script.when('AT+CPIN?', ok('+CPIN: SIM PIN')).when(command, ok(answer));
    await expect(bench.open({ pin: '1234' })).rejects.toThrow(/tries left are 1/);
  });

  test('gives a PIN that was taken again after a reboot', async () => {
    const unlocks = () => {
      bench.script.when('AT+CPIN?', ok('+CPIN: READY'));
      return ok();
    };
    locked('3').when('AT+CPIN="1234"', unlocks);
    const modem = await bench.open({ pin: '1234' });
    for (let reboot = 1; reboot <= 3; reboot += 1) {
      locked('3').when('AT+CPIN="1234"', unlocks);
      bench.script.say(line('RDY'));
      await bench.clock.advance(30_000);
      expect([modem.state.kind, tried().length]).toEqual(['ready', reboot + 1]);
    }
    await modem.close();
  });

  test('waits 45 s for the answer to a PIN (Telit)', async () => {
    locked('3').when('AT+CPIN="1234"', () => {
      bench.clock.after(45_000, () => {
        bench.script.when('AT+CPIN?', ok('+CPIN: READY'));
        bench.script.say(ok());
      });
      return undefined;
    });
    expect((await bench.open({ pin: '1234' })).state.kind).toBe('ready');
    expect(tried()).toHaveLength(1);
  });

  test('notices that the SIM is locked again when a reboot shows in nothing else (no +CNMI, Nokia)', async () => {
    bench.script.when(/^AT\+CNMI/, line('ERROR'));
    const modem = await bench.open({ pin: '1234' });
    locked('3')
      .when('AT+CREG?', ok('+CREG: 0,0'))
      .when('AT+CPIN="1234"', () => {
        bench.script.when('AT+CPIN?', ok('+CPIN: READY')).when('AT+CREG?', ok('+CREG: 1,1'));
        return ok();
      });
    await bench.clock.advance(120_000);
    expect(modem.state.kind).toBe('ready');
    expect(tried()).toHaveLength(1);
    await modem.close();
  });

  test.each([
    ['when the SIM has counted it', ['3', '2'], 1],
    ['twice in a row, though the SIM has not counted it', ['3', '3'], 2],
  ])('never tries again a PIN whose answer was lost %s', async (_what, counts, times) => {
    const modem = await bench.open({ pin: '1234' });
    const answers = counts.map((tries) => ok(`+CPINR: SIM PIN,${tries},3`));
    locked('3')
      .when('AT+CPINR', ...answers)
      .when('AT+CPIN="1234"', undefined);
    bench.unplug();
    await bench.clock.advance(1_200_000);
    expect(tried()).toHaveLength(times);
    expect(modem.state).toMatchObject({ kind: 'locked' });
    await modem.close();
  });

  test('asks for errors with numbers again once the SIM is unlocked', async () => {
    locked('3')
      .when('AT+CMEE=1', line('ERROR'))
      .when('AT+CPIN="1234"', () => {
        bench.script.when('AT+CPIN?', ok('+CPIN: READY')).when('AT+CMEE=1', ok());
        return ok();
      });
    await bench.open({ pin: '1234' });
    expect(bench.script.typed.slice(bench.script.typed.indexOf('AT+CPIN="1234"'))).toContain('AT+CMEE=1');
  });

  test.each([false, true])(
    'tries a refused PIN never again, however often the modem comes back (trustPin: %s)',
    async (trustPin) => {
      const modem = await bench.open({ pin: '1234', trustPin });
      locked('3').when('AT+CPIN="1234"', line('+CME ERROR: 16'));
      for (let round = 0; round < 5; round += 1) {
        bench.unplug();
        await bench.clock.advance(60_000);
      }
      expect(tried()).toEqual(['AT+CPIN="1234"']);
      expect(modem.state).toMatchObject({ kind: 'locked' });
      await modem.close();
    },
  );
});
