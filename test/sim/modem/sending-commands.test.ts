import { expect, test } from 'vitest';
import { addressOf, addressText, decodeTpdu, encodeTpdu, fromHex, toHex } from '../../../modem/index.ts';
import { personalities } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const OTHER = '+393330000002';

async function bench(prepare = '', options: { personality?: string; simCapacity?: number } = {}) {
  const { world, clock } = quietWorld();
  const { personality: id = 'standard', ...more } = options;
  const personality = personalities[id] ?? expect.fail(`no personality ${id}`);
  const modem = world.addModem({ number: NUMBER, personality, ...more });
  world.addModem({ number: OTHER });
  const host = await hostOf(modem, clock);
  await host.type(`ATE0;+CMEE=1${prepare}\r`);
  const says = (command: string) => host.type(`AT${command}\r`);
  return {
    world,
    clock,
    modem,
    host,
    says,
    async enters(command: string, typed: string) {
      expect(await says(command)).toBe('\r\n> ');
      return host.type(`${typed}\x1a`);
    },
    /** What the network has of this modem, as recipient and user data. */
    taken: () =>
      world.submitted(NUMBER).map(({ tpdu }) => {
        const read = decodeTpdu(fromHex(tpdu), 'mobile-originated');
        return read.type === 'SUBMIT' ? [addressText(read.destination), read.userData] : [];
      }),
  };
}

test('each line of a text has a prompt of its own, and is part of the message; in PDU mode there is one (27.005, 3.5.1)', async () => {
  const { host, says, enters, taken } = await bench(';+CMGF=1');
  await says(`+CMGS="${OTHER}"`);
  expect(await host.type('one\r')).toBe('\r\n> ');
  expect(await host.type('two\r')).toBe('\r\n> ');
  expect(await host.type('\x1a')).toBe('\r\n+CMGS: 0\r\n\r\nOK\r\n');
  expect(taken()).toMatchObject([[OTHER, { text: 'one\rtwo\r' }]]);
  await says('E1');
  await says(`+CMGS="${OTHER}"`);
  expect(await host.type('a\r'), 'the echo comes before the prompt').toBe('a\r\r\n> ');
  await host.type('\x1b');
  await says('E0;+CMGF=0');
  expect(await enters('+CMGS=18', '00\r01000C9193330300002000000\r5E8329BFD06')).toBe('\r\n+CMGS: 1\r\n\r\nOK\r\n');
});

/** An SMS-COMMAND about the message of TP-MR 0: an enquiry (3GPP TS 23.040, 9.2.2.4). */
const ENQUIRY = toHex(
  encodeTpdu({
    type: 'COMMAND',
    messageReference: 0,
    commandType: 0,
    messageNumber: 0,
    destination: addressOf(OTHER),
    data: new Uint8Array(),
  }),
);

test('+CMGC sends an SMS-COMMAND, in PDU mode only (3GPP TS 27.005, 3.5.5)', async () => {
  const { world, host, says, enters } = await bench();
  const length = ENQUIRY.length / 2;
  expect(await enters(`+CMGC=${length}`, `00${ENQUIRY}`)).toBe('\r\n+CMGC: 0\r\n\r\nOK\r\n');
  expect(world.log.entries()).toContainEqual(expect.objectContaining({ kind: 'command', from: NUMBER, to: OTHER }));
  expect(await enters('+CMGC=18', '0001000C91933303000020000005E8329BFD06'), 'a SUBMIT').toBe(
    '\r\n+CMS ERROR: 304\r\n',
  );
  expect(await enters(`+CMGS=${length}`, `00${ENQUIRY}`), 'a COMMAND').toBe('\r\n+CMS ERROR: 304\r\n');
  await says(`+CMGC=${length}`);
  expect(await host.type('\x1b')).toBe('\r\nOK\r\n');
  await says('+CMGF=1');
  expect(await says(`+CMGC=${length}`)).toBe('\r\n+CMS ERROR: 303\r\n');
});

test.each([
  ['+CMSS=1', OTHER],
  [`+CMSS=1,"${NUMBER}"`, NUMBER],
  ['+CMSS=1,"393330000001",145', NUMBER],
  ['+CMSS=1,"4001"', '4001'],
  ['+CMSS=1,"4001",129', '4001'],
  ['+CMSS=1,"4001",128', '4001'],
  ['+CMSS=1,"4001",255', '4001'],
])('AT%s sends a stored SUBMIT to %s, and all else of it stays (3GPP TS 27.005, 3.5.2)', async (command, to) => {
  const { modem, says, enters, taken } = await bench(';+CMGF=1');
  await enters(`+CMGW="${OTHER}"`, 'hi');
  expect(await says(command)).toBe('\r\n+CMSS: 0\r\n\r\nOK\r\n');
  expect(taken()).toMatchObject([[to, { text: 'hi' }]]);
  expect(modem.store('SM').get(1)?.status).toBe(3);
});

test.each([
  ['+CMSS=0', 321],
  ['+CMSS=2', 321],
  ['+CMSS=1,"4001",127', 305],
  ['+CMSS=1,"4001",256', 305],
  ['+CMSS=1,"x"', 305],
  ['+CMSS=3', 302],
])('AT%s: +CMS ERROR %i', async (command, error) => {
  const { world, clock, modem, says, enters } = await bench(';+CMGF=1');
  await enters(`+CMGW="${OTHER}"`, 'hi');
  await enters(`+CMGW="${OTHER}"`, 'hi');
  modem.store('SM').delete(2);
  for (const text of ['a', 'b']) world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1);
  modem.store('SM').delete(2);
  expect(await says(command)).toBe(`\r\n+CMS ERROR: ${error}\r\n`);
  expect(world.submitted(NUMBER)).toEqual([]);
});

test('+CMSS sends nothing that was stored as a received message, a SUBMIT neither', async () => {
  const { world, says, enters } = await bench();
  await enters('+CMGW=18,1', '0001000C91933303000020000005E8329BFD06');
  expect(await says('+CMSS=1')).toBe('\r\n+CMS ERROR: 302\r\n');
  expect(world.submitted(NUMBER)).toEqual([]);
});

test('without a service centre, on the card or in the PDU, nothing is sent: 330 (3GPP TS 27.005, 3.2.5)', async () => {
  const { says, enters, taken } = await bench(';+CSCA=""');
  const pdu = '01000C91933303000020000005E8329BFD06';
  expect(await enters('+CMGS=18', `00${pdu}`)).toBe('\r\n+CMS ERROR: 330\r\n');
  expect(await enters('+CMGS=18', `07919393090000F0${pdu}`)).toBe('\r\n+CMGS: 0\r\n\r\nOK\r\n');
  await says('+CSCA="393990000001",145');
  expect(await says('+CSCA?')).toContain('+CSCA: "+393990000001",145');
  expect(await enters('+CMGS=18', `00${pdu}`)).toBe('\r\n+CMGS: 1\r\n\r\nOK\r\n');
  expect(taken()).toHaveLength(2);
});

test.each([
  ['x', 'no hexadecimal'],
  ['0001000C91933303000020000005E8329BFD', 'an octet too few'],
  ['0001000C91933303000020000005E8329BFD0600', 'an octet too many'],
  ['0001002891933303000020000005E8329BFD06', 'an address that is longer than the PDU'],
])('a PDU that is %s (%s) is refused with 304, and nothing is sent or stored', async (pdu) => {
  const { world, modem, enters } = await bench();
  for (const command of ['+CMGS', '+CMGW']) expect(await enters(`${command}=18`, pdu)).toBe('\r\n+CMS ERROR: 304\r\n');
  expect([world.submitted(NUMBER), modem.store('SM').used]).toEqual([[], 0]);
});

test('a full store takes no more: 322 (3GPP TS 27.005, 3.2.5)', async () => {
  const { enters } = await bench(';+CMGF=1', { simCapacity: 1 });
  expect(await enters(`+CMGW="${OTHER}"`, 'a')).toContain('+CMGW: 1');
  expect(await enters(`+CMGW="${OTHER}"`, 'b')).toBe('\r\n+CMS ERROR: 322\r\n');
});

/** TP-VP of `+CSMP`: an octet, or seven of them in hexadecimal between quotes when TP-VPF says so. */
test.each([
  ['1,255,0,0', /^0100/, '000005'],
  ['17,1,0,0', /^1100/, '00000105'],
  ['25,"01302170120040",0,0', /^1900/, '00000130217012004005'],
  ['9,"01000000000000",0,0', /^0900/, '00000100000000000005'],
])('with +CSMP=%s a text has TP-VP of that form', async (parameters, first, fields) => {
  const { world, enters } = await bench(`;+CMGF=1;+CSMP=${parameters}`);
  await enters(`+CMGS="${OTHER}"`, 'hello');
  const [sent] = world.submitted(NUMBER);
  expect(sent?.tpdu).toMatch(first);
  expect(sent?.tpdu.slice(4)).toBe(`0C91933303000020${fields}E8329BFD06`);
});

test('with TP-UDHI in +CSMP the octets are typed in hexadecimal, header and all', async () => {
  const { world, enters } = await bench(';+CMGF=1;+CSMP=81,167,0,0');
  expect(await enters(`+CMGS="${OTHER}"`, '0605040B8423F0E8329BFD06')).toContain('+CMGS: 0');
  expect(world.submitted(NUMBER)[0]?.tpdu).toBe(
    '51000C91933303000020 0000A7 0C 0605040B8423F0E8329BFD06'.replaceAll(' ', ''),
  );
});

test.each(['+CSAS', '+CSAS=0', '+CSAS='])(
  'AT%s keeps the parameters of a text, which +CRES brings back',
  async (save) => {
    const { says } = await bench();
    await says('+CSMP=17,1,2,4;+CSCB=1,"4","8"');
    expect(await says(save)).toBe('\r\nOK\r\n');
    await says('+CSMP=17,9,9,9;+CSCB=0,"",""');
    expect(await says('+CRES=0')).toBe('\r\nOK\r\n');
    expect(await says('+CSMP?;+CSCB?')).toBe('\r\n+CSMP: 17,1,2,4\r\n\r\n+CSCB: 1,"4","8"\r\n\r\nOK\r\n');
    expect(await says('+CSAS=1')).toContain('ERROR');
    expect(await says('+CRES=1')).toContain('ERROR');
  },
);

test.each([
  ['1,3', '0003FF', 304],
  ['1,2', '00', 304],
  ['1,18', '01000C91933303000020000005E8329BFD06', 304],
  ['1,2', 'zz', 304],
])('+CNMA=%s with %s, which is no DELIVER-REPORT of that length: +CMS ERROR %i', async (values, typed, error) => {
  const { world, clock, host, says, enters } = await bench(';+CSMS=1;+CNMI=2,2');
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1);
  host.heard();
  expect(await enters(`+CNMA=${values}`, typed)).toBe(`\r\n+CMS ERROR: ${error}\r\n`);
  expect(await says('+CNMA'), 'the message is still not acknowledged').toBe('\r\nOK\r\n');
});

test('+CNMA=2 with a DELIVER-REPORT refuses with its TP-FCS, with quotes or without (27.005, 4.7)', async () => {
  const { world, clock, host, enters } = await bench(';+CSMS=1;+CNMI=2,2');
  for (const typed of ['00D300', '"00D300"']) {
    world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
    await clock.advance(1);
    host.heard();
    expect(await enters('+CNMA=2,3', typed)).toBe('\r\nOK\r\n');
    await clock.advance(1);
    const refused = world.log.entries().flatMap((entry) => (entry.kind === 'wait' ? [entry.cause] : []));
    expect(refused.at(-1)).toBe(0xd3);
    for (const { sms } of world.waiting(NUMBER)) world.deleteWaiting(sms);
  }
});
