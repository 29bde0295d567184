import { expect, test } from 'vitest';
import { createWorld, latencyProfiles, VirtualClock } from '../../sim/index.ts';
import { quietWorld } from './host.ts';

const NUMBER = '+393330000001';

/** Luhn's formula (ISO/IEC 7812-1, annex B), from the right: each second digit twice. */
function isLuhn(digits: string): boolean {
  const values = [...digits].reverse().map((digit, place) => Number(digit) * (place % 2 === 1 ? 2 : 1));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}

test('each modem has an IMEI of 15 digits and an ICCID of 19 with their check digits, and no two are alike', () => {
  const { world } = quietWorld();
  const modems = Array.from({ length: 120 }, (_, index) => world.addModem({ number: `+39333000${1_000 + index}` }));
  const imeis = modems.map(({ imei }) => imei);
  const iccids = modems.map(({ sim }) => sim.iccid);
  expect(imeis.filter((imei) => !/^35693803\d{7}$/.test(imei) || !isLuhn(imei))).toEqual([]);
  expect(iccids.filter((iccid) => !/^893999\d{13}$/.test(iccid) || !isLuhn(iccid))).toEqual([]);
  expect([new Set(imeis).size, new Set(iccids).size]).toEqual([120, 120]);
  expect(modems[0]?.sim.imsi).toBe('001010000000001');
});

test('a filled modem has old messages that were read in every place, and refuses the next until one is deleted', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, simCapacity: 3, modemCapacity: 4 });
  expect(world.fillMemory(NUMBER)).toBe(7);
  expect(world.fillMemory(NUMBER)).toBe(0);
  expect([...modem.store('SM').entries(), ...modem.store('ME').entries()].map(([, { status }]) => status)).toEqual(
    Array.from({ length: 7 }, () => 1),
  );
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1_000);
  expect(world.waitingFor(NUMBER)).toBe(1);
});

test('a modem has 30 places on its SIM and 100 of its own, unless told otherwise', () => {
  const { world } = quietWorld();
  world.addModem({ number: NUMBER });
  expect(world.fillMemory(NUMBER)).toBe(130);
});

test('a number is looked up as people write it, and what is not there is said', async () => {
  const { world } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  expect(world.resolve('3330000001')).toBe(NUMBER);
  expect(world.modem('3330000001')).toBe(modem);
  expect(world.modem('+390000')).toBeUndefined();
  expect(() => world.fillMemory('+390000')).toThrow('+390000');
  const message = { from: '+390000', to: NUMBER, content: { kind: 'text', text: 'x' } } as const;
  await expect(world.send(message)).rejects.toThrow('No phone has the number +390000');
});

test('the log begins with seed, service centre and profile, and has each other profile', () => {
  const world = createWorld({ seed: 5, clock: new VirtualClock() });
  const { us02 } = latencyProfiles;
  if (us02 !== undefined) world.profile = us02;
  expect(world.log.entries()).toMatchObject([
    { kind: 'start', seed: '5', smsc: expect.stringMatching(/^\+39\d+$/), profile: 'direct' },
    { kind: 'profile', profile: 'us02' },
  ]);
});
