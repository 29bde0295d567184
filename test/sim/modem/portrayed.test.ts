import { expect, test } from 'vitest';
import { type Portrait, takePortrait } from '../../../modem/portrait/index.ts';
import { type Personality, standardPersonality } from '../../../sim/index.ts';
import { personalityOfPortrait } from '../../../sim/modem/portrayed.ts';
import { hostOf, quietWorld } from '../host.ts';

function modemOf(personality: Personality) {
  const { world, clock } = quietWorld();
  return { clock, modem: world.addModem({ number: '+393330000001', personality }) };
}

/** The portrait of a modem by the book. */
function portraitOfStandard(): Promise<Portrait> {
  const { clock, modem } = modemOf(standardPersonality);
  return clock.run(takePortrait(modem.memoryPort(), { clock }));
}

test('a command of which no form is there is unknown in every form', async () => {
  const portrait: Portrait = {
    ...(await portraitOfStandard()),
    answers: { '+CGMI': ['Maker', 'OK'] },
    found: { '+CSMS?': ['+CSMS: 0,1,1,1', 'OK'] },
    live: ['+CSQ'],
    missing: ['+CNMI=?', '+CNMI?', '+CSMS=?', '+CSQ=?', '+CGMI=?', '+CMMS?'],
  };
  const personality = personalityOfPortrait(portrait);
  expect(personality.without).toEqual(['+CNMI', '+CMMS']);
  const { clock, modem } = modemOf(personality);
  const host = await hostOf(modem, clock);
  await host.type('ATE0\r');
  for (const [command, answer] of [
    ['+CNMI=2,1', 'ERROR'],
    ['+CSMS=?', 'ERROR'],
    ['+CSMS=1', 'OK'],
    ['+CSQ', 'OK'],
  ] as const) {
    expect(await host.type(`AT${command}\r`), command).toMatch(new RegExp(`\r\n${answer}\r\n$`));
  }
});

/** What a test form says, and what is refused from then on if it is not among it: a list of values for each place. */
test.each([
  ['+CNMI', ['+CNMI: (0-3),(0,1)', 'OK'], '(0-3),(0,1)'],
  ['+CPMS', ['+CPMS: ("SM","ME"),("SM")', 'OK'], '("SM","ME"),("SM")'],
  ['+CNMI', ['+CNMI: (0-3),()', 'OK'], undefined],
  ['+CNMI', ['+CNMI: 0,1', 'OK'], undefined],
  ['+CNMI', ['+CNMI: (0-3),1', 'OK'], undefined],
  ['+CPMS', ['+CPMS: (("SM","ME"),("SM"))', 'OK'], undefined],
  ['+CNMI', ['+CNMI: (0-3)', '+CNMI: (0,1)', 'OK'], undefined],
  ['+CNMI', ['+CNMI: (0-3)', ''], undefined],
  ['+CNMI', ['(0-3)', 'OK'], undefined],
  ['+CLIP', ['+CLIP: (0,1)', 'OK'], undefined],
] as const)('%s=? of a portrait says %j', async (name, lines, offer) => {
  const answers = { [`${name}=?`]: lines };
  const personality = personalityOfPortrait({ ...(await portraitOfStandard()), answers });
  expect(personality.offers).toEqual(offer === undefined ? {} : { [name]: offer });
  // What is no offer is said as it is.
  expect(personality.answers[`${name}=?`]).toEqual(offer === undefined ? lines : undefined);
});

/** The echo of a portrait: whether the line can echo, and whether it does after a start. */
test.each([
  ['on', true, true],
  ['off', true, false],
  ['never', false, true],
] as const)('echo %s', async (echo, echoes, atStart) => {
  const portrait = await portraitOfStandard();
  const personality = personalityOfPortrait({ ...portrait, manners: { ...portrait.manners, echo } });
  expect([personality.wire.echoes, personality.atStart.talk.echo]).toEqual([echoes, atStart]);
});

test('the manners, delays and codes of a portrait are those of the personality', async () => {
  const portrait = await portraitOfStandard();
  const manners = {
    ...portrait.manners,
    unknownCommand: '+CME ERROR: 58',
    lineStart: '\n',
    lineEnd: '\r',
    prompt: '>',
    promptMs: 90,
    escape: 'silence',
    okAfterError: true,
    nuls: true,
    waiting: 'left over',
    firstLine: 'unheard',
    simState: 'SIM PIN2',
  } as const;
  const delays = { usualMs: 30, firstMs: 700, commands: { '+CSQ': 400 } };
  const codes = { everyMs: 5_000, lines: ['^RSSI: 9'] };
  const personality = personalityOfPortrait({ ...portrait, name: 'mine', manners, delays, codes });
  expect(personality).toMatchObject({
    id: 'mine',
    unknownCommand: '+CME ERROR: 58',
    wire: {
      lineStart: '\n',
      lineEnd: '\r',
      prompt: '>',
      promptDelayMs: 60,
      answersEscape: false,
      orphanOkAfterError: true,
      nuls: true,
      staleAtOpen: 'left over',
      firstLine: 'unheard',
    },
    start: { readyState: 'SIM PIN2' },
    delays,
    noise: { everyMs: 5_000, codes: ['^RSSI: 9'] },
  });
  const { prompt: _, promptMs: __, ...silent } = manners;
  const { codes: ___, ...quiet } = { ...portrait, manners: { ...silent, escape: 'OK' as const }, delays };
  expect(personalityOfPortrait(quiet)).toMatchObject({
    wire: { prompt: standardPersonality.wire.prompt, promptDelayMs: 0, answersEscape: true },
    noise: undefined,
  });
  const quick = { ...portrait, manners: { ...manners, promptMs: 10 }, delays };
  expect(personalityOfPortrait(quick).wire.promptDelayMs, 'a prompt that comes before others').toBe(0);
});

test.each([
  [{ '+CGMI': ['Maker', 'OK'], '+CGMM': ['Model', 'OK'], '+CGMR': ['7', 'OK'] }, ['Maker', 'Model', '7']],
  [{}, ['', '', '']],
])('with the answers %j it is %j', async (answers, identity) => {
  const found = personalityOfPortrait({ ...(await portraitOfStandard()), answers });
  expect([found.manufacturer, found.model, found.revision]).toEqual(identity);
});

test('its answers to +CPIN? and +CREG? are forms that the SIM and the network fill', async () => {
  const answers = { '+CPIN?': ['+CPIN:{state}', 'OK'], '+CREG?': ['+CREG: {n},0{stat}', 'OK'], '+X?': ['x', 'OK'] };
  const portrait = await portraitOfStandard();
  const personality = personalityOfPortrait({ ...portrait, answers, missing: ['+Y=?'] });
  expect([personality.start.pinAnswer, personality.network.registration]).toEqual(['+CPIN:{state}', '{n},0{stat}']);
  expect(personality.answers).toEqual({ '+X?': ['x', 'OK'], '+Y=?': [portrait.manners.unknownCommand] });
  const refused = personalityOfPortrait({ ...portrait, answers: { '+CPIN?': ['ERROR'], '+CREG?': ['ERROR'] } });
  expect([refused.start.pinAnswer, refused.network.registration]).toEqual([
    standardPersonality.start.pinAnswer,
    standardPersonality.network.registration,
  ]);
  expect(refused.answers).toMatchObject({ '+CPIN?': ['ERROR'], '+CREG?': ['ERROR'] });
});

/** What a read form says at the start, and the settings that the modem then begins with. */
test.each([
  ['+CMEE?', '+CMEE: 2', { errorFormat: 2 }],
  ['+CMEE?', '+CMEE: ', { errorFormat: 0 }],
  ['+CMGF?', '+CMGF: 1', { messageFormat: 'text' }],
  ['+CMGF?', '+CMGF: 0', { messageFormat: 'pdu' }],
  ['+CSCS?', '+CSCS: "UCS2"', { charset: 'UCS2' }],
  ['+CSCS?', '+CSCS: ', { charset: 'IRA' }],
  ['+CSDH?', '+CSDH: 1', { textHeaders: true }],
  ['+CSDH?', '+CSDH: 0', { textHeaders: false }],
  ['+CSMS?', '+CSMS: 1,1,1,1', { messageService: 1 }],
  ['+CSMS?', '+CSMS: ', { messageService: 0 }],
  ['+CMMS?', '+CMMS: 2', { keepLink: 2 }],
  ['+CMMS?', '+CMMS: ', { keepLink: 0 }],
  ['+CNMI?', '+CNMI: 3,1,2,2,1', { indications: { mode: 3, mt: 1, bm: 2, ds: 2, bfr: 1 } }],
  ['+CNMI?', '+CNMI: ', { indications: { mode: 0, mt: 0, bm: 0, ds: 0, bfr: 0 } }],
  ['+CSMP?', '+CSMP: 49,1,2,4', { textParameters: { fo: 49, vp: 1, pid: 2, dcs: 4 } }],
  ['+CSMP?', '+CSMP: ', { textParameters: { fo: 17, vp: 167, pid: 0, dcs: 0 } }],
  ['^USSDMODE?', '^USSDMODE: 0', { ussdMode: 0 }],
  ['^USSDMODE?', '^USSDMODE: ', { ussdMode: 1 }],
  ['+CXYZ?', '+CXYZ: 1', {}],
])('%s that says %s at the start', async (form, said, settings) => {
  const portrait = await portraitOfStandard();
  const at = (lines: readonly string[]) =>
    personalityOfPortrait({ ...portrait, found: { [form]: lines } }).atStart.settings;
  expect(at([said, 'OK'])).toEqual(settings);
  expect(at([said, 'ERROR'])).toEqual({});
});
