import { expect, test } from 'vitest';
import type { MessageClass } from '../../../modem/index.ts';
import { personalities } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function bench(prepare: string, options: { simCapacity?: number; modemCapacity?: number } = {}) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, ...options });
  const host = await hostOf(modem, clock);
  await host.type(`ATE0;${prepare}\r`);
  return {
    world,
    clock,
    modem,
    host,
    says: (command: string) => host.type(`AT${command}\r`),
    /** A message comes from outside: what is heard then. */
    async arrives(text: string, more: { messageClass?: MessageClass; pid?: number; from?: string } = {}) {
      world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text }, ...more });
      await clock.advance(1);
      return host.heard();
    },
    waits: () => world.log.entries().flatMap((entry) => (entry.kind === 'wait' ? [[entry.reason, entry.cause]] : [])),
  };
}

/** What is heard of a message without a class, and of classes 0 to 3, by `<mt>` (3GPP TS 27.005, 3.4.1, table 3.1-1). */
test.each([
  [0, ['', '', '', '', '']],
  [1, ['CMTI: "ME"', 'CMTI: "ME"', 'CMTI: "ME"', 'CMTI: "SM"', 'CMTI: "ME"']],
  [2, ['CMT: ,', 'CMT: ,', 'CMT: ,', 'CMTI: "SM"', 'CMT: ,']],
  [3, ['CMTI: "ME"', 'CMTI: "ME"', 'CMTI: "ME"', 'CMTI: "SM"', 'CMT: ,']],
])('<mt> %i: %j', async (mt, heard) => {
  const { arrives } = await bench(`+CPMS="ME","ME","ME";+CNMI=2,${mt}`);
  const classes = [undefined, 0, 1, 2, 3] as const;
  const found: string[] = [];
  for (const messageClass of classes) {
    const code = await arrives('x', messageClass === undefined ? {} : { messageClass });
    found.push(/CMT(: ,|I: "..")/.exec(code)?.[0] ?? code);
  }
  expect(found).toEqual(heard);
});

test.each([
  ['SM', 0xd0],
  ['ME', 0xd3],
])('a full %s refuses with TP-FCS %i (3GPP TS 23.040, 9.2.3.22)', async (store, cause) => {
  const { arrives, waits, modem } = await bench(`+CPMS="SM","SM","${store}"`, { simCapacity: 1, modemCapacity: 1 });
  await arrives('one');
  await arrives('two');
  expect(waits()).toEqual([['full', cause]]);
  expect([modem.store('SM').used, modem.store('ME').used]).toEqual(store === 'SM' ? [1, 0] : [0, 1]);
});

test('the network is told once that there is room again', async () => {
  const { world, arrives, says } = await bench('+CNMI=2,1', { simCapacity: 2 });
  for (const text of ['1', '2', '3']) await arrives(text);
  for (const place of [1, 1, 2]) await says(`+CMGD=${place}`);
  expect(world.log.entries().filter(({ kind }) => kind === 'alert')).toHaveLength(1);
});

test('the network is not told of room when nothing was refused for want of it', async () => {
  const { world, arrives, says } = await bench('+CNMI=2,1', { simCapacity: 2 });
  for (const text of ['1', '2']) await arrives(text);
  for (const place of [1, 2]) await says(`+CMGD=${place}`);
  expect(world.log.entries().filter(({ kind }) => kind === 'alert')).toEqual([]);
});

test('the network is not told of room by a phone that it could not reach, and that has refused nothing', async () => {
  const { world, arrives, says } = await bench('+CNMI=2,1');
  await arrives('1');
  world.subscriber(NUMBER)?.setReception('shadow');
  await arrives('2');
  world.subscriber(NUMBER)?.setReception('good');
  await says('+CMGD=1');
  expect(world.log.entries().filter(({ kind }) => kind === 'alert')).toEqual([]);
});

test('the network is told again when messages are refused again', async () => {
  const { world, arrives, says } = await bench('+CNMI=2,1', { simCapacity: 1 });
  for (const text of ['1', '2']) {
    await arrives(text);
    await arrives(`${text} more`);
    await says('+CMGD=1,4');
  }
  expect(world.log.entries().filter(({ kind }) => kind === 'alert')).toHaveLength(2);
});

test('+CNMI mode 0 keeps 100 codes, the last ones; <bfr> 1 forgets them (3GPP TS 27.005, 3.4.1)', async () => {
  const { arrives, says } = await bench('+CNMI=0,1', { simCapacity: 200 });
  for (let i = 0; i < 101; i += 1) expect(await arrives('x')).toBe('');
  const codes = (await says('+CNMI=2,1,0,0,0')).match(/\d+(?=\r\n)/g) ?? [];
  expect([codes.length, codes[0], codes.at(-1)]).toEqual([100, '2', '101']);
  await says('+CNMI=0,1');
  await arrives('x');
  expect(await says('+CNMI=0,1')).toBe('\r\nOK\r\n');
  expect(await says('+CNMI=2,1,0,0,1')).toBe('\r\nOK\r\n');
  expect(await says('+CNMI=2,1,0,0,0')).toBe('\r\nOK\r\n');
});

test('after +CNMA in time messages are shown also later than 15 s, when another would have been given up', async () => {
  const { arrives, says, clock } = await bench('+CSMS=1;+CNMI=2,2');
  for (const text of ['1', '2']) {
    expect(await arrives(text)).toContain('+CMT: ');
    expect(await says('+CNMA=0')).toBe('\r\nOK\r\n');
    await clock.advance(15_000);
  }
});

test('+CNMA=3 is refused, and acknowledges nothing (3GPP TS 27.005, 4.7)', async () => {
  const { arrives, says } = await bench('+CSMS=1;+CNMI=2,2');
  await arrives('x');
  expect(await says('+CNMA=3')).toBe('\r\n+CMS ERROR: 304\r\n');
  expect(await says('+CNMA=0')).toBe('\r\nOK\r\n');
});

test.each([
  ['+CNMA=2', 'refuses', [['no-answer', 0xff]]],
  ['+CNMA=0', 'acknowledges', []],
  ['+CNMA=1', 'acknowledges', []],
  ['+CNMA', 'acknowledges', []],
])('%s %s what was shown (3GPP TS 27.005, 4.7)', async (command, _does, waited) => {
  const { arrives, says, waits } = await bench('+CSMS=1;+CNMI=2,2');
  await arrives('x');
  expect(await says(command)).toBe('\r\nOK\r\n');
  expect(waits()).toEqual(waited);
  expect(await says(command)).toBe('\r\n+CMS ERROR: 340\r\n');
});

test('a host that leaves acknowledges nothing: the message goes back', async () => {
  const { arrives, host, clock, waits } = await bench('+CSMS=1;+CNMI=2,2');
  await arrives('x');
  await host.close();
  await clock.advance(1);
  expect(waits()).toEqual([['no-answer', 0xff]]);
});

test('+CNMA is awaited for 15 s', async () => {
  const { arrives, clock, waits, says } = await bench('+CSMS=1;+CNMI=2,2');
  await arrives('x');
  await clock.advance(14_998);
  expect(waits()).toEqual([]);
  await clock.advance(1);
  expect(waits()).toEqual([['no-answer', 0xff]]);
  expect(await says('+CNMA')).toBe('\r\n+CMS ERROR: 340\r\n');
});

/** Two messages, and in how many places they are then (3GPP TS 23.040, 9.2.3.9). */
test.each([
  ['of one replace type and sender', { pid: 0x41 }, { pid: 0x41 }, 1],
  ['of the last replace type', { pid: 0x47 }, { pid: 0x47 }, 1],
  ['of no replace type', { pid: 0x48 }, { pid: 0x48 }, 2],
  ['of two replace types', { pid: 0x41 }, { pid: 0x42 }, 2],
  ['of two senders', { pid: 0x41 }, { pid: 0x41, from: '124' }, 2],
])('two messages %s', async (_name, first, second, places) => {
  const { arrives, says, modem } = await bench('+CNMI=2,1');
  await arrives('first', first);
  await says('+CMGR=1');
  expect(await arrives('second', second)).toBe(`\r\n+CMTI: "SM",${places}\r\n`);
  expect(modem.store('SM').used).toBe(places);
  expect(modem.store('SM').get(places)?.status).toBe(0);
});

test('a type 0 is acknowledged, and is nowhere (3GPP TS 23.040, 9.2.3.9)', async () => {
  const { arrives, modem } = await bench('+CNMI=2,2');
  expect(await arrives('x', { pid: 0x40 })).toBe('');
  expect(modem.store('MT').used).toBe(0);
});

/** What is passed on in text mode: fields behind the colon, and the text (3GPP TS 27.005, 3.4.1 and 3.1). */
test.each([
  [0, '+CMT: "123",,"10/03/01,10:00:00+04"'],
  [1, '+CMT: "123",,"10/03/01,10:00:00+04",129,4,0,0,"+393990000001",145,5'],
])('with +CSDH=%i a text is passed on behind %s', async (headers, shown) => {
  const { arrives, modem } = await bench(`+CMGF=1;+CSDH=${headers};+CNMI=2,2`);
  expect(await arrives('hello')).toBe(`\r\n${shown}\r\nhello\r\n`);
  expect(modem.store('MT').used).toBe(0);
});

test('in text mode what is no 7-bit text is passed on in hexadecimal, and in UCS-2 by +CSCS', async () => {
  const { arrives, says } = await bench('+CMGF=1;+CNMI=2,2');
  expect(await arrives('Ω€ж')).toBe('\r\n+CMT: "123",,"10/03/01,10:00:00+04"\r\n03A920AC0436\r\n');
  await says('+CSCS="UCS2"');
  expect(await arrives('hi')).toBe('\r\n+CMT: "003100320033",,"10/03/01,10:00:00+04"\r\n00680069\r\n');
});

test.each([
  [499, 0],
  [500, 1],
])('a Huawei E1752 does not count a message in its first 500 ms: after %i ms it counts %i', async (ms, counted) => {
  const { world, clock } = quietWorld();
  const personality = Object.values(personalities).find(({ arrivals }) => arrivals.countedAfterMs === 500);
  const modem = world.addModem({ number: NUMBER, personality: personality ?? expect.fail('no such modem') });
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(ms);
  expect(modem.incoming.counted('SM')).toBe(counted);
});
