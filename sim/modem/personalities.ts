import { type MessageHabits, type Personality, standardPersonality, type WireHabits } from './personality.ts';

/** What a family does differently; the rest is {@link standardPersonality}. */
interface Family extends Partial<Omit<Personality, 'wire' | 'messages'>> {
  readonly id: string;
  readonly description: string;
  readonly source: string;
  readonly wire?: Partial<WireHabits>;
  readonly messages?: Partial<MessageHabits>;
}

/** Families of modems as their users and drivers describe them. A fact is a report: no such modem was at hand. */
const families: readonly Family[] = [
  {
    id: 'huawei-e1752',
    description: 'chatters all the time, also inside answers; COMMAND NOT SUPPORT; places from 0; refuses +CMMS=2',
    source: 'Gammu at.c:79; users of Huawei sticks',
    manufacturer: 'huawei',
    model: 'E1752',
    revision: '11.126.03.10.00',
    unknownCommand: 'COMMAND NOT SUPPORT',
    wire: { codesInterrupt: true },
    messages: { firstIndex: 0 },
    answers: { '+CMMS=2': ['+CMS ERROR: 500'], '^PORTSEL=1': ['OK'], '^CPIN?': ['^CPIN: READY,,10,3,10,3', 'OK'] },
    noise: {
      everyMs: 700,
      codes: [
        '^RSSI:19',
        '^DSFLOWRPT:0000000A,00000000,00000000,0000000000000000,0000000000000000',
        '^MODE:5,4',
        '^BOOT:1,0',
      ],
    },
  },
  {
    id: 'zte-mf710m',
    description:
      'stale octets with NULs in the port at open; +ZUSIMR in between; +CDS with an empty field before the length',
    source: 'users of ZTE MF710M and Onda sticks',
    manufacturer: 'ZTE CORPORATION',
    model: 'MF710M',
    revision: 'BD_MF710MV1.0.0B01',
    wire: { staleAtOpen: '\0\0\r\n+ZUSIMR:2\r\n\0CARRIER\r\n', codesInterrupt: true },
    messages: { routedPrefix: { cmt: ',', cds: ',' } },
    noise: { everyMs: 2_000, codes: ['+ZUSIMR:2', '+ZEND'] },
  },
  {
    id: 'simcom-sim800',
    description:
      'lines end in CR CR LF; the SIM is busy for 40 s after power-on; says RDY and SMS Ready when it has restarted',
    source: 'users of SIMCom modules',
    manufacturer: 'SIMCOM_Ltd',
    model: 'SIMCOM_SIM800L',
    revision: 'Revision:1418B05SIM800L24',
    wire: { lineStart: '\r\n', lineEnd: '\r\r\n' },
    simBusyMs: 40_000,
    startCodes: ['RDY', '+CFUN: 1', '+CPIN: READY', 'Call Ready', 'SMS Ready'],
  },
  {
    id: 'simcom-sim7600',
    description: 'announces status reports as +CDSI: "SR",n, and +CMGR does not find them',
    source: 'users of SIM7600',
    manufacturer: 'SIMCOM INCORPORATED',
    model: 'SIMCOM_SIM7600E',
    revision: 'LE11B12SIM7600M22',
    messages: { reportsGo: 'elsewhere', firstIndex: 0 },
  },
  {
    id: 'quectel-ec25',
    description: 'advertises +CPMS with SR and keeps status reports there; the prompt comes late',
    source: 'users of EC25; the late prompt is of no model in particular',
    manufacturer: 'Quectel',
    model: 'EC25',
    revision: 'EC25EFAR06A03M4G',
    wire: { promptDelayMs: 250 },
    messages: { reportsGo: 'elsewhere', firstIndex: 0 },
    answers: {
      '+QPINC?': ['+QPINC: "SC",3,10', 'OK'],
      '+CPMS=?': ['+CPMS: ("ME","MT","SM","SR"),("ME","MT","SM"),("ME","MT","SM")', 'OK'],
    },
  },
  {
    id: 'wavecom-q2',
    description: '+CPIN: READY without a final OK; +CPMS with lists in double brackets',
    source: 'python-gsmmodem fakemodems.py:176; Gammu at.c:203',
    manufacturer: 'WAVECOM MODEM',
    model: 'MULTIBAND  900E  1800',
    revision: '641b09gg.Q2403A',
    answers: { '+CPIN?': ['+CPIN: READY', ''], '+CPMS=?': ['+CPMS: (("SM","BM","SR"),("SM"))', 'OK'] },
  },
  {
    id: 'siemens-tc35',
    description: '+CMGD takes one parameter only; ESC at the prompt is not answered; an empty list is an error',
    source: 'users of MC35 and TC35; the unanswered ESC and the empty list are of several models',
    manufacturer: 'SIEMENS',
    model: 'TC35',
    revision: 'REVISION 03.10',
    wire: { answersEscape: false },
    messages: { emptyList: 'error' },
    answers: { '+CMGD=?': ['+CMGD: (1-25)', 'OK'], '+CMGD=1,4': ['+CMS ERROR: 305'] },
  },
  {
    id: 'telit-le910',
    description: 'silent for 40 s after the PIN; #STN in between',
    source: 'users of Telit modules',
    manufacturer: 'Telit',
    model: 'LE910-EU1',
    revision: '20.00.522',
    silentAfterPinMs: 40_000,
    answers: { '#PCT': ['#PCT: 3', 'OK'] },
    noise: { everyMs: 5_000, codes: ['#STN: 37', '#STN: 33'] },
  },
  {
    id: 'nokia-s60',
    description: 'no +CNMI at all: messages are found by polling',
    source: 'users of Nokia S60 phones',
    manufacturer: 'Nokia',
    model: 'Nokia N95',
    revision: 'V 31.0.017',
    without: ['+CNMI', '+CNMA'],
  },
  {
    id: 'sierra-mc8775',
    description:
      'refuses the status reports that +CNMI=? advertises; the echo of a PDU ends in Ctrl-Z; an empty place is +CMGR: 0,,0',
    source: 'oFono gatsyntax.c:214; Qualcomm firmware advertises ds=1 and 2, and refuses them',
    manufacturer: 'Sierra Wireless, Inc.',
    model: 'MC8775',
    revision: 'H2_0_8_15MCAP',
    wire: { echoesCtrlZ: true },
    messages: { emptyPlace: 'zero' },
    answers: { '+CNMI=2,1,2,2,0': ['+CMS ERROR: 303'], '+CNMI=2,1,0,2,0': ['+CMS ERROR: 303'] },
  },
  {
    id: 'u-blox-sara',
    description: 'an empty place is OK alone; +UPINCNT counts the tries; lines end in LF alone',
    source: 'ModemManager (+UPINCNT); the line ends and the empty place are of several models',
    manufacturer: 'u-blox',
    model: 'SARA-G350',
    revision: '08.90',
    wire: { lineStart: '\n', lineEnd: '\n' },
    messages: { emptyPlace: 'ok' },
    answers: { '+UPINCNT': ['+UPINCNT: 3,3,10,10', 'OK'] },
  },
  {
    id: 'novatel-mc547',
    description: 'wants each message acknowledged, and refuses +CNMA',
    source: 'users of Novatel sticks',
    manufacturer: 'Novatel Wireless',
    model: 'MC547',
    revision: '1.0',
    messages: { refusesAcknowledgement: true },
  },
  {
    id: 'gemalto-bgs2',
    description: '+CMT: <length> without the comma; prompt without the space',
    source: 'users of Gemalto modules; the prompt is of no model in particular',
    manufacturer: 'Cinterion',
    model: 'BGS2-W',
    revision: 'REVISION 01.301',
    wire: { prompt: '\r\n>' },
    messages: { routedPrefix: { cmt: '', cds: '' } },
  },
  {
    id: 'benq-m32',
    description: 'does not hear the first command after the port was opened',
    source: 'users of BenQ M32 and Alcatel BE5',
    manufacturer: 'BenQ',
    model: 'M32',
    revision: 'V1.0',
    wire: { swallowsFirstLine: true },
  },
  {
    id: 'motorola-ezx',
    description: 'MODEM ERROR: n to what it does not know, followed by an OK that belongs to nothing; never echoes',
    source: 'ModemManager mm-serial-parsers.c; the orphan OK and the missing echo are of several models',
    manufacturer: 'Motorola CE, Copyright 2004',
    model: 'A1200',
    revision: 'R541_G_11.62.07R',
    unknownCommand: 'MODEM ERROR: 3',
    wire: { orphanOkAfterError: true, echoes: false },
  },
];

/** Every personality, by id; `standard` is the first. */
export const personalities: Readonly<Record<string, Personality>> = Object.fromEntries(
  [standardPersonality, ...families.map(personalityOf)].map((personality) => [personality.id, personality]),
);

function personalityOf({ wire, messages, ...rest }: Family): Personality {
  return {
    ...standardPersonality,
    ...rest,
    wire: { ...standardPersonality.wire, ...wire },
    messages: { ...standardPersonality.messages, ...messages },
  };
}
