import { expect, test } from 'vitest';
import { operators, type Reception } from '../../../sim/index.ts';
import { settingsDefaults } from '../../../sim/modem/settings.ts';
import { timeOf, timeText } from '../../../sim/modem/time-text.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function bench(options: { pin?: string; simCapacity?: number } = {}) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, ...options });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMEE=1\r');
  return { world, clock, says: (command: string, ms?: number) => host.type(`AT${command}\r`, ms) };
}

/** What a reception is in `+CSQ`, `+CESQ` and `+CIND` (3GPP TS 27.007, 8.5, 8.69 and 8.9). */
const RECEPTIONS: readonly (readonly [
  reception: Reception,
  csq: string,
  cesq: string,
  signal: number,
  service: number,
])[] = [
  ['good', '23,0', '46,0', 3, 1],
  ['weak', '7,4', '14,4', 1, 1],
  ['moving', '15,2', '30,2', 2, 1],
  ['shadow', '99,99', '99,99', 0, 1],
  ['none', '99,99', '99,99', 0, 0],
];

test.each(RECEPTIONS)('reception %s is +CSQ: %s and +CESQ: %s', async (reception, csq, cesq, signal, service) => {
  const { world, says } = await bench();
  world.subscriber(NUMBER)?.setReception(reception);
  expect(await says('+CSQ')).toBe(`\r\n+CSQ: ${csq}\r\n\r\nOK\r\n`);
  expect(await says('+CESQ')).toContain(`+CESQ: ${cesq},255,255,255,255\r\n`);
  expect(await says('+CIND?')).toContain(`+CIND: 5,${signal},${service},0,0,0,0\r\n`);
});

test.each([
  ['switched off', '+CFUN=4', '+CREG: 0,0'],
  ['told to leave the network', '+COPS=2', '+CREG: 0,0'],
])('a modem that is %s while it registers does not register', async (_how, command, registration) => {
  const { world, clock, says } = await bench();
  await says('+COPS=2');
  await says('+COPS=0', 0);
  expect(await says('+CREG?', 0)).toContain('+CREG: 0,2');
  await says(command, 60_000);
  expect(await says('+CREG?')).toContain(registration);
  const attached = world.log.entries().filter(({ kind }) => kind === 'attach');
  expect(attached).toHaveLength(1);
  await clock.advance(60_000);
  expect(world.modem(NUMBER)?.radio.registered).toBe(false);
});

test('a modem that is told twice to register does so once, as long after the second time', async () => {
  const { world, clock, says } = await bench();
  const { registrationMs } = (world.modem(NUMBER) ?? expect.fail('no modem')).personality.start;
  await says('+COPS=2');
  await says('+COPS=0', 0);
  await clock.advance(registrationMs - 1);
  await says('+COPS=2', 0);
  await says('+COPS=0', 0);
  await clock.advance(registrationMs - 1);
  expect(world.modem(NUMBER)?.radio.status).toBe(2);
  await clock.advance(1);
  expect(world.modem(NUMBER)?.radio.status).toBe(1);
  expect(world.log.entries().filter(({ kind }) => kind === 'attach')).toHaveLength(2);
});

test('a radio that is off hears nothing, and is attached to nothing', async () => {
  const { says } = await bench();
  await says('+CFUN=4');
  expect(await says('+CSQ')).toContain('+CSQ: 99,99');
  expect(await says('+CGATT?')).toContain('+CGATT: 0');
  await says('+CFUN=1', 2_000);
  expect(await says('+CSQ;+CGATT?')).toMatch(/\+CSQ: 23,0.*\+CGATT: 1/s);
  await says('+COPS=2');
  expect(await says('+CGATT?')).toContain('+CGATT: 0');
  await says('+COPS=0', 2_000);
  expect(await says('+CGATT?')).toContain('+CGATT: 1');
});

test('+CIND says that there are messages, that the SIM is full, and that the phone roams (3GPP TS 27.007, 8.9)', async () => {
  const { world, clock, says } = await bench({ simCapacity: 2 });
  for (const [text, indicators] of [
    ['one', '5,3,1,1,0,0,0'],
    ['two', '5,3,1,1,0,0,1'],
  ] as const) {
    world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
    await clock.advance(1);
    expect(await says('+CIND?')).toContain(`+CIND: ${indicators}\r\n`);
  }
  const abroad = operators['00103'];
  if (abroad !== undefined) world.subscriber(NUMBER)?.roamTo(abroad);
  await clock.advance(2_000);
  expect(await says('+CIND?')).toContain('+CIND: 5,3,1,1,0,1,1\r\n');
});

test('changes of registration are told as each of +CREG and +CGREG wants (3GPP TS 27.007, 7.2 and 10.1.20)', async () => {
  const { world, clock, says } = await bench();
  await says('+CREG=1;+CGREG=2');
  world.subscriber(NUMBER)?.setReception('none');
  expect(await says('')).toBe('\r\n+CREG: 0\r\n\r\n+CGREG: 0\r\n\r\nOK\r\n'.replaceAll(': 0', ': 2'));
  world.subscriber(NUMBER)?.setReception('good');
  await clock.advance(2_000);
  expect(await says('')).toContain('\r\n+CREG: 1\r\n\r\n+CGREG: 1,"00C3","1A2B"\r\n');
});

/** Wrong PINs and wrong PUKs, and what a command of each standard says then (3GPP TS 27.007, 9.2; 27.005, 3.2.5). */
test.each([
  [0, 0, 11, 311],
  [2, 0, 11, 311],
  [3, 0, 12, 316],
  [3, 9, 12, 316],
  [3, 10, 13, 313],
])(
  'after %i wrong PINs and %i wrong PUKs the SIM is refused with %i and %i',
  async (pins, puks, cmeError, cmsError) => {
    const { says } = await bench({ pin: '4321' });
    for (let i = 0; i < pins; i += 1) await says('+CPIN=0000');
    for (let i = 0; i < puks; i += 1) await says('+CPIN=00000000,1111');
    expect(await says('+CIMI')).toBe(`\r\n+CME ERROR: ${cmeError}\r\n`);
    expect(await says('+CMGL=4')).toBe(`\r\n+CMS ERROR: ${cmsError}\r\n`);
    expect(await says('+CPINR')).toContain(`+CPINR: SIM PIN,${3 - pins},3\r\n+CPINR: SIM PUK,${10 - puks},10\r\n`);
  },
);

test('a right PIN and a right PUK give all tries back; the PUK alone is not enough', async () => {
  const { says } = await bench({ pin: '4321' });
  const left = async () => (await says('+CPINR')).match(/,(\d+),/g)?.join('');
  await says('+CPIN=0000');
  expect(await left()).toBe(',2,,10,');
  await says('+CPIN=4321');
  expect(await left()).toBe(',3,,10,');
  for (let i = 0; i < 3; i += 1) await says('+CLCK="SC",0,"0000"');
  expect(await says('+CPIN=12345678')).toBe('\r\n+CME ERROR: 12\r\n');
  await says('+CPIN=00000000,1111');
  expect(await left()).toBe(',0,,9,');
  expect(await says('+CPIN=12345678,1111')).toBe('\r\nOK\r\n');
  expect(await left()).toBe(',3,,10,');
  expect(await says('+CLCK="SC",0,"1111"')).toBe('\r\nOK\r\n');
});

test('settings as they are after power-on', () => {
  expect(settingsDefaults()).toEqual({
    errorFormat: 0,
    messageFormat: 'pdu',
    charset: 'IRA',
    textHeaders: false,
    textParameters: { fo: 17, vp: 167, pid: 0, dcs: 0 },
    messageService: 0,
    indications: { mode: 0, mt: 0, bm: 0, ds: 0, bfr: 0 },
    keepLink: 0,
    registrationReports: 0,
    packetRegistrationReports: 0,
    kept: {},
    broadcasts: [0, '', ''],
    operatorFormat: 0,
    stores: ['SM', 'SM', 'SM'],
    phonebook: 'SM',
    ussdReports: 0,
    periodicCodes: true,
    ussdMode: 1,
  });
});

/** A moment, its zone in quarters of an hour, and how both are written (3GPP TS 27.005, 3.1, `<scts>`). */
test.each([
  ['2010-03-01T09:00:00Z', 4, '10/03/01,10:00:00+04'],
  ['2010-03-01T00:30:00Z', -20, '10/02/28,19:30:00-20'],
  ['2010-12-31T23:59:59Z', 1, '11/01/01,00:14:59+01'],
  ['2010-03-01T09:00:00Z', 0, '10/03/01,09:00:00+00'],
])('%s in zone %i is %s', (moment, zone, text) => {
  expect(timeText({ at: Date.parse(moment), zone })).toBe(text);
  expect(timeOf(text)).toBe(Date.parse(moment));
});

test('the log says once that a radio goes off, and on again, whatever off it is', async () => {
  const { world, says } = await bench();
  for (const functionality of [1, 4, 0, 4, 1, 1]) await says(`+CFUN=${functionality}`, 2_000);
  const power = world.log.entries().flatMap((entry) => (entry.kind === 'power' ? [[entry.number, entry.on]] : []));
  expect(power).toEqual([
    [NUMBER, false],
    [NUMBER, true],
  ]);
});

test('abroad +CREG=2 shows the cell too; not registered it shows none (3GPP TS 27.007, 7.2)', async () => {
  const { world, says } = await bench();
  await says('+CREG=2');
  const abroad = operators['00103'];
  if (abroad !== undefined) world.subscriber(NUMBER)?.roamTo(abroad);
  expect(await says('+CREG?', 2_000)).toContain('+CREG: 2,2\r\n');
  expect(await says('+CREG?', 2_000)).toContain('+CREG: 2,5,"00C3","1A2B"\r\n');
});

test('a device that is pulled out, or in, twice is so once, and comes back under the name that was said', async () => {
  const { world } = await bench();
  const modem = world.modem(NUMBER) ?? expect.fail('no modem');
  modem.plugIn();
  expect(modem.plugged).toBe(true);
  for (let i = 0; i < 2; i += 1) modem.unplug(0);
  expect(modem.plugged).toBe(false);
  for (let i = 0; i < 2; i += 1) modem.plugIn();
  const kinds = world.log.entries().flatMap(({ kind }) => (kind === 'plug' || kind === 'unplug' ? [kind] : []));
  expect(kinds).toEqual(['unplug', 'plug']);
});

test('what the network and the phone say of a code is in the log (3GPP TS 27.007, 7.15)', async () => {
  const { world, says } = await bench();
  await says('+CUSD=1,"*100#"', 1_000);
  const said = world.log
    .entries()
    .flatMap((entry) => (entry.kind === 'ussd' ? [[entry.number, entry.by, entry.text]] : []));
  expect(said).toEqual([
    [NUMBER, 'phone', '*100#'],
    [NUMBER, 'network', 'Your balance is 10.00 €'],
  ]);
});
