import { expect, test } from 'vitest';
import { commandTable } from '../../../sim/modem/command-table.ts';
import { keptCommands } from '../../../sim/modem/commands/kept.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
/** SUBMIT to the modem's own number, 7-bit `hello`; with a status report requested. */
const SUBMIT = '01000C91933303000010000005E8329BFD06';
const WITH_REPORT = SUBMIT.replace(/^01/, '21');
const LENGTH = SUBMIT.length / 2;

async function bench(prepare = '') {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, simCapacity: 5 });
  const host = await hostOf(modem, clock);
  await host.type(`ATE0${prepare === '' ? '' : `;${prepare}`}\r`);
  return { world, clock, modem, host, says: (command: string) => host.type(`AT${command}\r`) };
}

/** Types a PDU or a text into the prompt of a command. */
async function enters({ host }: Awaited<ReturnType<typeof bench>>, command: string, typed: string): Promise<string> {
  expect(await host.type(`AT${command}\r`)).toBe('\r\n> ');
  return host.type(`${typed}\x1a`);
}

test.each([
  ['+CREG', '+CGREG'],
  ['+CGREG', '+CREG'],
])('%s has a setting of its own, beside %s (3GPP TS 27.007, 7.2 and 10.1.20)', async (set, other) => {
  const { world, clock, host, says } = await bench();
  await says(`${set}=2`);
  expect(await says(`${set}?`)).toContain(`${set}: 2,1,"00C3","1A2B"`);
  expect(await says(`${other}?`)).toContain(`${other}: 0,1\r\n`);
  host.heard();
  world.subscriber(NUMBER)?.setCovered(false);
  await clock.advance(1_000);
  expect(host.heard()).toBe(`\r\n${set}: 2\r\n`);
  await says(`${set}=0;${other}=1`);
  world.subscriber(NUMBER)?.setCovered(true);
  await clock.advance(5_000);
  expect(host.heard()).toBe(`\r\n${other}: 1\r\n`);
});

const LISTED = (status: number | string) => new RegExp(`^\\r\\n\\+CMGL: 1,${status},`);

test.each([
  ['', 2],
  [',0', 0],
  [',1', 1],
  [',2', 2],
  [',3', 3],
])('+CMGW=length%s stores in PDU mode under status %i (3GPP TS 27.005, 3.5.3)', async (stat, status) => {
  const one = await bench();
  const deliver = '04038121F300000130100100004005E8329BFD06';
  const pdu = status < 2 ? deliver : SUBMIT;
  expect(await enters(one, `+CMGW=${pdu.length / 2}${stat}`, `00${pdu}`)).toBe('\r\n+CMGW: 1\r\n\r\nOK\r\n');
  expect(one.modem.store('SM').get(1)?.status).toBe(status);
  expect(await one.says(`+CMGL=${status}`)).toMatch(LISTED(status));
});

test.each([
  ['', 2],
  [',129,"STO UNSENT"', 2],
  [',129,"STO SENT"', 3],
  [',145,2', 2],
  [',145,3', 3],
])('+CMGW="number"%s stores in text mode under status %i (3GPP TS 27.005, 3.5.3)', async (stat, status) => {
  const one = await bench('+CMGF=1');
  expect(await enters(one, `+CMGW="123"${stat}`, 'hi')).toBe('\r\n+CMGW: 1\r\n\r\nOK\r\n');
  expect(one.modem.store('SM').get(1)?.status).toBe(status);
  expect(await one.says('+CMGR=1')).toContain(status === 2 ? '"STO UNSENT"' : '"STO SENT"');
});

test('+CMGW refuses another status, a word of another case, and one that came in text mode', async () => {
  const { says, modem } = await bench();
  expect(await says(`+CMGW=${LENGTH},4`)).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(await says(`+CMGW=${LENGTH},"ALL"`)).toBe('\r\n+CMS ERROR: 304\r\n');
  const text = await bench('+CMGF=1');
  expect(await enters(text, '+CMGW="123",129,"REC READ"', 'hi')).toBe('\r\n+CMS ERROR: 303\r\n');
  expect(await text.says('+CMGW="123",129,"SENT"')).toBe('\r\n+CMS ERROR: 305\r\n');
  expect(modem.store('SM').used + text.modem.store('SM').used).toBe(0);
});

test('+CMGR and +CMGL show a stored report in text mode by the same fields (3GPP TS 27.005, 3.4.2 and 3.4.3)', async () => {
  const one = await bench('+CNMI=2,1,0,2');
  await enters(one, `+CMGS=${LENGTH}`, `00${WITH_REPORT}`);
  await one.clock.advance(1_000);
  await one.says('+CMGD=1');
  const fields = `6,0,"${NUMBER}",145,"10/03/01,10:00:00+04","10/03/01,10:00:00+04",0`;
  await one.says('+CMGF=1');
  expect(await one.says('+CMGL="REC READ"')).toBe('\r\nOK\r\n');
  expect(await one.says('+CMGL="REC UNREAD"')).toBe(`\r\n+CMGL: 2,"REC UNREAD",${fields}\r\n\r\nOK\r\n`);
  expect(await one.says('+CMGL="ALL"')).toBe(`\r\n+CMGL: 2,"REC READ",${fields}\r\n\r\nOK\r\n`);
  expect(await one.says('+CMGR=2')).toBe(`\r\n+CMGR: "REC READ",${fields}\r\n\r\nOK\r\n`);
});

test.each(['+CMGL=4', '+CMGR=1'])('what AT%s has shown is read (3GPP TS 27.005, 3.1)', async (command) => {
  const { world, clock, modem, says } = await bench();
  for (const text of ['1', '2']) world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1_000);
  expect(await says(command)).toMatch(/0,,/);
  expect(
    modem
      .store('SM')
      .entries()
      .map(([, { status }]) => status),
  ).toEqual(command === '+CMGR=1' ? [1, 0] : [1, 1]);
  expect(await says('+CMGR=1')).toContain('+CMGR: 1,,');
});

test('+CMGL shows the status it is asked for, and no other', async () => {
  const { world, clock, says } = await bench();
  for (const text of ['1', '2', '3']) world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1_000);
  await says('+CMGR=2');
  const places = async (stat: string) =>
    [...(await says(`+CMGL${stat}`)).matchAll(/\+CMGL: (\d)/g)].map(([, place]) => place).join('');
  expect(await places('=1')).toBe('2');
  expect(await places('=3')).toBe('');
  // Without a value: unread ones.
  expect(await places('')).toBe('13');
  expect(await places('')).toBe('');
  expect(await places('=1')).toBe('123');
});

/** What each `<delflag>` leaves of a message of each status: unread, read, unsent, sent (3GPP TS 27.005, 3.5.4). */
test.each([
  ['1', [0, 1, 2, 3], 'and the place'],
  ['1,0', [0, 1, 2, 3], 'and the place'],
  ['1,1', [0, 2, 3], ''],
  ['1,2', [0, 2], ''],
  ['1,3', [0], ''],
  ['1,4', [], ''],
] as const)('+CMGD=%s leaves statuses %j', async (values, left, placeGone) => {
  const { modem, says } = await bench();
  const store = modem.store('SM');
  for (const status of [0, 0, 1, 2, 3] as const) {
    store.add({
      status,
      smsc: Uint8Array.of(0),
      tpdu: Buffer.from(status < 2 ? '04038121F300000130100100004005E8329BFD06' : SUBMIT, 'hex'),
    });
  }
  expect(await says(`+CMGD=${values}`)).toBe('\r\nOK\r\n');
  const statuses = store.entries().map(([, { status }]) => status);
  expect(statuses).toEqual(placeGone === '' ? left.flatMap((status) => (status === 0 ? [0, 0] : [status])) : left);
});

/** The first and the last that are taken, and the ones beside them. */
const ENDS: readonly (readonly [command: string, taken: readonly string[], refused: readonly string[]])[] = [
  ['+CMGD', ['1', '5', '1,4'], ['0', '6', '1,5']],
  ['+CMMS', ['0', '2'], ['3']],
  ['+CSMS', ['0', '1'], ['2']],
  ['+CSCB', ['0', '1'], ['2']],
  ['+CNMI', ['0'], ['4,1']],
  ['+CSDH', ['0', '1'], ['2']],
  ['+CMGF', ['0', '1'], ['2']],
  ['+CMEE', ['0', '2'], ['3']],
  ['+CREG', ['0', '2'], ['3']],
  ['+CGREG', ['0', '2'], ['3']],
  ['+CNMI', ['0,0,0,0,0', '3,3,3,2,1'], ['4', '0,4', '0,0,4', '0,0,0,3', '0,0,0,0,2', '0,0,0,0,0,0']],
  ['+CSMP', ['0,0,0,0', '231,255,255,255'], ['256', '17,256', '17,0,256', '17,0,0,256', '17,0,0,0,0']],
  ['+COPS', ['3,0', '3,2', '0'], ['3,3', '5']],
  ['+CFUN', ['0', '1', '4'], ['2', '3', '5', '1,2']],
  ['+CUSD', ['0', '1', '2'], ['3', '0,"*1#",15,1']],
  ['+CPBR', ['1', '50', '1,50'], ['0', '51', '1,51']],
  ['+CSCA', ['"+391",145', '"1",128', '"1",255'], ['"1",127', '"1",256']],
  ['S3', ['0', '13', '127'], ['128']],
  ['E', ['0', '1'], ['2']],
];

test.each(ENDS)('AT%s takes %j and refuses %j', async (command, taken, refused) => {
  const form = command === 'E' ? 'ATE' : `AT${command}=`;
  for (const values of taken) {
    const { host } = await bench();
    expect(await host.type(`${form}${values}\r`), values).toMatch(/OK\r\n?$|OK/);
  }
  for (const values of refused) {
    const { host } = await bench();
    expect(await host.type(`${form}${values}\r`), values).toMatch(/^\r\n(ERROR|\+CMS ERROR: \d+)\r\n$/);
  }
});

test('+CMGS takes a TPDU of 176 octets at most, and +CNMA one of 164', async () => {
  const { host } = await bench('+CSMS=1');
  expect(await host.type('AT+CMGS=177\r')).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(await host.type('AT+CMGS=0\r')).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(await host.type('AT+CNMA=1,165\r')).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(await host.type('AT+CNMA=1,164\r')).toBe('\r\n> ');
  await host.type('\x1b');
  expect(await host.type('AT+CMGS=176\r')).toBe('\r\n> ');
});

test('every kept command reads what it has at first, keeps the first and the last of each value, and refuses the next', async () => {
  const { host, says } = await bench();
  const first: Record<string, string> = {};
  for (const { name } of keptCommands) {
    const [, said = ''] = /^\r\n[+\w]+: (.*)\r\n\r\nOK\r\n$/.exec(await says(`${name}?`)) ?? [];
    first[name] = said;
  }
  expect(first).toEqual({
    '+IPR': '0',
    '+ICF': '3,3',
    '+IFC': '0,0',
    '+FCLASS': '0',
    '+CSTA': '129',
    '+CMOD': '0',
    '+CR': '0',
    '+CRC': '0',
    '+CVHU': '1',
    '+CLIP': '0,1',
    '+CLIR': '0,0',
    '+COLP': '0,0',
    '+CSSN': '0,0',
    '+CMER': '0,0,0,0,0',
    '+CTZU': '0',
    '+CTZR': '0',
    '+CPLS': '0',
    '+WS46': '12',
    '+CGEREP': '0,0',
  });
  host.heard();
});

/** Values that are kept, what the read form then says, and one that is refused. */
const KEPT: readonly (readonly [name: string, set: string, says: string, refused: string])[] = [
  ['+IPR', '921600', '921600', '1200000'],
  ['+ICF', '3,0', '3,0', '2,0'],
  ['+IFC', '2,2', '2,2', '3,0'],
  ['+FCLASS', '0', '0', '1'],
  ['+CSTA', '145', '145', '130'],
  ['+CMOD', '0', '0', '1'],
  ['+CR', '1', '1', '2'],
  ['+CRC', '1', '1', '2'],
  ['+CVHU', '0', '0', '2'],
  ['+CLIP', '1', '1,1', '2'],
  ['+CLIR', '2', '2,0', '3'],
  ['+COLP', '1', '1,0', '2'],
  ['+CSSN', '1,1', '1,1', '0,2'],
  ['+CMER', '3,0,0,2,1', '3,0,0,2,1', '0,1'],
  ['+CTZU', '1', '1', '2'],
  ['+CTZR', '1', '1', '2'],
  ['+CPLS', '0', '0', '1'],
  ['+WS46', '12', '12', '13'],
  ['+CGEREP', '2,1', '2,1', '0,2'],
];

test.each(KEPT)('%s=%s is kept until AT&F, and what is not offered is not', async (name, set, says, refused) => {
  const one = await bench();
  const before = await one.says(`${name}?`);
  expect(await one.says(`${name}=${set}`)).toBe('\r\nOK\r\n');
  const line = `\r\n${name}: ${says}\r\n\r\nOK\r\n`;
  expect(await one.says(`${name}?`)).toBe(line);
  expect(await one.says(`${name}=${refused}`)).toBe('\r\nERROR\r\n');
  expect(await one.says(`${name}?`), 'after a refusal').toBe(line);
  await one.says('&F');
  await one.says('E0');
  expect(await one.says(`${name}?`)).toBe(before);
});

test('a value that is left out stays as it is, and others keep their own', async () => {
  const { says } = await bench();
  await says('+CMER=3,0,0,2');
  await says('+CMER=,,,1');
  await says('+CLIP=1');
  expect(await says('+CMER?')).toContain('+CMER: 3,0,0,1,0');
  expect(await says('+CLIR?')).toContain('+CLIR: 0,0');
});

test.each(KEPT)('%s=%s takes no value more', async (name, set) => {
  const { says } = await bench('+CMEE=1');
  expect(await says(`${name}=${set},0`)).toBe('\r\n+CME ERROR: 50\r\n');
});

test('the table of kept commands is the one that is tested', () => {
  expect(KEPT.map(([name]) => name)).toEqual(keptCommands.map(({ name }) => name));
  for (const [name] of KEPT) expect(commandTable.has(name)).toBe(true);
});

/** TP-VP in the enhanced format whose reserved bits are set is for the network to read, not for the modem to refuse. */
test('+CMGS takes an enhanced TP-VP with reserved bits (3GPP TS 23.040, 9.2.3.12.3)', async () => {
  const one = await bench();
  const tpdu = '09000181F10000823C000000000000';
  expect(await enters(one, `+CMGS=${tpdu.length / 2}`, `00${tpdu}`)).toBe('\r\n+CMGS: 0\r\n\r\nOK\r\n');
});
