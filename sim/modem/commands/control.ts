import { CHARSETS } from '../charset.ts';
import { accept, type Command, cme, type Handler } from '../command.ts';
import { cmeError, syntaxError } from '../result.ts';
import { factoryProfile, type Profile } from '../stored-profile.ts';
import type { VirtualModem } from '../virtual-modem.ts';

/** A basic command with the number 0 or 1, such as `ATE0`, that switches a setting of the line. */
const flag =
  (key: 'echo' | 'quiet' | 'verbose'): Handler =>
  ({ terminal, args }) => {
    const number = args.number(0, [0, 9], 0);
    if (number > 1) throw syntaxError();
    terminal.talk[key] = number === 1;
  };

/** `ATZ` and `AT&F`: settings as after power-on; PIN, registration and stores do not change (ITU-T V.250, 6.1.1 and 6.1.2). */
const resetTo =
  (profileOf: (modem: VirtualModem) => Profile): Handler =>
  ({ modem, terminal, args }) => {
    args.number(0, [0, 1], 0);
    if (modem.personality.start.resetNeedsPin && modem.sim.state !== 'READY') throw syntaxError();
    const { settings, talk } = profileOf(modem);
    Object.assign(terminal.talk, talk);
    modem.commandsSet.clear();
    modem.settings = { ...settings, stores: modem.settings.stores };
  };

/** `AT&W`: stores the settings to which `ATZ` and the next start return. */
const store: Handler = ({ modem, terminal, args }) => {
  args.number(0, [0, 1], 0);
  modem.profile = { settings: { ...modem.settings }, talk: { ...terminal.talk } };
};

/** S0 and S6 to S10 are about calls, which a virtual modem does not have: a set value is accepted and dropped. */
const callParameter = (name: string, value: string): Command =>
  cme(name, {
    read: ({ respond }) => respond(value),
    set: ({ args }) => void args.number(0, [0, 255], 0),
    execute: accept,
  });

const talkParameter = (name: string, key: 'lineEnd' | 'lineFeed' | 'backspace'): Command =>
  cme(name, {
    read: ({ terminal, respond }) => respond(String(terminal.talk[key]).padStart(3, '0')),
    set: ({ terminal, args }) => {
      terminal.talk[key] = args.number(0, [0, 127], 0);
    },
    execute: accept,
  });

/** ITU-T V.250: echo, form of results, reset; and the settings of 3GPP TS 27.007, 5 and 9.1. */
export const controlCommands: readonly Command[] = [
  cme('E', { basic: flag('echo') }),
  cme('Q', { basic: flag('quiet') }),
  cme('V', { basic: flag('verbose') }),
  cme('X', { basic: ({ args }) => void args.number(0, [0, 4], 0) }),
  cme('Z', { basic: resetTo((modem) => modem.profile) }),
  cme('&F', { basic: resetTo((modem) => factoryProfile(modem.personality.atStart)) }),
  cme('&W', { basic: store }),
  cme('&C', { basic: accept }),
  cme('&D', { basic: accept }),
  cme('&K', { basic: accept }),
  cme('&S', { basic: accept }),
  cme('L', { basic: accept }),
  cme('M', { basic: accept }),
  cme('H', { basic: accept }),
  cme('+CHUP', { execute: accept, test: '' }),
  // There are no calls in this network.
  cme('A', { basic: ({ endWith }) => endWith('NO CARRIER') }),
  cme('D', { basic: ({ endWith }) => endWith('NO CARRIER') }),
  callParameter('S0', '000'),
  talkParameter('S3', 'lineEnd'),
  talkParameter('S4', 'lineFeed'),
  talkParameter('S5', 'backspace'),
  callParameter('S6', '002'),
  callParameter('S7', '060'),
  callParameter('S8', '002'),
  callParameter('S10', '001'),
  // Huawei: after 1, unsolicited codes come on the port on which the command was typed; after 0, on the other ports only.
  cme('^PORTSEL', {
    test: '(0,1)',
    read: ({ terminal, respond }) => respond(`^PORTSEL: ${terminal.codes ? 1 : 0}`),
    set: ({ terminal, args }) => {
      terminal.codes = args.number(0, [0, 1]) === 1;
    },
  }),
  // Huawei: 0 turns off periodic codes such as `^RSSI` until the next start. gammu types it on every Huawei modem.
  cme('^CURC', {
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`^CURC: ${modem.settings.periodicCodes ? 1 : 0}`),
    set: ({ modem, args }) => {
      modem.settings.periodicCodes = args.number(0, [0, 1]) === 1;
    },
  }),
  cme('+CMEE', {
    test: '(0-2)',
    read: ({ modem, respond }) => respond(`+CMEE: ${modem.settings.errorFormat}`),
    set: ({ modem, args }) => {
      modem.settings.errorFormat = args.number(0, [0, 2], 0);
    },
  }),
  cme('+CSCS', {
    test: `(${CHARSETS.map((name) => `"${name}"`).join(',')})`,
    read: ({ modem, respond }) => respond(`+CSCS: "${modem.settings.charset}"`),
    set: ({ modem, args }) => {
      const name = args.string(0, 'IRA').toUpperCase();
      if (!CHARSETS.includes(name)) throw cmeError('operationNotSupported');
      modem.settings.charset = name;
    },
  }),
];
