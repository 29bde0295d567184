import { by, type Fact } from './fact.ts';

/** What models offer and refuse, and how long they take. */
export const offerFacts: readonly Fact[] = [
  {
    id: 'cnmi-offer-mc75i',
    says: 'offers +CNMI: (0-3),(0,1),(0,2,3),(0,2),(1), and refuses the rest',
    source: 'gammu#1206',
    shown: by('siemens-mc75i'),
  },
  {
    id: 'cnmi-offer-bm3',
    says: 'offers +CNMI: (0-2),(0,1),(3),(1),(0), and refuses the rest',
    source: 'recordings of a suite of drivers',
    shown: by('cnmi-bm-3'),
  },
  {
    id: 'cnmi-offer-ds2',
    says: 'offers +CNMI: (0,1),(0,1),(0),(0,2),(1), and refuses the rest',
    source: 'recordings of a suite of drivers',
    shown: by('cnmi-ds-2'),
  },
  {
    id: 'cpms-offer-mt',
    says: 'has the stores MT, SM and ME, and receives into MT and SM only',
    source: 'users of MC35i and MC75i',
    shown: by('siemens-mc35i', 'siemens-mc75i'),
  },
  {
    id: 'cpms-offer-sm',
    says: 'receives into SM only, and refuses +CPMS="ME"',
    source: "oFono's simulator",
    shown: by('ofono-phonesim'),
  },
  {
    id: 'cscs-offer',
    says: 'offers some character sets, and refuses the others',
    source: 'users of Siemens and Huawei modems',
    shown: by('siemens-mc35i', 'huawei-e3372'),
  },
  { id: 'escape-kept', says: 'does not hear AT behind ESC', source: "oFono's simulator", shown: by('ofono-phonesim') },
  {
    id: 'locked-identity',
    says: 'says +CME ERROR: 11 to +CGMI while the SIM is locked',
    source: 'python-gsmmodem fakemodems.py',
    shown: by('qualcomm-6280', 'zte-k3565z'),
  },
  {
    id: 'not-ready-cmgf',
    says: 'refuses +CMGF for seconds after power-on',
    source: 'serialport-gsm#137; users of Sierra HL6528',
    shown: by('sierra-hl6528', 'not-ready-3'),
  },
  {
    id: 'not-ready-cpms',
    says: 'says +CMS ERROR: 515 to +CPMS= and +CMGR for 5 s',
    source: 'gammu#93',
    shown: by('not-ready-515'),
  },
  {
    id: 'first-answer-late',
    says: 'takes seconds over the first answer',
    source: 'reports of drivers whose answers are one command late',
    shown: by('slow-first', 'slow-start'),
  },
  {
    id: 'every-answer-late',
    says: 'takes 1.5 s over every answer',
    source: 'reports of drivers whose answers are one command late',
    shown: by('slow-always'),
  },
  {
    id: 'ucs2-at-start',
    says: 'has UCS2 selected when it is opened, and shows all strings so',
    source: 'gammu#358',
    shown: by('ucs2-at-start'),
  },
  {
    id: 'plain-strings',
    says: 'shows operator and service centre in plain characters though UCS2 is selected',
    source: 'ModemManager, users of E3372',
    shown: by('huawei-e3372'),
  },
  { id: 'cpms-three', says: 'refuses +CPMS= without three stores', source: 'gammu#829', shown: by('huawei-e3372') },
  { id: 'cpms-set-ok', says: 'answers +CPMS= with OK alone', source: 'gammu#1130', shown: by('cpms-ok') },
  {
    id: 'prompt-and-line',
    says: 'prompts with CR LF > CR LF CR',
    source: 'gammu#1176',
    shown: by('simcom-sim7670g'),
  },
  {
    id: 'prompt-without-line',
    says: 'prompts with > and nothing before it',
    source: 'RIOT#20016',
    shown: by('u-blox-lara-l6'),
  },
  {
    id: 'creg-leading-zeros',
    says: 'says +CREG: 002,001',
    source: 'recordings of a suite of drivers',
    shown: by('creg-zeros'),
  },
  {
    id: 'pin2',
    says: 'says SIM PIN2, and SMS work',
    source: 'recordings of a suite of drivers',
    shown: by('sim-pin2'),
  },
  {
    id: 'report-to-end-of-record',
    says: 'shows status reports with FF up to the end of the record',
    source: 'reports of SIMs of 176 octets a record',
    shown: by('record-reports'),
  },
  {
    id: 'ussd-hex-15',
    says: 'has USSD texts in UCS-2 in hexadecimal under dcs 15',
    source: 'sms_tool#13, users of Quectel M35',
    shown: by('quectel-m35'),
  },
  {
    id: 'ussd-hex-7',
    says: 'has USSD texts in UCS-2 in hexadecimal under dcs 7',
    source: 'sms_tool#13, users of ZTE MF286D',
    shown: by('zte-mf286d'),
  },
  {
    id: 'ussd-mode',
    says: 'refuses USSD requests until AT^USSDMODE=0',
    source: 'users of E1752',
    shown: by('huawei-e1752'),
  },
];
