import { describe, expect, test } from 'vitest';
import { line, ok, PROMPT } from '../scripted-modem.ts';
import { type Bench, createBench, deliverPdus, lengthOf } from './bench.ts';

/**
 * What drivers, manuals and users report of real modems, one row each: with this habit too, a modem does what it is for.
 * Habits that show in one thing only are tested with it: the PIN and the start in `opening.test.ts`, `+CMT`, `+CDSI`, text
 * mode and reboots in `receiving.test.ts`, refusals, lost answers and reports in `sending.test.ts`, late answers, ESC and
 * silence in `chat.test.ts`, `+CUSD` in `ussd.test.ts`, ports and paths in `identity.test.ts` and `code-port.test.ts`;
 * whole families of modems, with a network behind them, in `personalities.test.ts`.
 */
type Fact = readonly [fact: string, arrange: (bench: Bench) => void];

const from = '393331234567';
const [hello = ''] = deliverPdus(from, { kind: 'text', text: 'Hello' });
const long = deliverPdus(from, { kind: 'text', text: 'y'.repeat(200) });

/** From now on the modem has two texts and both parts of a long one, and says so as modems do. */
async function receiveAll(bench: Bench, announce: boolean): Promise<void> {
  for (const [index, pdu] of [hello, ...long].entries()) {
    bench.stored.set(index + 1, pdu);
    if (announce) bench.script.say(line(`+CMTI: "SM",${index + 1}`));
  }
  await bench.clock.advance(120_000);
}

/** What a modem is for: it says what it is and how it is, sends, is answered as it should be, and receives. */
async function live(bench: Bench, options: { announce?: boolean } = {}): Promise<void> {
  bench.script.when('AT+CSQ', ok('+CSQ: 20,99')).when('AT+CSCA?', ok('+CSCA: "+391",145'));
  const modem = await bench.open({ submitTimeoutMs: 30_000 });
  expect(modem.state.kind).toBe('ready');
  expect(modem.identity.model).toMatch(/Bench|M20/);
  modem.receive(bench.receiver);
  const send = (text: string) =>
    modem.send({ id: text, destination: `+${from}`, content: { kind: 'text', text }, statusReport: true });
  const sending = bench.run(Promise.all([send('one'), send('x'.repeat(300)), send('three')]));
  expect(await sending).toEqual([
    { kind: 'sent', references: [1] },
    { kind: 'sent', references: [2, 3] },
    { kind: 'sent', references: [4] },
  ]);
  const asked = Promise.all([modem.signal(), modem.serviceCentre(), modem.signal()]);
  expect(await bench.run(asked)).toEqual([{ dBm: -73 }, '+391', { dBm: -73 }]);
  await receiveAll(bench, options.announce ?? true);
  const texts = bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : ''));
  expect(texts).toEqual(['Hello', 'y'.repeat(200)]);
  expect(bench.stored.size).toBe(0);
  expect(modem.state.kind).toBe('ready');
  await modem.close();
}

/** Every line the modem says, in this form. */
const lines = (form: (text: string) => string) => (bench: Bench) => {
  bench.script.wire = (text) =>
    /^\r\n[\s\S]*\r\n$/.test(text) ? text.slice(2, -2).split('\r\n\r\n').map(form).join('') : text;
};

/** A code before each thing that the modem says, also before its prompt. */
const before = (code: string) => (bench: Bench) => {
  bench.script.wire = (text) => `${line(code)}${text}`;
};

/** Everything is said so long after it was asked. */
const late = (what: string | RegExp, delayMs: number, text: string) => (bench: Bench) => {
  bench.script.when(what, () => {
    bench.clock.after(delayMs, () => bench.script.say(text));
    return undefined;
  });
};

const refuses = (what: RegExp, answer: string) => (bench: Bench) => {
  bench.script.when(what, answer);
};

/** Commands that a modem can do without. */
const dispensable = /^AT(E0|\+CMEE=1|\+CSMS.*|\+CMMS.*|\+CREG=1|\+CPMS=\?|\+CNMI\?)$/;

const framing: readonly Fact[] = [
  ['+CPIN: READY with no final OK (Wavecom Q2)', ({ script }) => script.when('AT+CPIN?', line('+CPIN: READY'))],
  ['COMMAND NOT SUPPORT (Huawei E1752)', refuses(dispensable, line('COMMAND NOT SUPPORT'))],
  ['NA (Samsung Z810)', refuses(dispensable, line('NA'))],
  ['MODEM ERROR: n (Motorola EZX)', refuses(dispensable, line('MODEM ERROR: 3'))],
  ['+EXT ERROR: n', refuses(dispensable, line('+EXT ERROR: 2'))],
  ['NOT FOND ^,NOT CUSTOM AT', refuses(dispensable, line('NOT FOND ^,NOT CUSTOM AT'))],
  ['CR CR LF line ends (SIMCom)', lines((text) => `\r\r\n${text}\r\r\n`)],
  ['LF only', lines((text) => `${text.replaceAll('\r\n', '\n')}\n`)],
  ['the leading CR is missing', lines((text) => `\n${text}\r\n`)],
  ['an extra leading CR LF', lines((text) => `\r\n\r\n${text}\r\n`)],
  [
    'numeric result codes after ATV0',
    ({ script }) => {
      script.when('ATV1', ok());
      script.wire = (text) =>
        script.typed.includes('ATV1')
          ? text
          : text
              .replace('\r\nOK\r\n', '0\r')
              .replace('\r\nERROR\r\n', '4\r')
              .replace(/^\r\n(?=\+)/, '');
    },
  ],
  [
    'NUL bytes before and inside data (ZTE)',
    ({ script }) => {
      script.wire = (text) => `\0\0${text.replaceAll('\n', '\n\0').replace('+C', '+\0C')}`;
    },
  ],
  [
    'the echo of a PDU ends in Ctrl-Z [OF gatsyntax.c:214]; ATE0 does not help',
    ({ script }) => {
      script.echo = true;
    },
  ],
  [
    '+CMGL: glued onto the end of the PDU line [G at-sms.c:1294]',
    ({ script }) => {
      script.wire = (text) => text.replaceAll(/([0-9A-F]{20})\r\n\r\n\+CMGL/g, '$1+CMGL');
    },
  ],
  ['the first AT after idle is swallowed (BenQ M32, Alcatel BE5)', ({ script }) => script.when('AT', undefined, ok())],
  [
    'the init is needed twice (N900)',
    ({ script }) => script.when('ATE0', line('ERROR'), ok()).when('AT+CMEE=1', line('ERROR'), ok()),
  ],
  [
    'stale bytes wait in the port at open (ZTE MF710M)',
    ({ script }) => {
      let isStale = true;
      script.when('AT', () => {
        const stale = isStale ? `\0+CMGS: 3\r\nOK\r\n${line('+CME ERROR: 3')}` : '';
        isStale = false;
        return `${stale}${ok()}`;
      });
    },
  ],
  [
    'characters faster than one a millisecond are lost (Siemens M20)',
    ({ script }) => script.when('AT+CGMI', ok('SIEMENS')).when('AT+CGMM', ok('M20')),
  ],
  ['the prompt is 250 ms late', late(/^AT\+CMGS=/, 250, PROMPT)],
  ['the prompt is without its space', ({ script }) => script.when(/^AT\+CMGS=/, '\r\n>')],
  ['the prompt is CR LF > CR LF CR (SIM7670G) [gammu#1176]', ({ script }) => script.when(/^AT\+CMGS=/, '\r\n>\r\n\r')],
  ['the prompt is > without a line before (LARA-L6) [RIOT#20016]', ({ script }) => script.when(/^AT\+CMGS=/, '>')],
  [
    'the same, behind the echo (LARA-L6)',
    ({ script }) => {
      script.echo = true;
      script.when(/^AT\+CMGS=/, '>');
    },
  ],
  [
    'the prompt comes in pieces',
    ({ script, clock }) => {
      script.when(/^AT\+CMGS=/, () => {
        for (const [at, piece] of [...PROMPT].entries()) clock.after(at * 50, () => script.say(piece));
        return undefined;
      });
    },
  ],
  [
    'AT is answered ERROR, each error by an orphan OK',
    ({ script, clock }) => {
      script.when(dispensable, () => {
        clock.after(20, () => script.say(ok()));
        return line('ERROR');
      });
      script.when('AT', () => {
        clock.after(20, () => script.say(ok()));
        return line('ERROR');
      });
    },
  ],
];

const codes: readonly string[] = [
  ...['^RSSI:19', '^HCSQ:"LTE",46,51,121,12', '^DSFLOWRPT:0000000A,00000000', '^BOOT:1,0', '^MODE:5,4', '^CSNR:"x"'],
  ...['^SRVST:2', '^SIMST:1', '^STIN: 0,0,0', '^NWTIME:10/03/01,09:00:00+04,00', '_OSIGQ: 3,0', '+ZUSIMR:2', '+ZEND'],
  ...['#STN: 37', '+SPNWNAME: "x"', 'RING', '+CREG: 1', '+CGREG: 1'],
];

const readiness: readonly Fact[] = [
  [
    '+CME ERROR: 14 for 40 s after power-on (SIMCom)',
    ({ script }) => script.when('AT+CPIN?', ...Array<string>(35).fill(line('+CME ERROR: 14')), ok('+CPIN: READY')),
  ],
  [
    '+CME ERROR: 515, please wait',
    ({ script }) => script.when('AT+CPMS=?', line('+CME ERROR: 515'), ok('+CPMS: ("SM"),("SM"),("SM")')),
  ],
  ['+CPIN: "READY" quoted', ({ script }) => script.when('AT+CPIN?', ok('+CPIN: "READY"'))],
  ['+CPIN:READY without a space', ({ script }) => script.when('AT+CPIN?', ok('+CPIN:READY'))],
];

const stored = (bench: Bench, header: (pdu: string) => string) =>
  bench.script.when(/^AT\+CMGR=/, (typed) => {
    const pdu = bench.stored.get(Number(typed.slice(8)));
    return pdu === undefined ? line('+CMS ERROR: 321') : ok(header(pdu));
  });

const incoming: readonly Fact[] = [
  ['+CNMI=2,1,0,… is refused, 2,1,2,1,0 is taken', refuses(/^AT\+CNMI=2,1,0/, line('+CMS ERROR: 303'))],
  ['only 2,1,2,2,0 is taken', refuses(/^AT\+CNMI=(?!2,1,2,2,0)\d/, line('ERROR'))],
  ['only 2,1,2,0,0 is taken', refuses(/^AT\+CNMI=(?!2,1,2,0,0)\d/, line('ERROR'))],
  ['only mode 1 is taken', refuses(/^AT\+CNMI=[^1]/, line('ERROR'))],
  ['<ds> 1 is advertised and refused (Qualcomm)', refuses(/^AT\+CNMI=.,.,.,[12]/, line('+CMS ERROR: 303'))],
  [
    '<bfr> 1 and +CSMS=1 are needed',
    ({ script }) => {
      script.when(/^AT\+CNMI=\d/, line('ERROR')).when('AT+CSMS=1', () => {
        script.when(/^AT\+CNMI=.*,1$/, ok()).when('AT+CSMS?', ok('+CSMS: 1,1,1,1'));
        return ok('+CSMS: 1,1,1');
      });
    },
  ],
  ['+CNMI? reads back something else than was set', ({ script }) => script.when('AT+CNMI?', ok('+CNMI: 2,1,0,1,1'))],
  ['+CPMS=? in double brackets', ({ script }) => script.when('AT+CPMS=?', ok('+CPMS: (("SM","BM","SR"),("SM"))'))],
  ['+CPMS=? with empty lists', ({ script }) => script.when('AT+CPMS=?', ok('+CPMS: (),(),()'))],
  ['+CPMS=? without lists', ({ script }) => script.when('AT+CPMS=?', ok('+CPMS:'))],
  ['+CPMS= wants its third argument', refuses(/^AT\+CPMS="SM"$/, line('+CMS ERROR: 302'))],
  ['+CPMS= without OK', ({ script }) => script.when(/^AT\+CPMS="SM"/, line('+CPMS: 0,20,0,20,0,20'))],
  ['+CMGR without <stat>', (bench) => stored(bench, (pdu) => `+CMGR: ,${lengthOf(pdu)}\r\n${pdu}`)],
  ['the length counts the whole PDU', (bench) => stored(bench, (pdu) => `+CMGR: 1,,${pdu.length / 2}\r\n${pdu}`)],
  ['the service centre is absent', (bench) => stored(bench, (pdu) => `+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu.slice(2)}`)],
  [',0 after the PDU', (bench) => stored(bench, (pdu) => `+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu},0`)],
  ['FF padding after the PDU', (bench) => stored(bench, (pdu) => `+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu}FFFF`)],
  ['+CMGL hangs (some Huawei)', ({ script }) => script.when('AT+CMGL=4', undefined)],
  [
    '+CMGL of an empty store is +CMS ERROR: 321',
    ({ script, stored: places }) => {
      const list = script.answerTo('AT+CMGL=4');
      script.when('AT+CMGL=4', () => (places.size === 0 ? line('+CMS ERROR: 321') : list));
    },
  ],
  ['+CMGD takes one parameter only (MC35, TC35)', refuses(/^AT\+CMGD=.*,/, line('+CMS ERROR: 305'))],
  [
    'deleting a part deletes the sibling parts as well (SIM600)',
    ({ script, stored: places }) => {
      script.when(/^AT\+CMGD=/, (typed) => {
        const index = Number(typed.slice(8));
        if (index > 1) for (const part of [2, 3]) if (part !== index) places.delete(part);
        return places.delete(index) ? ok() : line('+CMS ERROR: 321');
      });
    },
  ],
];

const sending: readonly Fact[] = [
  [
    '+CMGS takes 20 s',
    ({ script, clock }) => {
      let reference = 0;
      script.when(/\^Z$/, () => {
        reference += 1;
        const answer = ok(`+CMGS: ${reference}`);
        clock.after(20_000, () => script.say(answer));
        return undefined;
      });
    },
  ],
  ['+CMMS=2 is +CMS ERROR: 500 (E1752)', refuses(/^AT\+CMMS/, line('+CMS ERROR: 500'))],
  [
    'a +CMTI comes between +CMGS and its prompt',
    ({ script, clock }) => {
      script.when(/^AT\+CMGS=/, () => {
        clock.after(100, () => script.say(line('+CMTI: "SM",19')));
        clock.after(200, () => script.say(PROMPT));
        return undefined;
      });
    },
  ],
  [
    'a code comes while the PDU is typed, inside its echo',
    ({ script }) => {
      script.echo = true;
      script.wire = (text) =>
        text.endsWith('\x1a') ? `${text.slice(0, 10)}${line('^RSSI:3')}${text.slice(10)}` : text;
    },
  ],
];

const groups = [
  ['framing, echo, result codes', framing],
  ['a code before every answer and every prompt', codes.map((code): Fact => [code, before(code)])],
  ['readiness and the SIM', readiness],
  ['incoming SMS', incoming],
  ['sending', sending],
] as const;

describe.each(groups)('%s', (_group, facts) => {
  test.each(facts)('%s', async (_fact, arrange) => {
    const bench = createBench();
    arrange(bench);
    await live(bench);
  });
});

describe('incoming SMS that nothing announces', () => {
  test.each([
    ['no +CNMI at all: poll (Nokia S60)', refuses(/^AT\+CNMI/, line('ERROR'))],
    ['the codes come on another tty than the answers, which nobody reads', () => {}],
  ] as const)('%s', async (_fact, arrange) => {
    const bench = createBench();
    arrange(bench);
    await live(bench, { announce: false });
  });
});
