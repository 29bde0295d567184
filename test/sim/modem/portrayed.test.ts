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
