import { expect, test } from 'vitest';
import { type Personality, standardPersonality } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const UCS2 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();

/** A modem with UCS2 selected, and what a host types into it and hears. */
async function selected(charset: string, personality: Personality = standardPersonality) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, personality });
  const host = await hostOf(modem, clock);
  await host.type(`ATE0;+CMEE=1;+CSCS="${charset}"\r`);
  return {
    world,
    modem,
    types: (text: string) => host.type(text),
    says: (command: string) => host.type(`AT${command}\r`),
  };
}

/** Which strings are in the character set of +CSCS, and which are not: texts and names, not digits of a fixed form. */
const SHOWN: readonly (readonly [standard: string, command: string, answer: string])[] = [
  ['3GPP TS 27.007, 7.3, <oper> as a name', '+COPS=3,0;+COPS?', `+COPS: 0,0,"${UCS2('Cash-Mobile Sim')}"`],
  ['3GPP TS 27.007, 7.3, <oper> as a name', '+COPS=3,1;+COPS?', `+COPS: 0,1,"${UCS2('CMSIM')}"`],
  ['3GPP TS 27.007, 7.3, <oper> as digits', '+COPS=3,2;+COPS?', '+COPS: 0,2,"00101"'],
  [
    '3GPP TS 27.007, 7.3, <oper> of the test form',
    '+COPS=?',
    `+COPS: (2,"${UCS2('Cash-Mobile Sim')}","${UCS2('CMSIM')}","00101"),,(0-4),(0-2)`,
  ],
  ['3GPP TS 27.005, 3.1, <sca>', '+CSCA?', `+CSCA: "${UCS2('+393990000001')}",145`],
  ['3GPP TS 27.007, 7.1, <number>', '+CNUM', `+CNUM: "","${NUMBER}",145`],
  [
    '3GPP TS 27.007, 8.12, <text> and <number>',
    `+CPBW=1,"123",129,"${UCS2('Anna')}";+CPBR=1`,
    `+CPBR: 1,"123",129,"${UCS2('Anna')}"`,
  ],
  ['3GPP TS 27.007, 8.13', `+CPBW=1,"123",129,"${UCS2('Anna')}";+CPBF="${UCS2('A')}"`, `,"${UCS2('Anna')}"`],
  ['3GPP TS 27.007, 5.5: its own name is not', '+CSCS?', '+CSCS: "UCS2"'],
  ['3GPP TS 27.005, 3.2.2: names of stores are not', '+CPMS?', '+CPMS: "SM",0,30'],
];

test.each(SHOWN)('%s: AT%s with +CSCS="UCS2"', async (_standard, command, answer) => {
  const { says } = await selected('UCS2');
  expect(await says(command)).toContain(answer);
});

const ALL = { operator: true, serviceCentre: true, numbers: true };
const NONE = { operator: false, serviceCentre: false, numbers: false };

test.each([
  [ALL, '+CNUM', `+CNUM: "","${UCS2(NUMBER)}",145`],
  [ALL, `+CPBW=1,"${UCS2('+4412')}",145,"";+CPBR=1`, `+CPBR: 1,"${UCS2('+4412')}",145,""`],
  [NONE, '+CNUM', `+CNUM: "","${NUMBER}",145`],
  [NONE, '+COPS=3,0;+COPS?', '"Cash-Mobile Sim"'],
  [NONE, '+COPS=?', '(2,"Cash-Mobile Sim","CMSIM","00101")'],
  [NONE, '+CSCA?', '+CSCA: "+393990000001",145'],
] as const)('models differ in which strings are in the set: %j, AT%s', async (strings, command, answer) => {
  const { says } = await selected('UCS2', { ...standardPersonality, strings });
  expect(await says(command)).toContain(answer);
});

test.each([
  ['in the character set', UCS2('+391234')],
  ['in plain characters', '+391234'],
])('+CSCA= and +CPBW= take a number %s (3GPP TS 27.005, 3.1)', async (_how, written) => {
  const { modem, says } = await selected('UCS2');
  expect(await says(`+CSCA="${written}",145`)).toContain('OK');
  expect(modem.sim.smsc).toEqual({ number: '+391234', type: 145 });
  expect(await says(`+CPBW=1,"${written}",145;+CPBR=1`)).toContain('"+391234",145');
});

test('digits that are a number in UCS2 are read so, and others as they stand', async () => {
  const { modem, says } = await selected('UCS2');
  await says('+CSCA="00310032"');
  expect(modem.sim.smsc.number).toBe('12');
  await says('+CSCA="393990000002"');
  expect(modem.sim.smsc.number).toBe('393990000002');
});

test('+CSCA= and +CPBW= refuse what is a number in no way', async () => {
  const { says } = await selected('UCS2');
  expect(await says(`+CSCA="${UCS2('two')}"`)).toContain('+CMS ERROR: 305');
  expect(await says(`+CPBW=1,"${UCS2('?')}"`)).toContain('+CME ERROR: 50');
});

test.each([UCS2('Cash-Mobile Sim'), 'Cash-Mobile Sim'])('+COPS=1 finds the network by %s', async (name) => {
  const { says } = await selected('UCS2');
  expect(await says(`+COPS=1,0,"${name}";+COPS?`)).toContain('+COPS: 1,0,');
});

/** Text mode with one message in the store, at place 1. */
async function stored(charset: string, text: string) {
  const { world, types, says } = await selected(charset);
  await says('+CMGF=1');
  await says('+CMGW="123"');
  expect(await types(`${text}\x1a`)).toContain('+CMGW: 1');
  return { world, says, types };
}

test.each([UCS2('+393330000009'), '+393330000009'])('+CMSS and +CMGS of text mode send to %s', async (written) => {
  const { world, says, types } = await stored('UCS2', UCS2('hi'));
  expect(await says(`+CMSS=1,"${written}"`)).toContain('+CMSS: 0');
  await says(`+CMGS="${written}"`);
  expect(await types(`${UCS2('hi')}\x1a`)).toContain('+CMGS: 1');
  expect(world.submitted(NUMBER).map(({ to }) => to)).toEqual(['+393330000009', '+393330000009']);
});

test('+CMSS to what is no number is refused', async () => {
  const { says } = await stored('IRA', 'hi');
  expect(await says('+CMSS=1,"nobody"')).toContain('+CMS ERROR: 305');
});
