import { expect } from 'vitest';
import { dialogue, type Probe } from './bench.ts';

const UCS2 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();

/** A setting that is offered is taken, and each that is not is refused. */
const offered = (test: string, says: string, taken: readonly string[], refused: readonly string[]): Probe =>
  dialogue(
    [`AT${test}=?\r`, `\r\n${test}: ${says}\r\n\r\nOK\r\n`],
    ...taken.map((values) => [`AT${test}=${values}\r`, /\r\nOK\r\n$/] as const),
    ...refused.map((values) => [`AT${test}=${values}\r`, /^\r\n\+CM[ES] ERROR: \d+\r\n$|^\r\nERROR\r\n$/] as const),
  );

const ussd = (text: string): Probe => ({
  see: ({ says }) => says('AT+CUSD=1,"*123#",15\r', new RegExp(`\\+CUSD: 1,"${text}`), 1_000),
});

/** Refused for some seconds after the start, and taken then; the test form is answered all the time. */
const ready = (command: string, result: RegExp, ms: number): Probe => ({
  async see({ says, clock }) {
    await says('AT+CMEE=1\r', /OK/);
    await says(`AT${command}\r`, result);
    await says('AT+CMGF=?\r', /OK/);
    await clock.advance(ms - 500);
    await says(`AT${command}\r`, result);
    await clock.advance(500);
    await says(`AT${command}\r`, /OK/);
  },
});

/** The answer to the first line, and to the next, come no sooner than this. */
const late = (first: number, next: number): Probe => ({
  first: '',
  async see({ says }) {
    await says('ATE0\r', /^ATE0\r$|^$/, first - 1);
    await says('', /OK/, 1);
    if (next > 0) await says('AT\r', '', next - 1);
    await says(next > 0 ? '' : 'AT\r', '\r\nOK\r\n', 1);
  },
});

/** Facts about what models offer, and how long they take. */
export const offerProbes: Readonly<Record<string, Probe>> = {
  'cnmi-offer-mc75i': offered(
    '+CNMI',
    '(0-3),(0,1),(0,2,3),(0,2),(1)',
    ['2,1,0,2,1', '3,0,3,0,1'],
    ['2,1,0,1,1', '2,2,0,0,1', '2,1,1,0,1', '2,1,0,2,0', '4'],
  ),
  'cnmi-offer-bm3': offered('+CNMI', '(0-2),(0,1),(3),(1),(0)', ['2,1,3,1,0'], ['2,1,0,1,0', '2,1,3,2,0', '3,1,3,1,0']),
  'cnmi-offer-ds2': offered(
    '+CNMI',
    '(0,1),(0,1),(0),(0,2),(1)',
    ['1,1,0,2,1', '1,1,0,0,1'],
    ['2,1,0,2,1', '1,1,0,1,1', '1,1,2,2,1', '1,1,0,2,0'],
  ),
  'cpms-offer-mt': offered(
    '+CPMS',
    '("MT","SM","ME"),("MT","SM","ME"),("MT","SM")',
    ['"MT"', '"ME","ME","MT"', '"SM","SM","SM"'],
    ['"SR"', '"ME","ME","ME"', '"BM"'],
  ),
  'cpms-offer-sm': offered(
    '+CPMS',
    '("SM","ME"),("SM","ME"),("SM")',
    ['"ME","ME","SM"'],
    ['"ME"', '"SM","ME"', '"ME","ME","ME"', '"MT","MT","SM"'],
  ),
  'cscs-offer': {
    async see({ says }) {
      await says('AT+CSCS=?\r', /\+CSCS: \(("\w+",)+"\w+"\)\r\n/);
      await says('AT+CSCS="UCS2"\r', '\r\nOK\r\n');
      await says('AT+CSCS="HEX"\r', /ERROR/);
    },
  },
  'escape-kept': dialogue(['\x1bAT\r', ''], ['AT\r', '\r\nOK\r\n']),
  'locked-identity': {
    pin: '1234',
    async see({ says, clock }) {
      await says('AT+CMEE=1\r', /OK/);
      for (const name of ['+CGMI', '+CGMM', '+CGMR', '+CGSN']) await says(`AT${name}\r`, '\r\n+CME ERROR: 11\r\n');
      await says('AT+CPIN?\r', /SIM PIN/);
      await says('AT+CPIN=1234\r', /OK/);
      await clock.advance(1_000);
      await says('AT+CGMI\r', /OK/);
    },
  },
  'not-ready-cmgf': ready('+CMGF=0', /\+CM[ES] ERROR: (3|3517)\r\n$/, 8_000),
  'not-ready-cpms': ready('+CPMS="SM"', /\+CMS ERROR: 515\r\n$/, 5_000),
  'first-answer-late': {
    first: '',
    async see(bench) {
      const { firstMs } = bench.modem.personality.delays;
      expect(firstMs).toBeGreaterThan(1_200);
      await late(firstMs, 0).see(bench);
    },
  },
  'every-answer-late': late(1_500, 1_500),
  'ucs2-at-start': dialogue(
    ['AT+CSCS?\r', /"UCS2"/],
    ['AT+CSCA?\r', new RegExp(`"${UCS2('+393990000001')}",145`)],
    ['AT+CNUM\r', new RegExp(`"","${UCS2('+393330000001')}"`)],
    ['AT+COPS?\r', new RegExp(`"${UCS2('Cash-Mobile Sim')}"`)],
    ['AT&F\r', /OK/],
    ['AT+CSCS?\r', /"UCS2"/],
  ),
  'plain-strings': dialogue(
    ['AT+CSCS="UCS2"\r', /OK/],
    ['AT+CSCA?\r', /"\+393990000001"/],
    ['AT+COPS?\r', /Cash-Mobile/],
  ),
  'cpms-three': dialogue(
    ['AT+CPMS="SM"\r', /ERROR/],
    ['AT+CPMS="SM","SM"\r', /ERROR/],
    ['AT+CPMS="SM","SM","SM"\r', /OK/],
  ),
  'cpms-set-ok': dialogue(['AT+CPMS="ME","ME","ME"\r', '\r\nOK\r\n'], ['AT+CPMS?\r', /\+CPMS: "ME",0/]),
  'prompt-and-line': dialogue(['AT+CMGS=10\r', '\r\n>\r\n\r']),
  'prompt-without-line': dialogue(['AT+CMGS=10\r', '>']),
  'creg-leading-zeros': dialogue(
    ['AT+CREG?\r', '\r\n+CREG: 000,001\r\n\r\nOK\r\n'],
    ['AT+CREG=2\r', /OK/],
    ['AT+CREG?\r', '\r\n+CREG: 002,001,"00C3","1A2B"\r\n\r\nOK\r\n'],
    ['AT+CGREG?\r', '\r\n+CGREG: 000,001\r\n\r\nOK\r\n'],
  ),
  pin2: {
    async see({ says, sendToSelf }) {
      await says('AT+CPIN?\r', '\r\n+CPIN: SIM PIN2\r\n\r\nOK\r\n');
      expect(await sendToSelf()).toContain('+CMGS: 0');
    },
  },
  'report-to-end-of-record': {
    async see({ says, sendToSelf, host }) {
      await says('AT+CNMI=2,1,0,2,0\r', /OK/);
      await sendToSelf();
      host.heard();
      await says('AT+CMGR=1\r', /\+CMGR: 0,,\d+\r\n[0-9A-F]+\r\n/);
      const listed = await host.type('AT+CMGL=4\r');
      const pdus = [...listed.matchAll(/,,(\d+)\r\n([0-9A-F]+)/g)];
      const report = pdus.find(([, , pdu = '']) => /(FF){50,}$/.test(pdu));
      expect(report?.[2]).toHaveLength(350);
      expect(Number(report?.[1])).toBe(175 - 8);
      expect(
        pdus.filter(([, , pdu = '']) => pdu.length < 350),
        'a message is not filled',
      ).toHaveLength(1);
    },
  },
  'ussd-hex-15': ussd('(?:[0-9A-F]{4})+",15\r\n'),
  'ussd-hex-7': ussd('(?:[0-9A-F]{4})+",7\r\n'),
  curc: dialogue(
    ['', /\^\w+:/, 5_000],
    ['AT^CURC=0\r', /OK/],
    ['AT^CURC?\r', /\^CURC: 0/],
    ['', '', 60_000],
    ['AT^CURC=1\r', /OK/],
    ['', /\^\w+:/, 5_000],
  ),
  'ussd-mode': dialogue(
    ['AT+CMEE=1\r', /OK/],
    ['AT+CUSD=1,"*100#",15\r', /\+CME ERROR: 100/],
    ['AT^USSDMODE?\r', /\^USSDMODE: 1/],
    ['AT^USSDMODE=0\r', /OK/],
    ['AT+CUSD=1,"*100#",15\r', /\+CUSD: 0,"/, 1_000],
  ),
};
