import { accept, type Call, type Command, cme } from '../command.ts';
import { OPERATOR, registrationText } from '../radio.ts';
import { cmeError } from '../result.ts';

/** `+CSQ`: -67 dBm, and the best bit error rate. */
const SIGNAL = { covered: '23,0', none: '99,99' } as const;

/** `+COPS=`: mode 3 sets the format of the answer; automatic and manual registration both find the one network. */
function selectOperator({ modem, args }: Call): void {
  const mode = args.number(0, [0, 4], 0);
  if (args.has(1)) modem.settings.operatorFormat = args.number(1, [0, 2]);
  if (mode === 2) throw cmeError('operationNotSupported');
  const wanted = args.string(2, '');
  if (wanted !== '' && !OPERATOR.includes(wanted)) throw cmeError('noNetworkService');
}

function operator({ modem, respond }: Call): void {
  const { operatorFormat } = modem.settings;
  respond(modem.radio.registered ? `+COPS: 0,${operatorFormat},"${OPERATOR[operatorFormat]}"` : '+COPS: 0');
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
      modem.radio.setFunctionality(functionality);
    },
  }),
  registration('+CREG', 'registrationReports'),
  registration('+CGREG', 'packetRegistrationReports'),
  cme('+COPS', {
    needsSim: true,
    test: ({ respond }) => respond(`+COPS: (2,"${OPERATOR[0]}","${OPERATOR[1]}","${OPERATOR[2]}"),,(0,1,3,4),(0-2)`),
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
      respond(`+CSQ: ${modem.link.covered && modem.radio.functionality === 1 ? SIGNAL.covered : SIGNAL.none}`),
  }),
  cme('+CPAS', { test: '(0,3,4)', execute: ({ respond }) => respond('+CPAS: 0') }),
  cme('+CBC', { test: '(0-3),(0-100)', execute: ({ respond }) => respond('+CBC: 0,90') }),
];
