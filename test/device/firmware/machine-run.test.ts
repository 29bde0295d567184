import { expect, test } from 'vitest';
import { RecordStorage } from '../../../device/firmware/record-storage.ts';
import { type Boot, type Machine, memoryFlash, type midp } from '../../../device/index.ts';
import { bench, settle } from '../bench.ts';
import { JAD, SMS } from '../probe.ts';

/** A phone whose application is a machine that a test plays: the events that it hears, and the phone's functions. */
function phoneWithMachine(slow = false) {
  const heard: string[] = [];
  const hosts: midp.Host[] = [];
  const machine: Machine = {
    enter: ({ kind }) => void heard.push(kind),
    memory: () => 0,
    fuel: () => 0,
    end: () => void heard.push('end'),
  };
  const boot: Boot = (host) => {
    hosts.push(host);
    return slow ? Promise.resolve(machine) : machine;
  };
  const phone = bench({ classes: new Map([['Probe', boot]]) });
  phone.handset.install(JAD);
  const open = (): midp.Host => {
    for (const label of ['Menu', 'Applications', 'Probe']) phone.phone.select(label);
    return host();
  };
  const host = (): midp.Host => hosts.at(-1) ?? expect.fail();
  return { ...phone, heard, open, host };
}

test('a machine is ended once, after the application', () => {
  const { open, phone, heard } = phoneWithMachine();
  open();
  phone.press('power');
  phone.press('power');
  expect(heard).toEqual(['start', 'destroy', 'end']);
});

test('a machine that is ready only after the end of its run is ended, and nothing runs in it', async () => {
  const { open, phone, heard, clock } = phoneWithMachine(true);
  open();
  phone.press('power');
  await settle(clock);
  expect(heard).toEqual(['end']);
});

test('a message on a port that is not open is not taken', async () => {
  const { host, radio } = phoneWithMachine();
  await radio.deliver(SMS);
  expect(host().take(16_500)).toBeUndefined();
  expect(host().listen(16_500)).toBe(1);
  expect(host().take(16_500)).toMatchObject({ number: SMS.originator });
});

test.each([2_805, 2_948, 9_200, 49_999])('the restricted port %d is neither opened nor written to', async (port) => {
  const host = phoneWithMachine().open();
  const refused = { code: 'security', reason: `Port ${port} is not for applications` };
  expect(host.listen(port)).toEqual(refused);
  expect(host.send(1, '+39340', port, 'ciao', undefined)).toEqual(refused);
});

test('a message goes from a port that is open, and from no other', () => {
  const { open, radio } = phoneWithMachine();
  const host = open();
  expect(host.send(1, '+39340', 16_001, 'ciao', 16_500)).toEqual({ code: 'io', reason: 'Port 16500 is not open' });
  host.listen(16_500);
  expect(host.send(1, '+39340', 16_001, 'ciao', 16_500)).toBeUndefined();
  host.closePort(16_500);
  expect(host.send(1, '+39340', 16_001, 'ciao', 16_500)).toMatchObject({ code: 'io' });
  expect(radio.sent).toHaveLength(1);
});

test('more than 65,536 octets of chance are refused, not cut', () => {
  const { open } = phoneWithMachine();
  const host = open();
  expect(host.random(65_536)).toHaveLength(65_536);
  expect(() => host.random(65_537)).toThrow('more than 65536 octets of chance');
});

test('20 messages are being sent at once, and the next ones when those are gone', async () => {
  const { open, clock, heard } = phoneWithMachine();
  const host = open();
  const send = (id: number) => host.send(id, '+39340', undefined, 'ciao', undefined);
  const results = Array.from({ length: 21 }, (_, id) => send(id));
  expect(results.slice(0, 20)).toEqual(Array(20).fill(undefined));
  expect(results[20]).toEqual({ code: 'io', reason: '20 messages are being sent already' });
  await settle(clock);
  expect(heard.filter((kind) => kind === 'sent')).toHaveLength(20);
  expect(send(21)).toBeUndefined();
});

test('1,000 tasks wait at once, and the next ones when those were done', async () => {
  const { open, clock, heard } = phoneWithMachine();
  const host = open();
  for (let task = 0; task < 1_000; task += 1) host.serial();
  expect(() => host.serial()).toThrow('The application has 1000 tasks that wait');
  await clock.advance(1_000);
  expect(heard.filter((kind) => kind === 'serial')).toHaveLength(1_000);
  expect(() => host.serial()).not.toThrow();
});

test('a timer of 0 ms takes 1 ms, so that one that begins anew for ever leaves the phone its keys', async () => {
  const { open, clock, heard } = phoneWithMachine();
  open().timer(1, 0);
  await clock.advance(0);
  expect(heard).toEqual(['start']);
  await clock.advance(1);
  expect(heard).toEqual(['start', 'timer']);
});

test('records on a phone without a list of suites are not erased', () => {
  const flash = memoryFlash();
  new RecordStorage(flash, 'A').open('s', true);
  bench({ flash });
  expect(flash.names()).toContain('records/A/s');
});
