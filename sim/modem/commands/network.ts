import type { Operator } from '../../network/operators.ts';
import type { Reception } from '../../network/radio-link.ts';
import { fromHost, toHost } from '../charset.ts';
import { accept, type Call, type Command, cme } from '../command.ts';
import { registrationText } from '../radio.ts';
import { cmeError } from '../result.ts';
import type { VirtualModem } from '../virtual-modem.ts';

/** `+CSQ`: -67 dBm and the best bit error rate; -99 dBm and a poor one; not known. */
const SIGNAL: Readonly<Record<Reception, string>> = {
  good: '23,0',
  weak: '7,4',
  moving: '15,2',
  shadow: '99,99',
  none: '99,99',
};

function signalOf({ radio, link }: VirtualModem): string {
  return SIGNAL[radio.functionality === 1 ? link.reception : 'none'];
}

/** The indicators of `+CIND` with their ranges (3GPP TS 27.007, 8.9). */
const INDICATORS: readonly (readonly [name: string, range: string, value: (modem: VirtualModem) => number])[] = [
  ['battchg', '0-5', () => 5],
  ['signal', '0-5', (modem) => Math.floor((Number.parseInt(signalOf(modem), 10) % 99) / 6)],
  ['service', '0,1', ({ radio }) => (radio.registered ? 1 : 0)],
  ['message', '0,1', (modem) => (modem.store('SM').used > 0 ? 1 : 0)],
  ['call', '0,1', () => 0],
  ['roam', '0,1', ({ radio }) => (radio.status === 5 ? 1 : 0)],
  ['smsfull', '0,1', (modem) => (modem.store('SM').used < modem.store('SM').capacity ? 0 : 1)],
];

/** In the order of `<format>`: long name, short name, number. */
function namesOf({ long, short, code }: Operator): readonly string[] {
  return [long, short, code];
}

/** {@link namesOf} as the host sees them: names in the character set of `+CSCS`, the number as digits. */
function shownNames({ settings, personality, link }: VirtualModem): readonly string[] {
  const { long, short, code } = link.operator;
  const shown = (name: string) => (personality.strings.operator ? toHost(settings.charset, name) : name);
  return [shown(long), shown(short), code];
}

/** `<stat>` of an operator in `+COPS=?`. */
const AVAILABLE = 1;
const CURRENT = 2;
/** `<mode>` of `+COPS` (3GPP TS 27.007, 7.3). */
const COPS = { automatic: 0, manual: 1, deregister: 2, formatOnly: 3, manualThenAutomatic: 4 } as const;

/** `+COPS=mode[,format[,operator]]`: there is one network to be found, by any of its names. */
function selectOperator({ modem, args }: Call): void {
  const mode = args.number(0, [0, 4], 0);
  if (args.has(1)) modem.settings.operatorFormat = args.number(1, [0, 2]);
  if (mode === COPS.formatOnly) return;
  if (mode === COPS.deregister) {
    modem.radio.select('none');
    return;
  }
  const wanted = args.string(2, '');
  const meant = [wanted, fromHost(modem.settings.charset, wanted)];
  const found = wanted === '' || namesOf(modem.link.operator).some((name) => meant.includes(name));
  if (mode === COPS.manual && (wanted === '' || !found))
    throw cmeError(found ? 'incorrectParameters' : 'noNetworkService');
  modem.radio.select(mode === COPS.automatic || !found ? 'automatic' : 'manual');
}

function operator({ modem, respond }: Call): void {
  const { operatorFormat } = modem.settings;
  const mode = { automatic: COPS.automatic, manual: COPS.manual, none: COPS.deregister }[modem.radio.selection];
  const name = shownNames(modem)[operatorFormat];
  respond(modem.radio.registered ? `+COPS: ${mode},${operatorFormat},"${name}"` : `+COPS: ${mode}`);
}

const registration = (name: string, key: 'registrationReports' | 'packetRegistrationReports'): Command =>
  cme(name, {
    test: '(0-2)',
    read: ({ modem, respond }) => {
      const reports = modem.settings[key];
      const [status, ...cell] = registrationText(reports, modem.radio.status).split(',');
      const begins = modem.personality.network.registration
        .replace('{n}', String(reports))
        .replace('{stat}', status ?? '');
      respond(`${name}: ${[begins, ...cell].join(',')}`);
    },
    set: ({ modem, args }) => {
      modem.settings[key] = args.number(0, [0, 2], 0);
    },
  });

/** Power, registration, operator and signal (3GPP TS 27.007, 7.2, 7.3, 8.1, 8.2, 8.4, 8.5, 10.1.9 and 10.1.20). */
export const networkCommands: readonly Command[] = [
  cme('+CFUN', {
    test: '(0,1,4),(0,1)',
    read: ({ modem, respond }) => respond(`+CFUN: ${modem.radio.functionality}`),
    set: ({ modem, args }) => {
      const functionality = args.number(0, [0, 4]);
      if (functionality === 2 || functionality === 3) throw cmeError('operationNotSupported');
      if (args.number(1, [0, 1], 0) === 1) modem.restart();
      else modem.radio.setFunctionality(functionality);
    },
  }),
  registration('+CREG', 'registrationReports'),
  registration('+CGREG', 'packetRegistrationReports'),
  cme('+COPS', {
    needsSim: true,
    test: ({ modem, respond }) => {
      const names = shownNames(modem).map((name) => `"${name}"`);
      const status = modem.radio.registered ? CURRENT : AVAILABLE;
      respond(`+COPS: (${status},${names.join(',')}),,(0-4),(0-2)`);
    },
    read: operator,
    set: selectOperator,
  }),
  cme('+CGATT', {
    needsSim: true,
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`+CGATT: ${modem.radio.registered ? 1 : 0}`),
    set: accept,
  }),
  cme('+CSQ', {
    test: '(0-31,99),(0-7,99)',
    execute: ({ modem, respond }) => respond(`+CSQ: ${signalOf(modem)}`),
  }),
  cme('+CESQ', {
    test: '(0-63,99),(0-7,99),(255),(255),(255),(255)',
    execute: ({ modem, respond }) => {
      const [rssi = '99', ber = '99'] = signalOf(modem).split(',');
      respond(`+CESQ: ${rssi === '99' ? rssi : Number(rssi) * 2},${ber},255,255,255,255`);
    },
  }),
  cme('+CIND', {
    test: INDICATORS.map(([name, range]) => `("${name}",(${range}))`).join(','),
    read: ({ modem, respond }) => respond(`+CIND: ${INDICATORS.map(([, , value]) => value(modem)).join(',')}`),
    set: accept,
  }),
  // There is no packet data: a context may be defined, and is not kept.
  cme('+CGDCONT', { test: '(1-16),"IP",,,(0),(0)', read: () => {}, set: accept }),
  cme('+CPOL', { needsSim: true, test: '(1-10),(0-2)', read: () => {}, set: accept }),
  cme('+CCWA', { test: '(0,1)', read: ({ respond }) => respond('+CCWA: 0'), set: accept }),
  cme('+CLCC', { test: '', execute: () => {}, set: accept }),
  cme('+CPAS', { test: '(0,3,4)', execute: ({ respond }) => respond('+CPAS: 0') }),
  cme('+CBC', { test: '(0-3),(0-100)', execute: ({ respond }) => respond('+CBC: 0,90') }),
];
