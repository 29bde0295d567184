import { expect, test } from 'vitest';
import { personalities } from '../../../sim/index.ts';
import { type Host, hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
/** SUBMIT to +393330000001, 7-bit `hello`, status report requested. */
const SUBMIT = '21000C91933303000010000005E8329BFD06';

async function hostOfA(id: string, pin?: string) {
  const { world, clock } = quietWorld();
  const personality = personalities[id];
  if (personality === undefined) throw new Error(`no personality ${id}`);
  const host = await hostOf(
    world.addModem({ number: NUMBER, personality, ...(pin === undefined ? {} : { pin }) }),
    clock,
  );
  return { world, clock, host };
}

async function sendToSelf(host: Host): Promise<string> {
  await host.type(`AT+CMGS=${SUBMIT.length / 2}\r`, 300);
  return host.type(`00${SUBMIT}\x1a`);
}

type Typed = readonly (readonly [typed: string, answer: string | RegExp, ms?: number])[];

const FACTS: readonly (readonly [id: string, fact: string, typed: Typed])[] = [
  [
    'huawei-e1752',
    'unknown commands are COMMAND NOT SUPPORT',
    [
      ['ATE0\r', /OK/],
      ['AT+NO\r', '\r\nCOMMAND NOT SUPPORT\r\n'],
    ],
  ],
  [
    'huawei-e1752',
    'noise interrupts the typing of a PDU',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGS=10\r', '\r\n> '],
      ['00', '\r\n^RSSI:19\r\n', 700],
    ],
  ],
  [
    'huawei-e1752',
    '+CMMS=2 is error 500',
    [
      ['ATE0\r', /OK/],
      ['AT+CMMS=2\r', '\r\n+CMS ERROR: 500\r\n'],
    ],
  ],
  ['zte-mf710m', 'stale octets wait in the port', [['', /^\0\0.*CARRIER\r\n$/s]]],
  [
    'simcom-sim800',
    'lines end in CR CR LF',
    [
      ['ATE0\r', /OK/],
      ['AT\r', '\r\nOK\r\r\n'],
    ],
  ],
  [
    'simcom-sim800',
    'the SIM is busy for 40 s',
    [
      ['ATE0;+CMEE=1\r', /OK/],
      ['AT+CPIN?\r', /CME ERROR: 14/],
      ['', '', 40_000],
      ['AT+CPIN?\r', /READY/],
    ],
  ],
  [
    'simcom-sim800',
    'a restart is announced',
    [
      ['ATE0\r', /OK/, 41_000],
      ['AT+CFUN=1,1\r', /\r\nOK\r\r\n\r\nRDY\r\r\n.*SMS Ready/s],
    ],
  ],
  [
    'quectel-ec25',
    'the prompt comes 250 ms late',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGS=10\r', '', 249],
      ['', '\r\n> ', 1],
    ],
  ],
  [
    'wavecom-q2',
    '+CPIN? has no final OK',
    [
      ['ATE0\r', /OK/],
      ['AT+CPIN?\r', '\r\n+CPIN: READY\r\n'],
      ['AT\r', '\r\nOK\r\n'],
    ],
  ],
  [
    'siemens-tc35',
    'ESC is not answered',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGS=10\r', '\r\n> '],
      ['\x1b', ''],
      ['AT\r', '\r\nOK\r\n'],
    ],
  ],
  [
    'siemens-tc35',
    'an empty list is an error',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGL=4\r', '\r\n+CMS ERROR: 321\r\n'],
    ],
  ],
  [
    'telit-le910',
    '#STN comes of itself',
    [
      ['ATE0\r', /OK/],
      ['', '\r\n#STN: 37\r\n', 5_000],
    ],
  ],
  [
    'nokia-s60',
    'there is no +CNMI',
    [
      ['ATE0\r', /OK/],
      ['AT+CNMI=2,1\r', '\r\nERROR\r\n'],
    ],
  ],
  [
    'sierra-mc8775',
    'an empty place is +CMGR: 0,,0',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGR=5\r', '\r\n+CMGR: 0,,0\r\n\r\nOK\r\n'],
    ],
  ],
  [
    'u-blox-sara',
    'an empty place is OK alone, lines end in LF',
    [
      ['ATE0\r', /OK/],
      ['AT+CMGR=5\r', '\nOK\n'],
    ],
  ],
  [
    'benq-m32',
    'the first line is not heard',
    [
      ['AT\r', 'AT\r'],
      ['AT\r', 'AT\r\r\nOK\r\n'],
    ],
  ],
  [
    'motorola-ezx',
    'an error is followed by an orphan OK, and nothing is echoed',
    [['AT+NO\r', '\r\nMODEM ERROR: 3\r\n\r\nOK\r\n']],
  ],
];

test.each(FACTS)('%s: %s', async (id, _fact, typed) => {
  const { host } = await hostOfA(id);
  for (const [text, answer, ms] of typed) {
    const heard = await host.type(text, ms);
    if (typeof answer === 'string') expect(heard).toBe(answer);
    else expect(heard).toMatch(answer);
  }
});

test('telit-le910: silent for 40 s after the PIN', async () => {
  const { host } = await hostOfA('telit-le910', '1234');
  await host.type('ATE0;+CPIN=1234\r');
  expect(await host.type('AT+CSQ\r', 39_000)).not.toContain('+CSQ');
  expect(await host.type('', 2_000)).toContain('+CSQ: 23,0');
});

test.each(['simcom-sim7600', 'quectel-ec25'])('%s: reports are announced in SR, and not found', async (id) => {
  const { host } = await hostOfA(id);
  await host.type('ATE0;+CNMI=2,1,0,2\r');
  expect(await sendToSelf(host)).toContain('+CDSI: "SR",0');
  expect(await host.type('AT+CMGR=1\r')).toContain('+CMS ERROR: 321');
});

test('zte-mf710m: +CDS has an empty field, gemalto-bgs2: +CMT has none', async () => {
  const zte = await hostOfA('zte-mf710m');
  await zte.host.type('ATE0;+CNMI=2,1,0,1\r');
  expect(await sendToSelf(zte.host)).toContain('+CDS: ,25\r\n');
  const gemalto = await hostOfA('gemalto-bgs2');
  await gemalto.host.type('ATE0;+CNMI=2,2\r');
  expect(await sendToSelf(gemalto.host)).toContain('+CMT: 24\r\n');
});

test('novatel-mc547: wants an acknowledgement and refuses it', async () => {
  const { host, world } = await hostOfA('novatel-mc547');
  await host.type('ATE0;+CSMS=1;+CNMI=2,2\r');
  expect(await sendToSelf(host)).toContain('+CMT');
  expect(await host.type('AT+CNMA\r')).toBe('\r\n+CMS ERROR: 302\r\n');
  expect(world.waitingFor(NUMBER)).toBe(1);
});

test('sierra-mc8775: the echo of a PDU ends in Ctrl-Z', async () => {
  const { host } = await hostOfA('sierra-mc8775');
  expect(await sendToSelf(host)).toMatch(new RegExp(`^00${SUBMIT}\x1a\r\n\\+CMGS`));
});

test('every personality says where it is known from, and sends and receives by polling', async () => {
  for (const { id, source } of Object.values(personalities)) {
    expect(source).not.toBe('');
    const { host, clock } = await hostOfA(id);
    await clock.advance(60_000);
    await host.type('AT\r');
    await host.type('ATE0\r');
    expect(await sendToSelf(host), id).toContain('+CMGS: 0');
    expect(await host.type('AT+CMGL=4\r'), id).toContain('+CMGL: ');
  }
});
