import { by, type Fact, fault } from './fact.ts';

/** Facts about unsolicited codes. */
export const codeFacts: readonly Fact[] = [
  {
    id: 'huawei-noise',
    says: 'says ^RSSI ^HCSQ ^DSFLOWRPT ^BOOT ^MODE ^CSNR ^SRVST ^SIMST ^STIN ^NWTIME of itself',
    source: 'users of Huawei sticks',
    shown: by('huawei-e1752'),
  },
  {
    id: 'option-noise',
    says: 'says _OSIGQ of itself',
    source: 'users of Option sticks',
    shown: by('option-globetrotter'),
  },
  {
    id: 'zte-noise',
    says: 'says +ZUSIMR and +ZEND of itself',
    source: 'users of ZTE and Onda sticks',
    shown: by('zte-mf710m'),
  },
  { id: 'telit-noise', says: 'says #STN of itself', source: 'users of Telit modules', shown: by('telit-le910') },
  {
    id: 'dlink-noise',
    says: 'says +SPNWNAME, +CREG and +CGREG of itself',
    source: 'users of D-Link sticks',
    shown: by('dlink-dwm156'),
  },
  { id: 'ring', says: 'says RING of itself', source: 'ITU-T V.250, 6.3.4', shown: [fault('noise', '--set code=RING')] },
  {
    id: 'noise-before-answer',
    says: 'says a code between a command and the first line of its answer',
    source: 'users of Huawei sticks',
    shown: by('huawei-e1752'),
  },
  {
    id: 'noise-inside-answer',
    says: 'says a code in the middle of an answer of several lines',
    source: 'users of several models',
    shown: [fault('noise', '--command +CMGL')],
  },
  {
    id: 'noise-before-prompt',
    says: 'says a code between +CMGS and its prompt',
    source: 'users of several models',
    shown: [fault('noise', '--command +CMGS --said prompt')],
  },
  {
    id: 'noise-while-typing',
    says: 'says a code while a PDU is being typed',
    source: 'users of Huawei sticks',
    shown: by('huawei-e1752'),
  },
  {
    id: 'creg-both',
    says: 'says +CREG: also of itself while it answers +CREG?',
    source: '3GPP TS 27.007, 7.2',
    shown: [fault('noise', '--set code=+CREG:1 --command +CREG')],
  },
  {
    id: 'reboot-codes',
    says: 'restarts in mid-session, and says RDY, Call Ready, SMS Ready and +CPIN: READY',
    source: 'users of SIMCom modules',
    shown: [...by('simcom-sim800'), fault('reboot')],
  },
  {
    id: 'sms-done',
    says: 'says SMS DONE when it has started',
    source: 'users of SIM7600',
    shown: by('simcom-sim7600'),
  },
  { id: 'cusd-before-ok', says: 'says +CUSD before the OK', source: 'users of several models', shown: by('odd-b') },
  {
    id: 'cusd-crlf',
    says: 'has CR LF inside the quotes of +CUSD',
    source: 'users of several models',
    shown: by('odd-a'),
  },
  { id: 'cusd-twice', says: 'says +CUSD twice', source: 'users of several models', shown: by('odd-c') },
  {
    id: 'cusd-pieces',
    says: 'says +CUSD in pieces',
    source: 'users of several models',
    shown: [fault('split', '--said code')],
  },
  {
    id: 'crash-unread',
    says: 'crashes when another of its ports is open and not read',
    source: 'users of Huawei and ZTE sticks',
    shown: by('huawei-e1752', 'huawei-e220', 'zte-mf710m'),
  },
];

/** Facts about ports. */
export const portFacts: readonly Fact[] = [
  {
    id: 'codes-elsewhere',
    says: 'says its unsolicited codes on another tty than its answers, until ^PORTSEL=1',
    source: 'serialport-gsm#32',
    shown: by('huawei-e220'),
  },
  {
    id: 'reenumerates',
    says: 'comes back under another name after +CFUN=1,1',
    source: 'users of USB sticks',
    shown: [...by('huawei-e1752', 'huawei-e220'), fault('unplug', '--set renamed=1')],
  },
  {
    id: 'mass-storage',
    says: 'comes back as mass storage: its ports stay away',
    source: 'users of USB sticks',
    shown: [fault('unplug', '--set ms=0')],
  },
  {
    id: 'control-lines',
    says: 'hears nothing while DTR or RTS is low',
    source: 'users of several sticks',
    shown: by('odd-d'),
  },
  {
    id: 'dead-port',
    says: 'says nothing any more, whatever it is asked',
    source: 'users of several sticks',
    shown: [fault('swallow', '--probability 1')],
  },
];
