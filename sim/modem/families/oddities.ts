import type { Family } from './family.ts';

const GENERIC = { manufacturer: 'Generic', revision: '1.0' } as const;

/** Personalities without a model: habits reported of several models, or without a model's name; and ports without a modem. */
export const oddities: readonly Family[] = [
  {
    ...GENERIC,
    id: 'odd-a',
    model: 'Odd A',
    description: 'lines begin with LF alone; +EXT ERROR; +CPIN: "READY"; a line more before the PDU of +CMT; and more',
    unknownCommand: '+EXT ERROR: 0',
    wire: { lineStart: '\n' },
    arrivals: { routedGap: '\r\n', refusesAcknowledgement: 'with-pdu' },
    stores: { lengthCounts: 'pdu' },
    sending: { parametersClearServiceCentre: true, needsRoom: false },
    start: { pinAnswer: '+CPIN: "{state}"', resetNeedsPin: true },
    ussd: { lineBreak: '\r\n' },
    answers: { '+CPMS=?': ['+CPMS: (),(),()', 'OK'] },
  },
  {
    ...GENERIC,
    id: 'odd-b',
    model: 'Odd B',
    description:
      'an empty line more before each; NOT FOND ^,NOT CUSTOM AT; +CPIN:READY; +CMGL without line ends; and more',
    unknownCommand: 'NOT FOND ^,NOT CUSTOM AT',
    wire: { lineStart: '\r\n\r\n' },
    arrivals: { refusedIndications: /,0$/, indicationsNeedService: true },
    stores: { showsServiceCentre: false, padding: 'FFFF', listGlued: true, selectsThree: true },
    start: { pinAnswer: '+CPIN:{state}' },
    ussd: { beforeOk: true },
    answers: { '+CPMS=?': ['OK'] },
  },
  {
    ...GENERIC,
    id: 'odd-c',
    model: 'Odd C',
    description:
      '+CMGR without <stat> and with ,0 behind the PDU; +CPMS=? without OK; +CUSD twice; sends only with room',
    wire: { echoesCtrlZ: false },
    arrivals: { refusedIndications: /^\d,\d,\d,[12]/ },
    stores: { readHeader: ',,{length}', padding: ',0' },
    sending: { needsRoom: true },
    ussd: { copies: 2 },
    answers: { '+CPMS=?': ['+CPMS: ("SM"),("SM"),("SM")', ''] },
  },
  {
    ...GENERIC,
    id: 'odd-d',
    model: 'Odd D',
    description:
      '+CMGR has the header of text mode before a PDU; no +CNMI mode above 1; hears nothing without DTR and RTS',
    wire: { needsControlLines: true },
    arrivals: { refusedIndications: /^[23]/ },
    stores: { readHeader: 'text' },
  },
  {
    ...GENERIC,
    id: 'port-ok',
    model: 'Port of a modem',
    description: 'a port that answers OK to everything and takes no commands',
    wire: { answersAll: 'OK', echoes: false },
  },
  {
    ...GENERIC,
    id: 'port-error',
    model: 'Port of a modem',
    description: 'a port that answers ERROR to everything and takes no commands',
    wire: { answersAll: 'ERROR', echoes: false },
  },
  {
    ...GENERIC,
    id: 'port-ppp',
    model: 'Port of a modem',
    description: 'a port that was left in PPP: NO CARRIER to everything',
    wire: { answersAll: 'NO CARRIER', echoes: false },
  },
];
