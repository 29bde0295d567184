import { expect, test } from 'vitest';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function card(pin?: string) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, simCapacity: 2, ...(pin === undefined ? {} : { pin }) });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMEE=1\r');
  const says = (command: string) => host.type(`AT${command}\r`);
  return { world, modem, says, crsm: async (of: string) => /\+CRSM: (.*)\r\n/.exec(await says(`+CRSM=${of}`))?.[1] };
}

const FF = (octets: number) => 'FF'.repeat(octets);

/** What the card says of each file (3GPP TS 51.011, 9.2.1), and what is in it. */
const FILES: readonly (readonly [clause: string, name: string, id: number, described: string, read: string])[] = [
  ['10.1.1', 'ICCID', 0x2fe2, '0000000A2FE204000FFFFF01020000', '989399000000000010F1'],
  ['10.1.2', 'ELP', 0x2f05, '000000022F0504000FFFFF01020000', '6974'],
  ['10.3.1', 'LP', 0x6f05, '000000016F0504000FFFFF01020000', '01'],
  ['10.3.2', 'IMSI', 0x6f07, '000000096F0704001FFFFF01020000', '080910100000000010'],
  ['10.3.7', 'SST', 0x6f38, '000000056F3804001FFFFF01020000', 'CF00C30003'],
  ['10.3.11', 'SPN', 0x6f46, '000000116F4604000FFFFF01020000', '00436173682D4D6F62696C652053696DFF'],
  ['10.3.15', 'ACC', 0x6f78, '000000026F7804001FFFFF01020000', '0002'],
  ['10.3.16', 'FPLMN', 0x6f7b, '0000000C6F7B04001FFFFF01020000', FF(12)],
  ['10.3.17', 'LOCI', 0x6f7e, '0000000B6F7E04001FFFFF01020000', 'FFFFFFFF00F11000C3FF00'],
  ['10.3.18', 'AD', 0x6fad, '000000046FAD04000FFFFF01020000', '00000002'],
  ['10.3.19', 'Phase', 0x6fae, '000000016FAE04000FFFFF01020000', '02'],
  ['10.3.27', 'ECC', 0x6fb7, '000000036FB704000FFFFF01020000', '11F2FF'],
];

test.each(FILES)('3GPP TS 51.011, %s: EF-%s', async (_clause, _name, id, described, read) => {
  const { crsm } = await card();
  expect(await crsm(`192,${id},0,0,15`)).toBe(`144,0,"${described}"`);
  expect(await crsm(`176,${id},0,0,${read.length / 2}`)).toBe(`144,0,"${read}"`);
  expect(await crsm(`176,${id},0,0,0`)).toBe(`144,0,"${read}"`);
  expect(await crsm(`178,${id},1,4,0`), 'no records').toBe('148,8');
});

const NAME = '416E6E61';
const RECORDS: readonly (readonly [clause: string, name: string, id: number, described: string, first: string])[] = [
  ['10.5.1', 'ADN', 0x6f3a, '000005786F3A04001FFFFF0102011C', `${NAME}${FF(10)}03912143${FF(10)}`],
  ['10.5.5', 'MSISDN', 0x6f40, '0000001C6F4004001FFFFF0102011C', `${FF(14)}0791933303000010${FF(6)}`],
  ['10.5.6', 'SMSP', 0x6f42, '0000002A6F4204001FFFFF0102012A', `${FF(14)}FD${FF(12)}0791939309000010${FF(7)}`],
  ['10.5.3', 'SMS', 0x6f3c, '000001606F3C04001FFFFF010201B0', `00${FF(175)}`],
];

test.each(RECORDS)('3GPP TS 51.011, %s: EF-%s', async (_clause, _name, id, described, first) => {
  const { crsm, says } = await card();
  await says('+CPBW=1,"+1234",145,"Anna"');
  expect(await crsm(`192,${id},0,0,15`)).toBe(`144,0,"${described}"`);
  const octets = first.length / 2;
  expect(await crsm(`178,${id},1,4,${octets}`)).toBe(`144,0,"${first}"`);
  expect(await crsm(`178,${id},1,4,0`)).toBe(`144,0,"${first}"`);
  expect(await crsm(`178,${id},1,4,${octets - 1}`), 'P3 must be the length of a record').toBe(`103,${octets}`);
  expect(await crsm(`178,${id},1,2,${octets}`), 'next record').toBe('107,0');
  expect(await crsm(`178,${id},0,4,${octets}`)).toBe('148,2');
  expect(await crsm(`178,${id},255,4,${octets}`)).toBe('148,2');
  expect(await crsm(`176,${id},0,0,1`), 'READ BINARY of records').toBe('148,8');
});

test('EF-SMS has what is stored, padded with FF, under the status of the record (3GPP TS 51.011, 10.5.3)', async () => {
  const { world, crsm, says } = await card();
  world.deliver({ to: NUMBER, from: '+44', content: { kind: 'text', text: 'hi' } });
  const unread = /,"(.*)"/.exec((await crsm('178,28476,1,4,176')) ?? '')?.[1] ?? '';
  expect(unread).toMatch(/^03079193930900001004029144/);
  expect(unread).toHaveLength(352);
  expect(unread).toMatch(/E834(FF)+$/);
  const listed = await says('+CMGR=1');
  expect(listed).toContain(unread.slice(2).replace(/(FF)+$/, ''));
  expect(await crsm('178,28476,1,4,176')).toBe(`144,0,"01${unread.slice(2)}"`);
});

test('EF-ADN has names that are not in the default alphabet in UCS-2, and numbers of any kind (annex B, 10.5.1)', async () => {
  const { crsm, says } = await card();
  await says('+CSCS="UCS2"');
  await says('+CPBW=1,"*100#p1",129,"0416"');
  expect(await crsm('178,28474,1,4,28')).toBe(`144,0,"800416${FF(11)}05811A00CBF1${FF(8)}"`);
});

const REFUSED: readonly (readonly [why: string, of: string, status: string])[] = [
  ['there is no such file', '192,28589,0,0,15', '144,0,"000000046FAD04000FFFFF01020000"'],
  ['there is no such file', '192,28619,0,0,15', '148,4'],
  ['there is no such file', '176,28619,0,0,15', '148,4'],
  ['there is no such file', '178,28619,1,4,15', '148,4'],
  ['P3 is more than there is', '176,12258,0,0,11', '103,10'],
  ['P3 is more than there is behind the offset', '176,12258,0,4,7', '103,6'],
  ['the offset is behind the end', '176,12258,0,10,1', '107,0'],
  ['the offset is far behind the end', '176,12258,1,0,1', '107,0'],
  ['nothing is written', '214,12258,0,0,1,"00"', '152,4'],
  ['nothing is written', '220,28474,1,4,28,"00"', '152,4'],
  ['there is no such instruction', '242', '109,0'],
  ['there is no such instruction', '162,28474,1,4,1', '109,0'],
];

test.each(REFUSED)('%s: AT+CRSM=%s', async (_why, of, status) => {
  const { crsm } = await card();
  expect(await crsm(of)).toBe(status);
});

test.each(['192,65536,0,0,15', '176,12258,256,0,1', '176,12258,0,256,1', '176,12258,0,0,256', '256,12258,0,0,1'])(
  'AT+CRSM=%s is out of the range of an octet or of two: 50 (3GPP TS 27.007, 8.18)',
  async (of) => {
    const { says } = await card();
    expect(await says(`+CRSM=${of}`)).toBe('\r\n+CME ERROR: 50\r\n');
  },
);

test('an offset and a length choose a part of a file (3GPP TS 51.011, 9.2.3)', async () => {
  const { crsm } = await card();
  expect(await crsm('176,12258,0,1,2')).toBe('144,0,"9399"');
  expect(await crsm('176,12258,0,9,0')).toBe('144,0,"F1"');
  expect(await crsm('176,12258,0,9,1')).toBe('144,0,"F1"');
  expect(await crsm('192,12258,0,0,7')).toBe('144,0,"0000000A2FE204"');
});

test('before the PIN only files that anybody may read are read (3GPP TS 51.011, 9.4.4)', async () => {
  const { crsm, says } = await card('1234');
  expect(await crsm('176,12258,0,0,0')).toContain('144,0');
  expect(await crsm('192,28423,0,0,15')).toContain('144,0');
  expect(await crsm('176,28423,0,0,0')).toBe('152,4');
  expect(await crsm('178,28474,1,4,0')).toBe('152,4');
  await says('+CPIN=1234');
  expect(await crsm('176,28423,0,0,0')).toContain('144,0');
});

test('a number of more than twenty digits is cut in EF-ADN, and one without digits has none (10.5.1)', async () => {
  const { crsm, says } = await card();
  await says(`+CPBW=1,"${'12345678901234567890123'}",129,"Anna"`);
  expect(await crsm('178,28474,1,4,28')).toBe(`144,0,"${NAME}${FF(10)}0B8121436587092143658709FFFF"`);
  await says('+CPBW=1,"",129,"Anna"');
  expect(await crsm('178,28474,1,4,28')).toBe(`144,0,"${NAME}${FF(10)}${FF(14)}"`);
});

test('without a service centre EF-SMSP has none (3GPP TS 51.011, 10.5.6)', async () => {
  const { crsm, says } = await card();
  await says('+CSCA=""');
  expect(await crsm('178,28482,1,4,42')).toBe(`144,0,"${FF(14)}FD${FF(27)}"`);
});

test('a message that was stored without a service centre has the length 0 in EF-SMS', async () => {
  const { modem, crsm } = await card();
  modem.store('SM').add({ status: 2, smsc: new Uint8Array(), tpdu: Uint8Array.of(0x01, 0x02) });
  expect(await crsm('178,28476,1,4,176')).toBe(`144,0,"07000102${FF(172)}"`);
});
