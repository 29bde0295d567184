import { describe, expect, test } from 'vitest';
import { AtTimeout, PortError } from '../../../modem/index.ts';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

const BEGIN = ['AT', 'ATE0', 'AT+CMEE=1', 'AT+CPIN?', 'AT+CGMI', 'AT+CGMM', 'AT+CGMR', 'AT+CGSN'];
const CHARSETS = ['"GSM"', '"00470053004D"', '"IRA"', '"004900520041"'].map((name) => `AT+CSCS=${name}`);
const STRINGS = [...CHARSETS, 'AT+CSCS?'];
const MEMORIES = ['AT+CMGF=0', 'AT+CPMS=?', 'AT+CPMS="SM","SM","SM"'];
const CODES = ['AT+CNMI=?', 'AT+CNMI=2,1,0,1,0', 'AT+CNMI?', 'AT+CSMS?'];
const NETWORK = ['AT+CREG=1', 'AT+CREG?'];

interface Case {
  readonly modem: string;
  prepare(bench: Bench): void;
  /** All that is typed when it is opened, in order. */
  readonly typed: readonly string[];
  readonly pin?: string;
}

const MODEMS: readonly Case[] = [
  {
    modem: 'a modem that knows no +CSCS',
    prepare() {},
    typed: [...BEGIN, ...STRINGS, ...MEMORIES, ...CODES, ...NETWORK],
  },
  {
    modem: 'a modem that was left with +CSCS="UCS2"',
    prepare: ({ script }) => script.when('AT+CSCS="00470053004D"', ok()),
    typed: [...BEGIN, ...CHARSETS.slice(0, 2), ...MEMORIES, ...CODES, ...NETWORK],
  },
  {
    modem: 'a modem that refuses +CPMS=',
    prepare: ({ script }) => script.when(/^AT\+CPMS=/, line('ERROR')).when('AT+CPMS?', ok('+CPMS: "ME",0,5')),
    typed: [
      ...BEGIN,
      ...STRINGS,
      'AT+CMGF=0',
      'AT+CPMS=?',
      ...['SM', 'ME', 'MT'].flatMap((name) =>
        [3, 2, 1].map((count) => `AT+CPMS=${Array(count).fill(`"${name}"`).join()}`),
      ),
      'AT+CPMS?',
      ...CODES,
      ...NETWORK,
    ],
  },
  {
    modem: 'a modem that refuses +CNMI',
    prepare: ({ script }) => script.when(/^AT\+CNMI/, line('ERROR')),
    typed: [
      ...BEGIN,
      ...STRINGS,
      ...MEMORIES,
      'AT+CNMI=?',
      ...['2,1,0,1,0', '2,1,0,1,1', '1,1,0,1,0', '2,1,2,1,0', '2,1,0,2,0', '2,1,2,2,0', '1,1,0,2,1', '2,1,0,0,0'],
      ...['1,1,0,0,0', '2,2,0,1,0', '1,2,0,1,0', '3,1', '2,1', '1,1', '1,2'],
      'AT+CSMS=1',
      ...NETWORK,
    ].map((text) => (/^\d/.test(text) ? `AT+CNMI=${text}` : text)),
  },
  {
    modem: 'a modem whose radio is off',
    prepare: ({ script }) =>
      script.when('AT+CREG?', ok('+CREG: 0,0')).when('AT+CFUN?', ok('+CFUN: 4')).when('AT+CFUN=1', ok()),
    typed: [...BEGIN, ...STRINGS, ...MEMORIES, ...CODES, ...NETWORK, 'AT+CEREG?', 'AT+CFUN?', 'AT+CFUN=1'],
  },
  {
    modem: 'a modem whose SIM wants the PIN',
    prepare: ({ script }) =>
      script
        .when('AT+CPIN?', ok('+CPIN: SIM PIN'), ok('+CPIN: READY'))
        .when('AT+CPIN="1234"', ok())
        .when('AT^CPIN?', ok('^CPIN: SIM PIN,,10,3,10,3')),
    typed: [
      ...BEGIN,
      ...['AT+CPINR', 'AT^CPIN?', 'AT+CPIN="1234"', 'AT+CPIN?', 'AT+CMEE=1'],
      ...[...STRINGS, ...MEMORIES, ...CODES, ...NETWORK],
    ],
    pin: '1234',
  },
];

/** What is typed once: it does something, or is asked of several in turn. All else is typed again when nothing comes. */
const ONCE = new Set(['AT+CFUN=1', 'AT+CPIN="1234"', 'AT+CPINR', 'AT^CPIN?']);
/** Without an answer to these the modem is not opened. */
const NEEDED = new Set([...STRINGS, 'AT+CPIN?', 'AT+CMGF=0', 'AT+CPIN="1234"']);

describe.each(MODEMS)('$modem', ({ prepare, typed, pin }) => {
  /** Opens it, `more` being what happens besides. */
  const open = async (more: (bench: Bench) => void = () => {}) => {
    const bench = createBench();
    prepare(bench);
    more(bench);
    const opened = await bench.open(pin === undefined ? {} : { pin }).then(
      ({ state }) => state.kind,
      (error: unknown) => error,
    );
    return { opened, typed: bench.script.typed };
  };
  const each = [...new Set(typed)].filter((command) => command !== 'AT');

  test('is opened with these commands', async () => {
    const found = await open();
    expect(found.typed).toEqual(typed);
    expect(['ready', 'searching']).toContain(found.opened);
  });

  test('that never answers one of them hears it again, and is opened without it where it can be', async () => {
    for (const command of each.filter((text) => text !== 'AT^CPIN?')) {
      const found = await open(({ script }) => script.when(command, undefined));
      const inAll = typed.filter((text) => text === command).length;
      const times = command === 'AT+CPIN?' ? 1 : inAll;
      expect([command, found.typed.filter((text) => text === command).length]).toEqual([
        command,
        ONCE.has(command) ? times : 2 * times,
      ]);
      if (NEEDED.has(command)) expect(found.opened, command).toBeInstanceOf(AtTimeout);
      else expect(['ready', 'searching'], command).toContain(found.opened);
    }
  });

  test('that is pulled out at one of them hears no more, and that is said', async () => {
    for (const command of each) {
      const found = await open((bench) => {
        bench.script.when(command, () => {
          bench.unplug();
          return undefined;
        });
      });
      // The radio is switched on when the modem is open already.
      if (command.startsWith('AT+CFUN')) expect(found.opened).toBe('lost');
      else expect(found.opened, command).toBeInstanceOf(PortError);
      expect(found.typed).toEqual(typed.slice(0, typed.indexOf(command) + 1));
    }
  });
});
