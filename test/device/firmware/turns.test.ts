import { describe, expect, test } from 'vitest';
import { textOf } from '../../../device/index.ts';
import { during, settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { type AirBench, airBench, FakeServer, type SuiteParts, suiteFiles, URL_OF_JAD } from './over-the-air.ts';

/** An application that rings after a time, shows its name (at once, or later) or asks for one, and says when its own key was pressed. */
const SCRIPT = `
  const { MIDlet, Display, Form, Command, PushRegistry, StringItem, TextField } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const { system } = this.context;
      const form = new Form(this.getAppProperty('MIDlet-Name'));
      if (this.getAppProperty('Asks') !== undefined) form.append(new TextField('Name', '', 9, { input: 'ANY' }));
      form.addCommand(new Command('Mine', 'OK', 1));
      form.addCommand(new Command('End', 'EXIT', 1));
      form.setCommandListener(({ label }) => {
        if (label === 'End') this.notifyDestroyed();
        else form.append(new StringItem('', 'pressed'));
      });
      const ringsAfter = Number(this.getAppProperty('Rings-After') ?? 0);
      if (ringsAfter > 0) PushRegistry.registerAlarm(this.context, system.currentTimeMillis() + ringsAfter);
      const show = () => Display.getDisplay(this).setCurrent(form);
      const showsAfter = Number(this.getAppProperty('Shows-After') ?? 0);
      if (showsAfter > 0) system.schedule(showsAfter, show);
      else show();
    }
    pauseApp() {}
    destroyApp() {}
  };`;

const RINGS = { 'Rings-After': '60000' };
const LISTENS = {
  'MIDlet-Push-1': 'sms://:5000, Chat, *',
  'MIDlet-Permissions': [
    'javax.microedition.io.PushRegistry',
    'javax.microedition.io.Connector.sms',
    'javax.wireless.messaging.sms.receive',
  ].join(', '),
};

const suite = (attributes: SuiteParts['attributes'] = {}) => suiteFiles({ script: SCRIPT, attributes });

/** A phone with the application, which has run once. Its server has another one now. */
async function phoneWith(attributes: SuiteParts['attributes']): Promise<AirBench> {
  const air = airBench({ server: new FakeServer().offer(suite(attributes)), trustedKeys: [SIGNER] });
  await air.install();
  await air.select('Start');
  await during(air.clock, air.phone.waitFor('End'));
  await air.select('End');
  air.server.offer(suite({ 'MIDlet-Name': 'Bus', 'MIDlet-1': 'Bus,,Chat' }));
  air.events.length = 0;
  return air;
}

/** A message comes for the application on port 5000. */
async function message(air: AirBench): Promise<void> {
  const content = { kind: 'text', text: 'ciao', ports: { destination: 5000, source: 5000 } } as const;
  await air.radio.deliver({ originator: '+391', sentAt: air.clock.now(), content });
  await settle(air.clock);
}

const rung = ({ events }: AirBench) =>
  events.filter((event) => event.kind === 'sound' && event.tone === 'attention').length;
const started = ({ events }: AirBench) =>
  events.flatMap((event) => (event.kind === 'application' && event.state === 'started' ? [event.name] : []));

/** The way to each question of the phone, its title, its answer, and what stands there after it. */
const QUESTIONS: readonly (readonly [question: string, way: readonly string[], title: string, answer: string])[] = [
  ['whether a link is opened', [], 'Open?', 'Back'],
  ['whether an application is installed', ['Open'], 'Install?', 'Cancel'],
  ['whether it is started', ['Open', 'Install'], 'Installed', 'Later'],
];

/** The same for those among the menus, from the idle screen. */
const CHOICES: typeof QUESTIONS = [
  ['the settings', ['Menu', 'Settings'], 'Settings', 'Back'],
  ['what an application may do', ['Menu', 'Applications', 'Details', 'Permissions'], 'Chat', 'Back'],
  ['whether it is removed', ['Menu', 'Applications', 'Details', 'Remove'], 'Chat', 'Back'],
];

/** The message with a link is opened, and so is its link. */
async function openLink(air: AirBench): Promise<void> {
  await air.text();
  await air.select('Messages');
  air.phone.press('select');
  await air.select('Open');
}

describe('A question of the phone keeps the screen', () => {
  test.each([...QUESTIONS, ...CHOICES])('%s', async (...[question, way, title, answer]) => {
    const air = await phoneWith(RINGS);
    if (QUESTIONS.some(([one]) => one === question)) await openLink(air);
    await air.select(...way);
    expect(air.phone.screen).toMatchObject({ title, indicator: { kind: 'phone' } });
    await air.clock.advance(60_000);
    expect(air.phone.screen).toMatchObject({ title, indicator: { kind: 'phone' }, ticker: 'Chat waits' });
    expect([started(air), rung(air)]).toEqual([[], 1]);
    await air.select(answer);
    expect(air.phone.screen).toMatchObject({ title: 'Chat', indicator: { kind: 'trusted' }, keysLocked: true });
    expect(air.phone.screen.ticker).toBeUndefined();
  });

  test('also when something was chosen in it, which is no answer', async () => {
    const air = await phoneWith(RINGS);
    await air.select('Menu', 'Settings', 'Italiano');
    await air.clock.advance(60_000);
    expect(air.phone.screen).toMatchObject({ title: 'Settings', ticker: 'Chat waits' });
  });

  test('to its end: what was answered is done, and the application comes with the next screen', async () => {
    const air = await phoneWith(RINGS);
    await openLink(air);
    await air.select('Open');
    await air.clock.advance(60_000);
    await air.select('Install');
    expect(started(air)).toEqual(['Chat']);
    await air.select('End');
    expect(air.phone.screen).toMatchObject({ title: 'Installed', keysLocked: true });
    await air.select('Start');
    expect(air.phone.screen.title).toBe('Bus');
  });

  test('and who starts another application then is asked about the one that waits', async () => {
    const air = await phoneWith(LISTENS);
    await openLink(air);
    await air.select('Open', 'Install');
    await message(air);
    expect(air.phone.screen).toMatchObject({ title: 'Installed', ticker: 'Chat waits' });
    await air.select('Start');
    expect(textOf(air.phone.screen)).toContain('A message for Chat has come. Open it now? Bus will be closed.');
    await air.select('Open');
    expect(air.phone.screen.title).toBe('Chat');
  });

  test('and is asked about it again when that one had ended before the answer', async () => {
    const air = await phoneWith(LISTENS);
    await air.install();
    for (const way of [['Start'], ['Menu', 'Applications', 'Bus']]) {
      await air.select(...way);
      await message(air);
      expect(textOf(air.phone.screen)).toContain('A message for Chat has come. Open it now? Bus will be closed.');
      air.phone.press('power');
      await settle(air.clock);
      await air.select('End');
      await air.clock.advance(1_000);
    }
  });

  test('rings for each message, and opens the application once', async () => {
    const air = await phoneWith(LISTENS);
    await air.select('Menu', 'Settings');
    await message(air);
    await air.clock.advance(2_000);
    await message(air);
    expect([started(air), rung(air)]).toEqual([[], 2]);
    await air.select('Back', 'End');
    expect(started(air)).toEqual(['Chat']);
  });

  test('also from an application that runs and has shown nothing yet', async () => {
    const air = await phoneWith({ 'Shows-After': '5000' });
    await air.select('Menu', 'Applications', 'Chat', 'Back', 'Settings');
    await air.clock.advance(10_000);
    expect(air.phone.screen).toMatchObject({ title: 'Settings' });
    await air.select('Back');
    expect(air.phone.screen).toMatchObject({ title: 'Chat', keysLocked: true });
  });

  test('until the red key takes it away', async () => {
    const air = await phoneWith(RINGS);
    await air.select('Menu', 'Settings');
    await air.clock.advance(60_000);
    air.phone.press('power');
    await settle(air.clock);
    expect(air.phone.screen).toMatchObject({ title: 'Chat', keysLocked: true });
  });
});

describe('A key press is for the screen that was there', () => {
  test('when an application comes over a menu', async () => {
    const air = await phoneWith(RINGS);
    await air.select('Menu', 'Applications');
    await air.clock.advance(60_000);
    expect(air.phone.screen).toMatchObject({ title: 'Chat', keysLocked: true, softKeys: { left: '', right: '' } });
    air.phone.press('soft-left');
    expect(textOf(air.phone.screen)).not.toContain('pressed');
    await air.select('Mine');
    expect(textOf(air.phone.screen)).toContain('pressed');
  });

  test('and so is a letter of the keyboard', async () => {
    const air = await phoneWith({ ...RINGS, Asks: 'a name' });
    await air.select('Menu');
    await air.clock.advance(60_000);
    air.handset.type('x');
    expect(air.phone.screen.items).toEqual([expect.objectContaining({ label: 'Name', value: '' })]);
    await air.clock.advance(1_000);
    air.handset.type('y');
    expect(air.phone.screen.items).toEqual([expect.objectContaining({ label: 'Name', value: 'y' })]);
  });

  test('not held back on what the owner opens after the red key', async () => {
    const air = await phoneWith(RINGS);
    await air.select('Menu');
    await air.clock.advance(60_000);
    expect(air.phone.screen.keysLocked).toBe(true);
    air.phone.press('power');
    await settle(air.clock);
    air.phone.press('soft-left');
    expect(air.phone.screen).toMatchObject({ title: 'Menu', softKeys: { right: 'Back' } });
    expect(air.phone.screen.keysLocked).toBeUndefined();
  });

  test('when one application follows another', async () => {
    const air = await phoneWith(RINGS);
    await openLink(air);
    await air.select('Open', 'Install', 'Start');
    await air.clock.advance(60_000);
    await air.select('End');
    expect(air.phone.screen).toMatchObject({ title: 'Chat', keysLocked: true });
  });

  test('not held back where nothing was asked: on the idle screen', async () => {
    const air = await phoneWith(RINGS);
    await air.clock.advance(60_000);
    expect(air.phone.screen.title).toBe('Chat');
    expect(air.phone.screen.keysLocked).toBeUndefined();
  });

  test('not held back on the screen of an application that its owner has opened', async () => {
    const air = await phoneWith({});
    await air.select('Menu', 'Applications', 'Chat');
    expect(air.phone.screen.keysLocked).toBeUndefined();
    air.phone.press('soft-left');
    expect(textOf(air.phone.screen)).toContain('pressed');
  });

  test('held back when the owner has gone elsewhere before the application shows something', async () => {
    const air = await phoneWith({ 'Shows-After': '5000' });
    await air.select('Menu', 'Applications', 'Chat', 'Back');
    await air.clock.advance(5_000);
    expect(air.phone.screen).toMatchObject({ title: 'Chat', keysLocked: true });
  });

  test('when a download ends', async () => {
    const air = await phoneWith({});
    await openLink(air);
    await air.select('Open');
    expect(air.phone.screen).toMatchObject({ title: 'Install?', keysLocked: true });
    await air.select('Install');
    expect(air.phone.screen).toMatchObject({ title: 'Installed', keysLocked: true });
  });
});

test('An application that nobody signed is asked about once: the red key is a "Later"', async () => {
  const air = airBench({
    server: new FakeServer().offer(suiteFiles({ script: SCRIPT, attributes: RINGS, seed: null })),
  });
  await air.install();
  await air.select('Start', 'End');
  await air.clock.advance(60_000);
  expect(textOf(air.phone.screen)).toContain('Open it now?');
  air.phone.press('power');
  await settle(air.clock);
  expect(air.phone.screen.kind).toBe('idle');
});

test('"Open it now?" is not covered by an installation that goes on', async () => {
  const air = airBench({
    server: new FakeServer().offer(suiteFiles({ script: SCRIPT, attributes: { 'Rings-After': '6000' }, seed: null })),
  });
  await air.install();
  await air.select('Start', 'End');
  let answer = () => {};
  const jad = air.server.answers.get(URL_OF_JAD);
  air.server.answers.set(URL_OF_JAD, async (request) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return (await jad?.(request)) ?? { kind: 'status', status: 404 };
  });
  await openLink(air);
  await air.select('Open');
  await air.clock.advance(6_000);
  expect(textOf(air.phone.screen)).toContain('Open it now?');
  answer();
  await settle(air.clock);
  expect(textOf(air.phone.screen)).toContain('Open it now?');
  await air.select('Later');
  expect(air.phone.screen).toMatchObject({ title: 'Install?', keysLocked: true });
});
