import { expect, test } from 'vitest';
import { openModem } from '../../../modem/index.ts';
import {
  type Portrait,
  PortraitError,
  portraitYaml,
  readPortrait,
  takePortrait,
} from '../../../modem/portrait/index.ts';
import { type Personality, personalities, standardPersonality } from '../../../sim/index.ts';
import { personalityOfPortrait } from '../../../sim/modem/portrayed.ts';
import { hostOf, openHost, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

/** A modem, and how its portrait is made. */
function sitter(personality: Personality = standardPersonality, pin?: string) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, personality, ...(pin === undefined ? {} : { pin }) });
  const take = () => {
    const taking = takePortrait(modem.memoryPort(), { clock });
    taking.catch(() => {});
    return clock.run(taking);
  };
  return { world, clock, modem, take };
}

const like = (change: Partial<Personality>): Personality => ({ ...standardPersonality, ...change });

const modems = Object.values(personalities).filter(({ wire }) => wire.answersAll === undefined);

test.each(modems.map((personality) => [personality.id, personality] as const))(
  'the portrait of a portrait of %s is the same, through a file',
  async (_id, personality) => {
    const first = await sitter(personality).take();
    const read = readPortrait(portraitYaml(first));
    expect(read).toEqual(first);
    expect(await sitter(personalityOfPortrait(read)).take()).toEqual(first);
  },
);

/** What is seen of a model, place by place. */
const SEEN: readonly (readonly [id: string, seen: object])[] = [
  [
    'standard',
    {
      manners: {
        echo: 'on',
        lineStart: '\r\n',
        lineEnd: '\r\n',
        prompt: '\r\n> ',
        escape: 'OK',
        unknownCommand: 'ERROR',
      },
    },
  ],
  ['motorola-ezx', { manners: { echo: 'never', unknownCommand: 'MODEM ERROR: 3', okAfterError: true } }],
  ['u-blox-sara', { manners: { lineStart: '\n', lineEnd: '\n' } }],
  ['simcom-sim800', { manners: { lineStart: '\r\n', lineEnd: '\r\r\n' } }],
  ['odd-a', { manners: { lineStart: '\n', unknownCommand: '+EXT ERROR: 0' } }],
  ['gemalto-bgs2', { manners: { prompt: '\r\n>' } }],
  ['simcom-sim7670g', { manners: { prompt: '\r\n>\r\n\r' } }],
  ['u-blox-lara-l6', { manners: { prompt: '>' } }],
  ['siemens-tc35', { manners: { escape: 'silence' } }],
  ['quectel-ec25', { manners: { promptMs: 250 } }],
  ['benq-m32', { manners: { firstLine: 'unheard' } }],
  ['sim-pin2', { manners: { simState: 'SIM PIN2' } }],
  ['zte-mf710m', { manners: { nuls: true, waiting: '\0\0\r\n+ZUSIMR:2\r\n\0CARRIER\r\n' }, codes: { everyMs: 2_000 } }],
  ['option-globetrotter', { codes: { everyMs: 3_000, lines: ['_OSIGQ: 20,0', '_OBS: 1'] } }],
  ['slow-always', { delays: { usualMs: 1_500, firstMs: 0 } }],
  ['slow-start', { delays: { usualMs: 0, firstMs: 10_000 } }],
  ['creg-zeros', { answers: { '+CREG?': ['+CREG: 00{n},00{stat}', 'OK'] } }],
  ['odd-b', { answers: { '+CPIN?': ['+CPIN:{state}', 'OK'], '+CPMS=?': ['OK'] } }],
  ['wavecom-q2', { answers: { '+CPIN?': ['+CPIN: {state}', ''] } }],
  ['nokia-s60', { missing: expect.arrayContaining(['+CNMI=?', '+CNMI?', '+CNMA=?']) }],
  ['ucs2-at-start', { found: { '+CSCS?': ['+CSCS: "UCS2"', 'OK'] } }],
  [
    'siemens-mc75i',
    { answers: { '+CNMI=?': ['+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)', 'OK'], '^SPIC': ['^SPIC: {pin}', 'OK'] } },
  ],
  ['huawei-e1752', { answers: { '^CPIN?': ['^CPIN: {state},,{puk},{pin},10,3', 'OK'] }, codes: { everyMs: 700 } }],
];

test.each(SEEN)('the portrait of %s shows what is its own', async (id, seen) => {
  expect(await sitter(personalities[id]).take()).toMatchObject(seen);
});

test('what it is taken for, it does: what is not offered is refused, settings begin as they were found', async () => {
  const portrait = await sitter(personalities['siemens-mc75i']).take();
  const { clock, modem } = sitter(personalityOfPortrait(portrait));
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMEE=1\r');
  expect(await host.type('AT+CSCS?\r')).toContain('"GSM"');
  expect(modem.settings.charset).toBe('GSM');
  expect(await host.type('AT+CSCS="HEX"\r')).toContain('+CME ERROR: 4');
  expect(await host.type('AT+CSCS="UCS2";+CSCS?\r')).toContain('"UCS2"');
  expect(await host.type('AT+CNMI=2,1,0,1,1\r')).toContain('+CMS ERROR: 303');
  expect(await host.type('AT+CNMI=2,1,0,2,1;+CNMI?\r')).toContain('+CNMI: 2,1,0,2,1');
  expect(await host.type('AT&F;+CSCS?\r')).toContain('"GSM"');
});

test('what is found is said until the command is set, and again after a reset and after a restart', async () => {
  const { clock, modem } = sitter(like({ found: { '+CSMS?': ['+CSMS: 0,1,1,0', 'OK'] } }));
  const host = await hostOf(modem, clock);
  const found = '+CSMS: 0,1,1,0';
  const read = async () => /\+CSMS: [\d,]+/.exec(await host.type('AT+CSMS?\r'))?.[0];
  expect(await read()).toBe(found);
  await host.type('AT+CSMS=9\r');
  expect(await read(), 'after a refusal').toBe(found);
  for (const back of [() => host.type('AT&F\r'), () => host.type('ATZ\r'), () => modem.reboot()]) {
    await host.type('AT+CSMS=1\r');
    expect(await read()).toBe('+CSMS: 1,1,1,1');
    await back();
    expect(await read()).toBe(found);
  }
});

test('a modem that is not ready is asked again', async () => {
  const notReady = { ms: 30_000, commands: ['+CSMS', '+CIMI'], result: '+CMS ERROR: 515' };
  const portrait = await sitter(like({ start: { ...standardPersonality.start, notReady } })).take();
  expect(portrait.found['+CSMS?']).toEqual(['+CSMS: 0,1,1,1', 'OK']);
  expect(portrait.answers['+CIMI']).toEqual(['{imsi}', 'OK']);
});

test('settings that are found are in force', async () => {
  const settings = {
    charset: 'UCS2',
    textHeaders: true,
    keepLink: 2,
    textParameters: { fo: 49, vp: 1, pid: 2, dcs: 8 },
  };
  const indications = { mode: 2, mt: 1, bm: 0, ds: 2, bfr: 1 };
  const atStart = {
    settings: { ...settings, indications, messageService: 1, messageFormat: 'text', errorFormat: 2 },
  } as const;
  const portrait = await sitter(like({ atStart: { ...atStart, talk: { echo: false } } })).take();
  const { modem, take } = sitter(personalityOfPortrait(portrait));
  expect(modem.settings).toMatchObject(atStart.settings);
  expect((await take()).manners.echo).toBe('off');
});

test('the modem is left as it was found: +CMEE, echo, stores, no prompt open', async () => {
  const { world, clock, modem, take } = sitter(
    like({ atStart: { settings: { errorFormat: 2 }, talk: { echo: false } } }),
  );
  world.deliver({ to: NUMBER, from: '+4412345678', content: { kind: 'text', text: 'secret words' } });
  await clock.advance(1_000);
  await take();
  expect(modem.settings.errorFormat).toBe(2);
  expect(modem.store('SM').get(1)).toMatchObject({ status: 0 });
  expect(world.submitted(NUMBER)).toEqual([]);
  expect(modem.sim.triesLeft).toEqual({ pin: 3, puk: 10 });
  const host = await hostOf(modem, clock);
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
});

const UCS2 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();

test.each(['standard', 'ucs2-at-start', 'huawei-e1752'])(
  'no number of the owner is in the portrait of %s',
  async (id) => {
    const { world, clock, modem, take } = sitter(personalities[id]);
    const host = await hostOf(modem, clock);
    await host.type('AT+CNMI=2,2,0,1;&W\r');
    await host.close();
    // A message comes while the modem is listened to.
    clock.after(3_000, () => {
      world.deliver({ to: NUMBER, from: '+4412345678', content: { kind: 'text', text: 'secret words' } });
      world.modem(NUMBER)?.notify('+CLIP: "+4412345679",145');
    });
    const yaml = portraitYaml(await take());
    const { imei, sim } = modem;
    for (const secret of [imei, sim.imsi, sim.iccid, NUMBER, sim.smsc.number, '+4412345678', '+4412345679', 'secret']) {
      const digits = secret.replace('+', '');
      for (const shown of [digits, UCS2(digits), digits.replaceAll(/(.)(.)/g, '$2$1')])
        expect(yaml).not.toContain(shown);
    }
    expect(yaml).toContain('{imei}');
    expect(yaml).toContain('{imsi}');
  },
);

test.each([
  ['port-ok', /OK to everything/],
  ['port-error', /not with OK|not answered with OK but with "ERROR"/],
  ['port-ppp', /"NO CARRIER"/],
])('%s is no modem, and said so', async (id, why) => {
  const failure = await sitter(personalities[id])
    .take()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PortraitError);
  expect(failure).toMatchObject({ code: 'not-a-modem', message: expect.stringMatching(why) });
});

test('a line that is silent is no modem', async () => {
  const { take } = sitter(
    like({
      wire: { ...standardPersonality.wire, needsControlLines: false, keepsEscape: false },
      delays: { usualMs: 60_000, firstMs: 0, commands: {} },
    }),
  );
  await expect(take()).rejects.toMatchObject({ code: 'not-a-modem', message: expect.stringContaining('nothing') });
});

test('a SIM that waits for its PIN is said to, and no PIN is tried', async () => {
  const { modem, take } = sitter(standardPersonality, '1234');
  await expect(take()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining('SIM PIN') });
  expect(modem.sim.triesLeft).toEqual({ pin: 3, puk: 10 });
});

test('echo that was off is off again on the same line', async () => {
  const { clock, modem } = sitter(like({ atStart: { settings: {}, talk: { echo: false } } }));
  const port = modem.memoryPort();
  await clock.run(takePortrait(port, { clock }));
  expect(await (await openHost(port, clock)).type('AT\r')).toBe('\r\nOK\r\n');
});

test('places in use are named, not kept', async () => {
  const { world, clock, take } = sitter();
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1_000);
  expect((await take()).answers['+CMGD=?']).toEqual(['+CMGD: ({places}),(0-4)', 'OK']);
});

test('the first answer takes what it takes on top of the usual time', async () => {
  const delays = { usualMs: 500, firstMs: 3_000, commands: {} };
  expect((await sitter(like({ delays })).take()).delays).toEqual(delays);
});

test('a slow command has its own time', async () => {
  const delays = { usualMs: 30, firstMs: 0, commands: { '+CSQ': 2_000, '+CNMI=?': 500 } };
  expect((await sitter(like({ delays })).take()).delays).toEqual(delays);
});

const BROKEN: readonly (readonly [why: string, change: (yaml: string) => string, message: RegExp])[] = [
  ['a value that is none of those', (yaml) => yaml.replace('echo: on', 'echo: maybe'), /manners\.echo/],
  ['a part that is missing', (yaml) => yaml.replace(/^portrait: 1$/m, ''), /portrait.*must be 1/],
  ['a part that is not known', (yaml) => `${yaml}\npin: 1234\n`, /pin/],
  ['a name that is no id', (yaml) => yaml.replace(/^name: .*$/m, 'name: My stick'), /name: must be small letters/],
  ['a form that is no command', (yaml) => yaml.replace('+CNMI=?:', 'CNMI!:'), /answers/],
  ['no YAML', () => 'a: [', /^no YAML/],
];

test.each(BROKEN)('a file with %s is refused in words', async (_why, change, message) => {
  const yaml = portraitYaml(await sitter().take());
  expect(() => readPortrait(change(yaml))).toThrow(message);
});

test('the driver talks to what a portrait makes as to the model', async () => {
  for (const id of ['huawei-e3372', 'u-blox-sara', 'motorola-ezx', 'zte-mf710m']) {
    const portrait: Portrait = await sitter(personalities[id]).take();
    const { clock, modem } = sitter(personalityOfPortrait(portrait));
    const driver = await clock.run(openModem(modem.memoryPort(), { clock }));
    expect(driver.identity).toMatchObject({ model: personalities[id]?.model, imei: modem.imei });
    const sent = clock.run(driver.send({ id: 'x', destination: NUMBER, content: { kind: 'text', text: 'hi' } }));
    expect(await sent).toMatchObject({ kind: 'sent' });
    await clock.run(driver.close());
  }
});
