import type { Operator } from '../../network/operators.ts';
import type { Reception } from '../../network/radio-link.ts';
import { accept, type Call, type Command, cme } from '../command.ts';
import { registrationText } from '../radio.ts';
import { cmeError } from '../result.ts';

/** `+CSQ`: -67 dBm and the best bit error rate; -99 dBm and a poor one; not known. */
const SIGNAL: Readonly<Record<Reception, string>> = {
  good: '23,0',
  weak: '7,4',
  moving: '15,2',
  shadow: '99,99',
  none: '99,99',
};

/** In the order of `<format>`: long name, short name, number. */
function namesOf({ long, short, code }: Operator): readonly string[] {
  return [long, short, code];
}

/** `+COPS=`: mode 3 sets the format of the answer; automatic and manual registration both find the one network. */
function selectOperator({ modem, args }: Call): void {
  const mode = args.number(0, [0, 4], 0);
  if (args.has(1)) modem.settings.operatorFormat = args.number(1, [0, 2]);
  if (mode === 2) throw cmeError('operationNotSupported');
  const wanted = args.string(2, '');
  if (wanted !== '' && !namesOf(modem.link.operator).includes(wanted)) throw cmeError('noNetworkService');
}

function operator({ modem, respond }: Call): void {
  const { operatorFormat } = modem.settings;
  respond(
    modem.radio.registered
      ? `+COPS: 0,${operatorFormat},"${namesOf(modem.link.operator)[operatorFormat]}"`
      : '+COPS: 0',
  );
}

const registration = (name: string, key: 'registrationReports' | 'packetRegistrationReports'): Command =>
  cme(name, {
    test: '(0-2)',
    read: ({ modem, respond }) => {
      const reports = modem.settings[key];
      respond(`${name}: ${reports},${registrationText(reports, modem.radio.status)}`);
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
      const names = namesOf(modem.link.operator).map((name) => `"${name}"`);
      respond(`+COPS: (2,${names.join(',')}),,(0,1,3,4),(0-2)`);
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
    execute: ({ modem, respond }) =>
      respond(`+CSQ: ${SIGNAL[modem.radio.functionality === 1 ? modem.link.reception : 'none']}`),
  }),
  cme('+CPAS', { test: '(0,3,4)', execute: ({ respond }) => respond('+CPAS: 0') }),
  cme('+CBC', { test: '(0-3),(0-100)', execute: ({ respond }) => respond('+CBC: 0,90') }),
];
