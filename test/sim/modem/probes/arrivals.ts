import { expect } from 'vitest';
import { dialogue, NUMBER, type Probe } from './bench.ts';

const LONG = 'Two parts of one message. '.repeat(10);
/** `+CMGR` of the first message; `index` is the first place. */
const read = (answer: RegExp, index = 1): Probe => ({
  async see({ says, arrives }) {
    await arrives();
    await says(`AT+CMGR=${index}\r`, answer);
  },
});
/** What is heard when a message comes, after `+CNMI`. */
const announced = (setting: string, heard: RegExp): Probe => ({
  async see({ says, arrives, host }) {
    await says(`AT+CNMI=${setting}\r`, /OK/);
    await arrives();
    expect(host.heard()).toMatch(heard);
  },
});
/** What is heard when a message was sent to oneself and its report comes, after `+CNMI`. */
const reported = (setting: string, heard: RegExp, ...after: readonly (readonly [string, RegExp])[]): Probe => ({
  async see({ says, sendToSelf }) {
    await says(`AT+CNMI=${setting}\r`, /O\0?K/);
    expect(await sendToSelf()).toMatch(heard);
    for (const [typed, answer] of after) await says(typed, answer);
  },
});

/** Facts about messages that come, and their stores. */
export const arrivalProbes: Readonly<Record<string, Probe>> = {
  'cnmi-ds1-refused': dialogue(
    ['AT+CNMI=?\r', /\(0-2\),\(0,1\)/],
    ['AT+CNMI=2,1,0,1,0\r', /ERROR/],
    ['AT+CNMI=2,1,0,2,0\r', /OK/],
  ),
  'cnmi-22010-refused': dialogue(['AT+CNMI=2,2,0,1,0\r', /ERROR/], ['AT+CNMI=2,1,0,1,0\r', /OK/]),
  'cnmi-no-reports': dialogue(
    ['AT+CNMI=2,1,2,1,0\r', /ERROR/],
    ['AT+CNMI=2,1,2,2,0\r', /ERROR/],
    ['AT+CNMI=2,1,2,0,0\r', /OK/],
  ),
  'cnmi-mode-1': dialogue(['AT+CNMI=2,1,0,0,0\r', /ERROR/], ['AT+CNMI=1,1,0,1,0\r', /OK/]),
  'cnmi-needs-bfr': dialogue(
    ['AT+CNMI=2,1,0,1,1\r', /ERROR/],
    ['AT+CSMS=1\r', /OK/],
    ['AT+CNMI=2,1,0,1,0\r', /ERROR/],
    ['AT+CNMI=2,1,0,1,1\r', /OK/],
  ),
  'no-cnmi': dialogue(['AT+CNMI=2,1\r', '\r\nERROR\r\n'], ['AT+CNMI=?\r', '\r\nERROR\r\n']),
  'cnma-awaited': {
    async see({ says, arrives, clock, host }) {
      await says('AT+CSMS=1;+CNMI=2,2\r', /OK/);
      await arrives('1');
      expect(host.heard()).toMatch(/\+CMT/);
      await arrives('2');
      await clock.advance(20_000);
      expect(host.heard()).not.toMatch(/\+CMT/);
      await says('AT+CNMI?\r', /\+CNMI: 2,0,0,0,0/);
    },
  },
  'cnma-refused': {
    async see({ says, arrives, world }) {
      await says('AT+CSMS=1;+CNMI=2,2\r', /OK/);
      await arrives();
      await says('AT+CNMA\r', /\+CMT.*\+CMS ERROR: 302/s);
      expect(world.waitingFor(NUMBER)).toBe(1);
    },
  },
  'cnma-second': {
    async see({ says, arrives }) {
      await says('AT+CSMS=1;+CNMI=2,2\r', /OK/);
      await arrives();
      await says('AT+CNMA\r', /OK/);
      await says('AT+CNMA\r', '\r\n+CMS ERROR: 340\r\n');
    },
  },
  'cnma-pdu-broken': {
    async see({ says, arrives }) {
      await says('AT+CSMS=1;+CNMI=2,2\r', /OK/);
      await arrives();
      await says('AT+CNMA=1,3\r', /ERROR/);
      await says('AT+CNMA\r', /OK/);
    },
  },
  'cds-empty-field': reported('2,1,0,1', /CDS: ,25\r\n/),
  'cmt-without-alpha': announced('2,2', /\+CMT: \d+\r\n/),
  'cdsi-in-sr': reported(
    '2,0,0,2',
    /\+CDSI: "SM",0/,
    ['AT+CMGR=0\r', /\+CMGR: 0,,24/],
    ['AT+CPMS="SR"\r', /\+CPMS: 1,20/],
    ['AT+CMGR=0\r', /\+CMGR: 0,,25/],
  ),
  'cdsi-nowhere': reported('2,0,0,2', /\+CDSI: "SR",8/, ['AT+CPMS="SR"\r', /OK/], ['AT+CMGR=8\r', /\+CMS ERROR: 321/]),
  'cmti-minus-one': announced('2,1', /\+CMTI: ,-1\r\n/),
  'cpms-double-brackets': dialogue(['AT+CPMS=?\r', /\+CPMS: \(\("SM","BM","SR"\),\("SM"\)\)/]),
  'cpms-empty-lists': dialogue(['AT+CPMS=?\r', /\+CPMS: \(\),\(\),\(\)/]),
  'cpms-no-lists': dialogue(['AT+CPMS=?\r', /^\s+OK\r\n$/]),
  'cpms-needs-three': dialogue(['AT+CPMS="SM","SM"\r', /ERROR/], ['AT+CPMS="SM","SM","SM"\r', /OK/]),
  'cpms-without-ok': dialogue(['AT+CPMS=?\r', '\r\n+CPMS: ("SM"),("SM"),("SM")\r\n'], ['AT\r', '\r\nOK\r\n']),
  'cpms-counts-late': {
    async see({ says, arrives }) {
      await arrives();
      await says('AT+CPMS?\r', /"SM",0,/, 600);
      await says('AT+CPMS?\r', /"SM",1,/, 100);
    },
  },
  'cmgr-without-stat': read(/\+CMGR: ,,\d+\r\n/),
  'cmgr-zero': dialogue(['AT+CMGR=5\r', '\r\n+CMGR: 0,,0\r\n\r\nOK\r\n']),
  'cmgr-ok': dialogue(['AT+CMGR=5\r', '\nOK\n']),
  'cmgr-text-header': read(/\+CMGR: "REC UNREAD","123",,"[^"]*"\r\n[0-9A-F]+\r\n/),
  'cmgr-padding-zero': read(/[0-9A-F]{20},0\r\n/),
  'cmgr-padding-ff': read(/[0-9A-F]{20}FFFF\r\n/),
  'cmgr-length-whole': {
    async see({ host, arrives }) {
      await arrives();
      const [, length, pdu = ''] = /\+CMGR: 0,,(\d+)\r\n([0-9A-F]+)\r\n/.exec(await host.type('AT+CMGR=1\r')) ?? [];
      expect(Number(length)).toBe(pdu.length / 2);
    },
  },
  'cmgr-without-smsc': {
    async see({ host, arrives }) {
      await arrives();
      const [, length, pdu = ''] = /\+CMGR: 0,,(\d+)\r\n([0-9A-F]+)FFFF\r\n/.exec(await host.type('AT+CMGR=1\r')) ?? [];
      expect(Number(length)).toBe(pdu.length / 2);
    },
  },
  'index-0': read(/\+CMGR: 0,/, 0),
  'index-900': read(/\+CMGR: 0,/, 900),
  'cmgl-hangs': {
    fault: { action: { kind: 'swallow' }, command: '+CMGL' },
    async see({ says, arrives }) {
      await arrives();
      await says('AT+CMGL=4\r', '', 1_000);
      await says('AT\r', '\r\nOK\r\n');
    },
  },
  'cmgl-wrong-indexes': {
    async see({ says, arrives }) {
      await arrives();
      await says('AT+CMGL=4\r', /\+CMGL: 2,0/);
      await says('AT+CMGR=2\r', /ERROR/);
      await says('AT+CMGR=1\r', /\+CMGR: 1/);
    },
  },
  'cmgl-empty-error': dialogue(['AT+CMGL=4\r', '\r\n+CMS ERROR: 321\r\n']),
  'cmgd-one-parameter': dialogue(
    ['AT+CMGD=?\r', '\r\n+CMGD: ()\r\n\r\nOK\r\n'],
    ['AT+CMGD=1,4\r', /ERROR/],
    ['AT+CMGD=1\r', /OK/],
  ),
  'cmgd-siblings': {
    async see({ says, arrives }) {
      await arrives(LONG);
      await arrives('another');
      await says('AT+CPMS?\r', /"SM",3,/);
      await says('AT+CMGD=1\r', /OK/);
      await says('AT+CPMS?\r', /"SM",1,/);
    },
  },
  'full-store': {
    simCapacity: 1,
    async see({ says, arrives, host, world }) {
      await says('AT+CNMI=2,1\r', /OK/);
      await arrives('1');
      expect(host.heard()).toContain('+CMTI: "SM",1');
      await arrives('2');
      expect(host.heard()).toBe('');
      expect(world.waitingFor(NUMBER)).toBe(1);
    },
  },
};
