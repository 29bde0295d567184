import { expect, test } from 'vitest';
import { decodeTpdu, fromHex } from '../../../modem/index.ts';
import { VIRTUAL_START } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const OTHER = '+393330000002';
/** SUBMIT to +393330000002, 7-bit `hello`, no validity, TP-MR 0. */
const SUBMIT = '01000C91933303000020000005E8329BFD06';
const PDU_LENGTH = SUBMIT.length / 2;

async function pair(prepare = 'ATE0\r') {
  const { world, clock } = quietWorld();
  const [sender, receiver] = [
    world.addModem({ number: NUMBER }),
    world.addModem({ number: OTHER, simCapacity: 2, modemCapacity: 1 }),
  ];
  const [host, peer] = [await hostOf(sender, clock), await hostOf(receiver, clock)];
  await host.type(prepare);
  await peer.type('ATE0\r');
  return { world, clock, host, peer, receiver };
}

test('+CMGS sends a PDU with or without the service centre, and counts TP-MR modulo 256 (3GPP TS 27.005, 4.3)', async () => {
  const { world, host } = await pair();
  expect(await host.type(`AT+CMGS=${PDU_LENGTH}\r`)).toBe('\r\n> ');
  expect(await host.type(`00${SUBMIT}\x1a`)).toBe('\r\n+CMGS: 0\r\n\r\nOK\r\n');
  await host.type(`AT+CMGS=${PDU_LENGTH}\r`);
  expect(await host.type(`0791939309000010${SUBMIT}`)).toBe('');
  expect(await host.type('\x1a')).toBe('\r\n+CMGS: 1\r\n\r\nOK\r\n');
  for (let i = 2; i < 256; i += 1) {
    await host.type(`AT+CMGS=${PDU_LENGTH}\r`, 1);
    await host.type(`00${SUBMIT}\x1a`, 1);
  }
  await host.type(`AT+CMGS=${PDU_LENGTH}\r`);
  expect(await host.type(`00${SUBMIT}\x1a`)).toBe('\r\n+CMGS: 0\r\n\r\nOK\r\n');
  const taken = world.submitted(NUMBER);
  expect(taken).toHaveLength(257);
  expect(taken[1]?.tpdu).toBe(SUBMIT.replace(/^0100/, '0101'));
  expect(taken[0]?.to).toBe(OTHER);
});

const REFUSALS: readonly (readonly [why: string, length: number, typed: string])[] = [
  ['the length is not that of the TPDU', PDU_LENGTH + 1, `00${SUBMIT}`],
  ['the PDU is no hex', PDU_LENGTH, `00${SUBMIT.slice(0, -2)}GG`],
  ['the PDU is odd', PDU_LENGTH, `00${SUBMIT.slice(0, -1)}`],
  ['the TPDU is a DELIVER', PDU_LENGTH, `00${SUBMIT.replace(/^01/, '00')}`],
  ['the address is longer than the TPDU', PDU_LENGTH, `00${SUBMIT.replace('0C91', 'FF91')}`],
];

test.each(REFUSALS)('+CMGS is +CMS ERROR: 304 when %s', async (_why, length, typed) => {
  const { world, host } = await pair();
  await host.type(`AT+CMGS=${length}\r`);
  expect(await host.type(`${typed}\x1a`)).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(world.submitted(NUMBER)).toEqual([]);
});

test('a message is stored, announced, listed, read and deleted in PDU mode (3GPP TS 27.005, 4)', async () => {
  const { host, peer } = await pair();
  await peer.type('AT+CNMI=2,1,0,1,0\r');
  await host.type(`AT+CMGS=${PDU_LENGTH}\r`);
  await host.type(`00${SUBMIT}\x1a`);
  expect(peer.heard()).toBe('\r\n+CMTI: "SM",1\r\n');
  const listed = await peer.type('AT+CMGL=0\r');
  const [, length, pdu = ''] = /^\r\n\+CMGL: 1,0,,(\d+)\r\n([0-9A-F]+)\r\n\r\nOK\r\n$/.exec(listed) ?? [];
  const smscOctets = 1 + Number.parseInt(pdu.slice(0, 2), 16);
  const tpdu = decodeTpdu(fromHex(pdu).subarray(smscOctets), 'mobile-terminated');
  expect(Number(length)).toBe(pdu.length / 2 - smscOctets);
  expect(tpdu).toMatchObject({
    type: 'DELIVER',
    originator: { type: 'international', value: NUMBER.slice(1) },
    userData: { text: 'hello' },
    timestamp: { at: VIRTUAL_START, zone: 4 },
  });
  expect(await peer.type('AT+CMGL=0\r')).toBe('\r\nOK\r\n');
  expect(await peer.type('AT+CMGR=1\r')).toBe(`\r\n+CMGR: 1,,${length}\r\n${pdu}\r\n\r\nOK\r\n`);
  expect(await peer.type('AT+CMGD=?\r')).toBe('\r\n+CMGD: (1),(0-4)\r\n\r\nOK\r\n');
  expect(await peer.type('AT+CMGD=1\r')).toBe('\r\nOK\r\n');
  expect(await peer.type('AT+CMGR=1\r')).toBe('\r\n+CMS ERROR: 321\r\n');
  expect(await peer.type('AT+CMGD=3\r')).toBe('\r\n+CMS ERROR: 321\r\n');
});

test('text mode writes the headers of the standard, long ones with +CSDH=1 (3GPP TS 27.005, 3.3.3 and 3.4)', async () => {
  const { host, peer } = await pair('ATE0;+CMGF=1;+CSMP=49,167,0,0;+CNMI=2,1,0,1\r');
  await peer.type('AT+CMGF=1\r');
  expect(await host.type(`AT+CMGS="${OTHER}"\r`)).toBe('\r\n> ');
  const sent = await host.type('hi [1]\x1a');
  expect(sent).toBe(
    `\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CDS: 6,0,"${OTHER}",145,"10/03/01,10:00:00+04","10/03/01,10:00:00+04",0\r\n`,
  );
  expect(await peer.type('AT+CMGL="ALL"\r')).toBe(
    `\r\n+CMGL: 1,"REC UNREAD","${NUMBER}",,"10/03/01,10:00:00+04"\r\nhi [1]\r\n\r\nOK\r\n`,
  );
  await peer.type('AT+CSDH=1\r');
  expect(await peer.type('AT+CMGR=1\r')).toBe(
    `\r\n+CMGR: "REC READ","${NUMBER}",,"10/03/01,10:00:00+04",145,36,0,0,"+393990000001",145,8\r\nhi [1]\r\n\r\nOK\r\n`,
  );
});

const CHARSETS: readonly (readonly [charset: string, shown: string])[] = [
  ['IRA', 'a@?{'],
  ['GSM', 'a\0\x05\x1b\x28'],
  ['HEX', '6100051B28'],
  ['UCS2', '0061004000E9007B'],
  ['8859-1', 'a@\xe9{'],
];

test.each(CHARSETS)('+CSCS="%s" shows text in that character set (3GPP TS 27.007, 5.5)', async (charset, shown) => {
  const { world, peer } = await pair();
  world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text: 'a@é{' } });
  await peer.type(`AT+CMGF=1;+CSCS="${charset}"\r`);
  expect(await peer.type('AT+CMGR=1\r')).toContain(`\r\n${shown}\r\n`);
});

// Not IRA, which has no é, and not GSM, whose octet for the extension table is the ESC that gives up.
test.each(CHARSETS.slice(2))('+CSCS="%s" takes text in that character set', async (charset, typed) => {
  const { world, host } = await pair(`ATE0;+CMGF=1;+CSCS="${charset}"\r`);
  await host.type(`AT+CMGS="${OTHER}"\r`);
  expect(await host.type(`${typed}\x1a`)).toContain('+CMGS: 0');
  const [taken] = world.submitted(NUMBER);
  const tpdu = taken && decodeTpdu(fromHex(taken.tpdu), 'mobile-originated');
  expect(tpdu).toMatchObject({ userData: { text: 'a@é{' } });
});

test.each([
  ['a refusal', '2,3', '00D300', 'OK', 'full'],
  ['an acknowledgement', '1,2', '0000', 'OK', undefined],
  ['one between quotes', '1,2', '"0000"', 'OK', undefined],
  ['another length', '2,3', '00D3', '+CMS ERROR: 304', undefined],
  ['no hex', '1,9', 'zz', '+CMS ERROR: 304', undefined],
  ['no DELIVER-REPORT', '1,2', '0100', '+CMS ERROR: 304', undefined],
])('+CNMA with a PDU: %s (3GPP TS 27.005, 4.7)', async (_name, argument, pdu, answer, reason) => {
  const { world, clock, peer } = await pair();
  await peer.type('AT+CSMS=1;+CNMI=2,2,0,1\r');
  world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text: 'one' } });
  await clock.advance(1_000);
  await peer.type(`AT+CNMA=${argument}\r`);
  expect(await peer.type(`${pdu}\x1a`)).toBe(`\r\n${answer}\r\n`);
  const waits = world.log.entries().flatMap((entry) => (entry.kind === 'wait' ? entry.reason : []));
  expect(waits).toEqual(reason === undefined ? [] : [reason]);
  expect(await peer.type('AT+CNMA\r')).toBe(answer === 'OK' ? '\r\n+CMS ERROR: 340\r\n' : '\r\nOK\r\n');
});

test('+CNMI mt=2 shows messages instead of storing them, and +CSMS=1 waits for +CNMA (3GPP TS 27.005, 3.4.1 and 3.4.4)', async () => {
  const { world, clock, peer } = await pair();
  await peer.type('AT+CSMS=1;+CNMI=2,2,0,1\r');
  const deliver = (text: string) => world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text } });
  deliver('one');
  deliver('two');
  await clock.advance(1_000);
  expect(peer.heard()).toMatch(/^\r\n\+CMT: ,\d+\r\n[0-9A-F]+\r\n$/);
  expect(await peer.type('AT+CNMA\r')).toMatch(/^\r\nOK\r\n\r\n\+CMT: ,\d+\r\n[0-9A-F]+\r\n$/);
  expect(await peer.type('AT+CNMA=1\r')).toBe('\r\nOK\r\n');
  expect(await peer.type('AT+CNMA\r')).toBe('\r\n+CMS ERROR: 340\r\n');
  deliver('three');
  await clock.advance(15_000);
  expect(await peer.type('AT+CNMI?\r')).toContain('+CNMI: 2,0,0,0,0');
  await clock.advance(60_000);
  expect(await peer.type('AT+CPMS?\r')).toContain('"SM",1,2');
});

test('+CNMI mode 0 keeps the codes until another mode lets them out (3GPP TS 27.005, 3.4.1)', async () => {
  const { world, clock, peer } = await pair();
  await peer.type('AT+CNMI=0,1\r');
  world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1_000);
  expect(peer.heard()).toBe('');
  expect(await peer.type('AT+CNMI=2,1,0,0,0\r')).toBe('\r\nOK\r\n\r\n+CMTI: "SM",1\r\n');
});

test('with no host at the line messages are stored, whatever +CNMI says', async () => {
  const { world, clock, peer, receiver } = await pair();
  await peer.type('AT+CNMI=2,2\r');
  await peer.close();
  await clock.advance(1);
  world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1_000);
  const next = await hostOf(receiver, clock);
  expect(await next.type('ATE0\r')).not.toContain('+CMT');
  expect(await next.type('AT+CPMS?\r')).toContain('"SM",1,2');
});

test('a full store refuses, and deleting a message brings the next one (3GPP TS 23.040, 9.2.3.22: D0)', async () => {
  const { world, clock, peer } = await pair();
  await peer.type('AT+CNMI=2,1\r');
  for (const text of ['1', '2', '3']) world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1_000);
  expect(peer.heard()).toBe('\r\n+CMTI: "SM",1\r\n\r\n+CMTI: "SM",2\r\n');
  expect(world.waitingFor(OTHER)).toBe(1);
  expect(await peer.type('AT+CMGD=1\r')).toBe('\r\nOK\r\n\r\n+CMTI: "SM",1\r\n');
  expect(world.waitingFor(OTHER)).toBe(0);
});

test('+CPMS names SM, ME and MT, of which MT is both (3GPP TS 27.005, 3.2.2)', async () => {
  const { world, clock, peer } = await pair();
  expect(await peer.type('AT+CPMS=?\r')).toContain('("SM","ME","MT","SR"),("SM","ME","MT"),("SM","ME","MT")');
  expect(await peer.type('AT+CPMS="MT","ME","MT"\r')).toBe('\r\n+CPMS: 0,3,0,1,0,3\r\n\r\nOK\r\n');
  for (const text of ['1', '2', '3']) world.deliver({ to: OTHER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1);
  expect(await peer.type('AT+CPMS?\r')).toBe('\r\n+CPMS: "MT",3,3,"ME",1,1,"MT",3,3\r\n\r\nOK\r\n');
  expect(await peer.type('AT+CMGD=1,4\r')).toBe('\r\nOK\r\n');
  expect(await peer.type('AT+CPMS="SR"\r')).toBe('\r\n+CPMS: 0,20,0,1,0,3\r\n\r\nOK\r\n');
  expect(await peer.type('AT+CPMS="MT","SR"\r')).toBe('\r\n+CMS ERROR: 302\r\n');
  await peer.type('AT+CPMS="MT"\r');
  expect(await peer.type('AT+CPMS?\r')).toContain('"MT",0,3,"ME",0,1,"MT",0,3');
});

test('+CMGW stores and +CMSS sends, also to another number (3GPP TS 27.005, 3.5.2 and 3.5.3)', async () => {
  const { world, host } = await pair();
  await host.type(`AT+CMGW=${PDU_LENGTH}\r`);
  expect(await host.type(`00${SUBMIT}\x1a`)).toBe('\r\n+CMGW: 1\r\n\r\nOK\r\n');
  expect(await host.type('AT+CMGL=2\r')).toContain(`+CMGL: 1,2,,${PDU_LENGTH}\r\n00${SUBMIT}\r\n`);
  expect(await host.type('AT+CMGR=1\r')).toContain('+CMGR: 2,,');
  expect(await host.type('AT+CMSS=1\r')).toBe('\r\n+CMSS: 0\r\n\r\nOK\r\n');
  expect(await host.type('AT+CMGR=1\r')).toContain('+CMGR: 3,,');
  expect(await host.type(`AT+CMSS=1,"${NUMBER}"\r`)).toBe('\r\n+CMSS: 1\r\n\r\nOK\r\n');
  expect(world.submitted(NUMBER).map(({ to }) => to)).toEqual([OTHER, NUMBER]);
  expect(await host.type('AT+CMSS=9\r')).toBe('\r\n+CMS ERROR: 321\r\n');
});

test('status reports are shown with ds=1 and stored in the third store with ds=2 (3GPP TS 27.005, 3.4.1)', async () => {
  const { host } = await pair();
  const withReport = SUBMIT.replace(/^01/, '21');
  const sent = async (ds: number) => {
    await host.type(`AT+CNMI=2,1,0,${ds}\r`);
    await host.type(`AT+CMGS=${PDU_LENGTH}\r`);
    return host.type(`00${withReport}\x1a`);
  };
  expect(await sent(1)).toMatch(/\+CMGS: 0\r\n\r\nOK\r\n\r\n\+CDS: 25\r\n07[0-9A-F]+00\r\n$/);
  expect(await sent(2)).toMatch(/\+CMGS: 1\r\n\r\nOK\r\n\r\n\+CDSI: "SM",1\r\n$/);
  expect(await sent(0)).toBe('\r\n+CMGS: 2\r\n\r\nOK\r\n');
});

test.each([
  ['00', '+CMS ERROR: 330'],
  ['07919399090000F1', '+CMGS: 0'],
])('without a service centre in the SIM, a PDU that begins with %s is answered with %s', async (smsc, answer) => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: '+393330000001' });
  world.addModem({ number: '+393330000002' });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMGF=0\r');
  await host.type('AT+CSCA=""\r');
  await host.type('AT+CMGS=14\r');
  expect(await host.type(`${smsc}01000C9193330300002000000161\x1a`)).toContain(answer);
});
