import { expect, test } from 'vitest';
import { decodeTpdu, fromHex } from '../../../modem/index.ts';
import { isSevenBit } from '../../../sim/modem/text-mode.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function bench(prepare = '') {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  const host = await hostOf(modem, clock);
  await host.type(`ATE0;+CMGF=1${prepare}\r`);
  return {
    world,
    clock,
    says: (command: string) => host.type(`AT${command}\r`),
    async enters(command: string, typed: string) {
      await host.type(`AT${command}\r`);
      return host.type(`${typed}\x1a`);
    },
  };
}

/** Whether TP-DCS is of the 7-bit alphabet; reserved codings count as it (3GPP TS 23.038, 4). */
test.each([
  [true, [0x00, 0x0c, 0x0f, 0x10, 0x13, 0x1d, 0x40, 0x50, 0x80, 0xbf, 0xc0, 0xc8, 0xcf, 0xd0, 0xdb, 0xdf, 0xf0, 0xf3]],
  [
    false,
    [0x04, 0x07, 0x08, 0x0b, 0x14, 0x18, 0x20, 0x2d, 0x30, 0x44, 0x48, 0x60, 0x7f, 0xe0, 0xe1, 0xe8, 0xef, 0xf4, 0xf7],
  ],
])('7-bit text: %j', (sevenBit, codings) => {
  expect(codings.filter((dcs) => isSevenBit(dcs) === sevenBit)).toEqual(codings);
});

test.each([
  ['BANK', '"BANK"', 208],
  ['+3912', '"+3912"', 145],
  ['123', '"123"', 129],
])(
  'with +CSDH=1, +CMGL and +CMGR say the type of the sender %s and the length (3GPP TS 27.005, 3.4)',
  async (from, shown, type) => {
    const { world, clock, says } = await bench(';+CSDH=1');
    world.deliver({ to: NUMBER, from, content: { kind: 'text', text: 'hello' } });
    await clock.advance(1);
    const time = '"10/03/01,10:00:00+04"';
    const end = '\r\nhello\r\n\r\nOK\r\n';
    expect(await says('+CMGL="REC UNREAD"')).toBe(`\r\n+CMGL: 1,"REC UNREAD",${shown},,${time},${type},5${end}`);
    expect(await says('+CMGR=1')).toBe(
      `\r\n+CMGR: "REC READ",${shown},,${time},${type},4,0,0,"+393990000001",145,5${end}`,
    );
    await says('+CSDH=0');
    expect(await says('+CMGL="ALL"')).toBe(`\r\n+CMGL: 1,"REC READ",${shown},,${time}${end}`);
    expect(await says('+CMGR=1')).toBe(`\r\n+CMGR: "REC READ",${shown},,${time}${end}`);
  },
);

test('with +CSDH=1 a stored SUBMIT shows TP-VP, its coding and its length (3GPP TS 27.005, 3.4.3)', async () => {
  const { says, enters } = await bench(';+CSDH=1;+CSMP=17,1,2,0');
  expect(await enters('+CMGW="3912",145', 'hi!')).toContain('+CMGW: 1');
  const end = '\r\nhi!\r\n\r\nOK\r\n';
  expect(await says('+CMGR=1')).toBe(`\r\n+CMGR: "STO UNSENT","+3912",,145,17,2,0,1,"",129,3${end}`);
  expect(await says('+CMGL="ALL"')).toBe(`\r\n+CMGL: 1,"STO UNSENT","+3912",,,145,3${end}`);
});

/** What is typed with a TP-DCS, and what the network has of it; undefined: +CMS ERROR: 305 (3GPP TS 27.005, 3.1). */
const TYPED: readonly (readonly [name: string, dcs: number, typed: string, userData: object | undefined])[] = [
  ['160 characters', 0, 'a'.repeat(160), { text: 'a'.repeat(160) }],
  ['161 characters', 0, 'a'.repeat(161), undefined],
  ['140 octets', 4, 'AB'.repeat(140), { data: new Uint8Array(140).fill(0xab) }],
  ['141 octets', 4, 'AB'.repeat(141), undefined],
  ['octets that are no hex', 4, 'hello', undefined],
  ['UCS-2 in hex', 8, '00480069', { text: 'Hi' }],
  ['UCS-2 in plain characters', 8, 'Hi there', { text: 'Hi there' }],
  ['UCS-2 of class 1 in plain characters', 0x19, 'Hi there', { text: 'Hi there' }],
  ['UCS-2 of class 3 in plain characters', 0x1b, 'Hi there', { text: 'Hi there' }],
  ['70 characters of UCS-2', 8, 'x'.repeat(70), { text: 'x'.repeat(70) }],
  ['71 characters of UCS-2', 8, 'x'.repeat(71), undefined],
];

test.each(TYPED)('%s with TP-DCS %i', async (_name, dcs, typed, userData) => {
  const { world, enters } = await bench(`;+CSMP=17,167,0,${dcs}`);
  const answer = await enters(`+CMGS="${NUMBER}"`, typed);
  expect(answer).toContain(userData === undefined ? '+CMS ERROR: 305' : '+CMGS: 0');
  const [taken] = world.submitted(NUMBER);
  const tpdu = taken && decodeTpdu(fromHex(taken.tpdu), 'mobile-originated');
  expect(tpdu).toEqual(
    userData === undefined ? undefined : expect.objectContaining({ userData: expect.objectContaining(userData) }),
  );
});

test('a find in the phonebook is by the beginning of the name, of any case (3GPP TS 27.007, 8.13)', async () => {
  const { says } = await bench();
  for (const [index, name] of ['Anna', 'Hanna', 'ANNE'].entries()) await says(`+CPBW=${index + 1},"12",129,"${name}"`);
  expect((await says('+CPBF="ann"')).match(/\+CPBF: \d/g)).toEqual(['+CPBF: 1', '+CPBF: 3']);
  expect((await says('+CPBF=""')).match(/\+CPBF: \d/g)).toHaveLength(3);
});

/** TP-OA of a stored DELIVER by its type, as `+CMGR` shows the number and `<tooa>` (3GPP TS 24.011, 8.2.5.2). */
test.each([
  ['91', '"+12","",145'],
  ['81', '"12","",129'],
  ['A1', '"12","",161'],
  ['B1', '"12","",129'],
])('a sender of type %s', async (type, shown) => {
  const { says, enters } = await bench(';+CSDH=1;+CMGF=0');
  const tpdu = `0402${type}2100000130100100004002E834`;
  expect(await enters(`+CMGW=${tpdu.length / 2},1`, `00${tpdu}`)).toContain('+CMGW: 1');
  await says('+CMGF=1');
  const [number, , tooa] = shown.split(',');
  expect(await says('+CMGR=1')).toContain(
    `"REC READ",${number},,"10/03/01,10:00:00+04",${tooa},4,0,0,"",129,2\r\nhi\r\n`,
  );
});

test('+CSDH=1 shows TP-PID of a DELIVER; +CSDH=0 shows of a stored SUBMIT the number alone (27.005, 3.4.3)', async () => {
  const { world, clock, says, enters } = await bench(';+CSDH=1');
  world.deliver({ to: NUMBER, from: '123', pid: 0x41, content: { kind: 'text', text: 'x' } });
  await clock.advance(1);
  expect(await says('+CMGR=1')).toContain(',129,4,65,0,');
  await enters('+CMGW="3912",145', 'hi');
  await says('+CSDH=0');
  expect(await says('+CMGR=2')).toBe('\r\n+CMGR: "STO UNSENT","+3912",\r\nhi\r\n\r\nOK\r\n');
  expect(await says('+CMGL="STO UNSENT"')).toBe('\r\n+CMGL: 2,"STO UNSENT","+3912",,\r\nhi\r\n\r\nOK\r\n');
});

test('a text with a header is shown in hexadecimal, one without in characters (3GPP TS 27.005, 3.1)', async () => {
  const { says, enters } = await bench(';+CMGF=0');
  for (const tpdu of ['0402812100000130100100004002E834', '440281210000013010010000400A0605040B8423F0E834'])
    await enters(`+CMGW=${tpdu.length / 2},1`, `00${tpdu}`);
  await says('+CMGF=1');
  expect(await says('+CMGR=1')).toContain('\r\nhi\r\n');
  expect(await says('+CMGR=2')).toContain('\r\n0605040B8423F0E834\r\n');
});

test.each([
  ['"rec read"', ['1']],
  ['"REC UNREAD"', ['2', '3']],
  ['"STO UNSENT"', ['4']],
  ['"sto sent"', []],
  ['"ALL"', ['1', '2', '3', '4']],
])('+CMGL=%s lists %j (3GPP TS 27.005, 3.4.2)', async (word, places) => {
  const { world, clock, says, enters } = await bench();
  for (const text of ['a', 'b', 'c']) world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1);
  await says('+CMGR=1');
  await enters('+CMGW="123"', 'd');
  const listed = [...(await says(`+CMGL=${word}`)).matchAll(/\+CMGL: (\d)/g)].map(([, place]) => place);
  expect(listed).toEqual(places);
  expect(await says('+CMGL="READ"')).toBe('\r\n+CMS ERROR: 305\r\n');
});

test.each([
  ['1,50', ['1', '3', '50']],
  ['2,49', ['3']],
  ['3', ['3']],
  ['2', []],
  ['3,50', ['3', '50']],
  ['1,3', ['1', '3']],
])('+CPBR=%s shows %j, in their order (3GPP TS 27.007, 8.12)', async (range, places) => {
  const { says } = await bench();
  for (const place of [50, 3, 1]) await says(`+CPBW=${place},"12",129,"x"`);
  const shown = [...(await says(`+CPBR=${range}`)).matchAll(/\+CPBR: (\d+)/g)].map(([, place]) => place);
  expect(shown).toEqual(places);
});

test.each([
  ['127', undefined],
  ['128', '"12",129'],
  ['129', '"12",129'],
  ['145', '"+12",145'],
  ['255', '"12",129'],
  ['256', undefined],
])('+CPBW with the type %s stores %s', async (type, stored) => {
  const { says } = await bench();
  expect(await says(`+CPBW=7,"12",${type},"x"`)).toContain(stored === undefined ? 'ERROR' : 'OK');
  expect(await says('+CPBR=7')).toBe(`${stored === undefined ? '' : `\r\n+CPBR: 7,${stored},"x"\r\n`}\r\nOK\r\n`);
});
