import { beforeEach, describe, expect, test } from 'vitest';
import { type Modem, openModem } from '../../../modem/index.ts';
import { createWorld, VirtualClock } from '../../../sim/index.ts';
import { line, ok } from '../scripted-modem.ts';
import { type Bench, createBench } from './bench.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

describe('the signal (3GPP TS 27.007, 8.5)', () => {
  test.each([
    ['0,0', { dBm: -113, bitErrorRate: 0 }],
    ['31,7', { dBm: -51, bitErrorRate: 7 }],
    ['32,8', {}],
    ['99,99', {}],
    ['30', { dBm: -53 }],
  ])('+CSQ: %s', async (values, signal) => {
    bench.script.when('AT+CSQ', ok(`+CSQ: ${values}`));
    const modem = await bench.open();
    expect(await bench.run(modem.signal())).toEqual(signal);
  });

  test('is unknown when the modem refuses to tell', async () => {
    const modem = await bench.open();
    expect(await bench.run(modem.signal())).toEqual({});
  });
});

describe('the IMSI (3GPP TS 27.007, 5.6)', () => {
  test.each([
    ['222013410001234', ok('222013410001234')],
    ['222013410001234', ok('+CIMI: 222013410001234')],
    ['222013410001234', ok('"222013410001234"')],
    ['222013', ok('222013')],
    [undefined, ok('22201')],
    [undefined, ok()],
    [undefined, line('+CME ERROR: 11')],
  ])('is %s from %j', async (imsi, answer) => {
    bench.script.when('AT+CIMI', answer);
    const modem = await bench.open();
    expect(await bench.run(modem.imsi())).toBe(imsi);
  });
});

test('the registration is asked for anew (3GPP TS 27.007, 7.2)', async () => {
  const modem = await bench.open();
  bench.script.when('AT+CREG?', ok('+CREG: 0,5'));
  expect(await bench.run(modem.registration())).toBe('roaming');
  bench.script.when('AT+CREG?', ok('+CREG: 0,3'));
  expect(await bench.run(modem.registration())).toBe('denied');
});

test('a modem that is closed while it is opened again types nothing more, and leaves its port', async () => {
  const modem = await bench.open();
  for (const command of ['AT+CGMI', 'AT+CREG?']) {
    const other = createBench();
    const closing = await other.open();
    other.script.when(command, () => {
      void closing.close();
      return ok('Cash Mobile');
    });
    other.unplug();
    await other.clock.advance(120_000);
    expect([closing.state.kind, other.script.typed.at(-1)]).toEqual(['closed', command]);
    await expect(other.run(closing.signal())).rejects.toMatchObject({ code: 'not-open' });
    other.script.when('AT+CGMI', ok('Cash Mobile')).when('AT+CREG?', ok('+CREG: 0,1'));
    expect((await other.open()).state.kind).toBe('ready');
  }
  await modem.close();
});

describe('own numbers (3GPP TS 27.007, 7.1)', () => {
  test.each([
    ['two lines', ok('+CNUM: "Voice","+39333",145', '+CNUM: "Data","0333",129'), ['+39333', '0333']],
    ['no + before an international one', ok('+CNUM: "","39333",145'), ['+39333']],
    ['a + before one of an unknown type', ok('+CNUM: "","+39333",129'), ['+39333']],
    ['no + before one of an unknown type', ok('+CNUM: "","39333",129'), ['39333']],
    ['no name', ok('+CNUM: ,"+39333",145'), ['+39333']],
    ['an empty number', ok('+CNUM: "","",129'), []],
    ['OK alone', ok(), []],
    ['a refusal', line('+CME ERROR: 22'), []],
  ])('%s', async (_, answer, numbers) => {
    bench.script.when('AT+CNUM', answer);
    const modem = await bench.open();
    expect(await bench.run(modem.ownNumbers())).toEqual(numbers);
  });
});

describe('the operator (3GPP TS 27.007, 7.3)', () => {
  test.each([
    ['AT+COPS=3,0', ok()],
    ['AT+COPS?', ok('+COPS: 0,0,"Testnet",0')],
  ])('is told though %s takes 40 s, and nothing is typed meanwhile', async (slow, answer) => {
    bench.script
      .when('AT+COPS=3,0', ok())
      .when('AT+COPS?', ok('+COPS: 0,0,"Testnet",0'))
      .when(slow, () => {
        const typed = bench.script.typed.length;
        bench.clock.after(40_000, () => {
          expect(bench.script.typed).toHaveLength(typed);
          bench.script.say(answer);
        });
        return undefined;
      });
    const modem = await bench.open();
    const before = bench.script.typed.length;
    expect(await bench.run(modem.operator())).toBe('Testnet');
    const typed = bench.script.typed.slice(before).filter((one) => one.startsWith('AT+COPS'));
    expect(typed).toEqual(['AT+COPS=3,0', 'AT+COPS?']);
  });
});

describe('the service centre (3GPP TS 27.005, 3.3.1)', () => {
  test('is stored in the SIM, and read back', async () => {
    const clock = new VirtualClock();
    const port = createWorld({ seed: 1, clock }).addModem({ number: '+393330000001' }).memoryPort();
    let read: string | undefined;
    void openModem(port, { clock }).then(async (modem) => {
      await modem.setServiceCentre('+393339999999');
      read = await modem.serviceCentre();
    });
    await clock.runUntil(() => read !== undefined, 60_000);
    expect(read).toBe('+393339999999');
  });

  test.each([
    ['+393339999999', '"+393339999999",145'],
    ['39333', '"39333",129'],
    ['1'.repeat(20), `"${'1'.repeat(20)}",129`],
  ])('%s is typed with its type', async (number, values) => {
    bench.script.when(/^AT\+CSCA=/, ok());
    const modem = await bench.open();
    await bench.run(modem.setServiceCentre(number));
    expect(bench.script.typed.at(-1)).toBe(`AT+CSCA=${values}`);
  });

  test.each(['', '+', '1'.repeat(21), 'CMSIM', '1"\rAT+CFUN=0'])(
    '%j is refused before anything is typed',
    async (number) => {
      const modem = await bench.open();
      await expect(bench.run(modem.setServiceCentre(number))).rejects.toMatchObject({ name: 'PduEncodeError' });
      expect(bench.script.typed.some((typed) => typed.startsWith('AT+CSCA='))).toBe(false);
    },
  );

  test('a refusal by the modem is said', async () => {
    bench.script.when(/^AT\+CSCA=/, line('+CMS ERROR: 310'));
    const modem = await bench.open();
    await expect(bench.run(modem.setServiceCentre('0333'))).rejects.toMatchObject({ name: 'AtRefused' });
    expect(bench.script.typed.at(-1)).toBe('AT+CSCA="0333",129');
  });
});

/** Each question about the network, an answer to it, and what it then is. */
const QUESTIONS: readonly (readonly [
  command: string,
  answer: string,
  ask: (modem: Modem) => Promise<unknown>,
  is: unknown,
])[] = [
  ['AT+CSQ', ok('+CSQ: 23,0'), (modem) => modem.signal(), { dBm: -67, bitErrorRate: 0 }],
  ['AT+COPS=3,0', ok(), (modem) => modem.operator(), 'Testnet'],
  ['AT+COPS?', ok('+COPS: 0,0,"Testnet",0'), (modem) => modem.operator(), 'Testnet'],
  ['AT+CSCA?', ok('+CSCA: "+39399",145'), (modem) => modem.serviceCentre(), '+39399'],
  ['AT+CSCA="+39399",145', ok(), (modem) => modem.setServiceCentre('+39399'), undefined],
  ['AT+CNUM', ok('+CNUM: "","+39333",145'), (modem) => modem.ownNumbers(), ['+39333']],
  ['AT+CIMI', ok('222013410001234'), (modem) => modem.imsi(), '222013410001234'],
];

test.each(QUESTIONS)(
  '%s that is not heard is typed again; a port that is lost is said',
  async (command, answer, ask, is) => {
    bench.script.when('AT+COPS=3,0', ok()).when('AT+COPS?', ok('+COPS: 0,0,"Testnet",0'));
    const modem = await bench.open();
    bench.script.when(command, undefined, answer);
    const begin = bench.script.typed.length;
    expect(await bench.run(ask(modem))).toEqual(is);
    expect(bench.script.typed.slice(begin).filter((typed) => typed === command)).toHaveLength(2);
    bench.script.when(command, () => {
      bench.unplug();
      return undefined;
    });
    await expect(bench.run(ask(modem))).rejects.toMatchObject({ name: 'PortError' });
  },
);
