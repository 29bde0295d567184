import { describe, expect, test } from 'vitest';
import { choicesFor } from '../../../device/firmware/permissions.ts';
import { textOf } from '../../../device/index.ts';
import { settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { type AirBench, airBench, FakeServer, suiteFiles } from './over-the-air.ts';

/** Starts at a message to port 5000, and a minute after each of its starts. */
const ALARM_CLOCK = `
  const { MIDlet, Display, Form, PushRegistry } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      PushRegistry.registerAlarm(this.context, this.context.system.currentTimeMillis() + 60000);
      Display.getDisplay(this).setCurrent(new Form('Chat'));
    }
    pauseApp() {}
    destroyApp() {}
  };`;

type Cause = 'message' | 'alarm';
type Signed = 'by a key that the phone knows' | 'by a key that it does not know' | 'by nobody';

const QUESTIONS: Readonly<Record<Cause, RegExp>> = {
  message: /A message for Chat[^.]* has come\. Open it now\?/,
  alarm: /The alarm of Chat[^.]* rings\. Open it now\?/,
};

/** A phone with the application, which was started by hand once and has ended. */
async function phoneWith(signed: Signed): Promise<AirBench> {
  const parts = { script: ALARM_CLOCK, attributes: { 'MIDlet-Push-1': 'sms://:5000, Chat, *' } };
  const files = suiteFiles(signed === 'by nobody' ? { ...parts, seed: null } : parts);
  const trustedKeys = signed === 'by a key that the phone knows' ? [SIGNER] : [];
  const air = airBench({ server: new FakeServer().offer(files), trustedKeys });
  await air.install();
  await air.select('Start');
  air.phone.press('power');
  await settle(air.clock);
  return air;
}

async function choose(air: AirBench, choice: string): Promise<void> {
  await air.select('Menu', 'Applications', 'Details', 'Permissions');
  air.phone.select(choice, 'Open for messages and alarms');
  await air.select('OK');
  air.phone.press('power');
}

/** What the phone does when a message comes or the alarm rings; what it asks stays on the screen. */
async function woken(air: AirBench, cause: Cause): Promise<'opens' | 'asks' | 'waits'> {
  const starts = () => air.events.filter((event) => event.kind === 'application' && event.state === 'started').length;
  const before = starts();
  if (cause === 'alarm') await air.clock.advance(60_000);
  else {
    const content = { kind: 'text', text: 'x', ports: { destination: 5000, source: 0 } } as const;
    await air.radio.deliver({ originator: '+391', sentAt: air.clock.now(), content });
  }
  await settle(air.clock);
  if (starts() > before) return 'opens';
  if (QUESTIONS[cause].test(textOf(air.phone.screen))) return 'asks';
  expect(air.phone.screen.kind).toBe('idle');
  return 'waits';
}

/** The same, answered with yes when it asks; the application has ended after it. */
async function wokenAndOpened(air: AirBench, cause: Cause): Promise<'opens' | 'asks' | 'waits'> {
  const does = await woken(air, cause);
  if (does === 'asks') await air.select('Open');
  air.phone.press('power');
  await settle(air.clock);
  return does;
}

describe('What may start an application (MIDP 2.1, application auto invocation)', () => {
  const KNOWN = 'by a key that the phone knows';
  const UNKNOWN = 'by a key that it does not know';
  // The choice of the owner, if any; then what the phone does the first time, the second time, and after it was switched off and on.
  test.each<[signed: Signed, choice: string, first: string, second: string, afterPower: string]>([
    [KNOWN, '', 'opens', 'opens', 'opens'],
    [KNOWN, 'At once', 'opens', 'opens', 'opens'],
    [KNOWN, 'Ask once until switched off', 'asks', 'opens', 'asks'],
    [KNOWN, 'Ask each time', 'asks', 'asks', 'asks'],
    [KNOWN, 'Only by hand', 'waits', 'waits', 'waits'],
    [UNKNOWN, '', 'asks', 'asks', 'asks'],
    [UNKNOWN, 'Ask once until switched off', 'asks', 'opens', 'asks'],
    [UNKNOWN, 'Only by hand', 'waits', 'waits', 'waits'],
    ['by nobody', '', 'asks', 'asks', 'asks'],
    ['by nobody', 'Ask once until switched off', 'asks', 'opens', 'asks'],
    ['by nobody', 'Only by hand', 'waits', 'waits', 'waits'],
  ])('signed %s, chosen "%s": %s, %s, %s', async (signed, choice, ...expected) => {
    for (const cause of ['message', 'alarm'] as const) {
      let air = await phoneWith(signed);
      if (choice !== '') await choose(air, choice);
      const done: string[] = [];
      for (const turn of [1, 2, 3]) {
        if (turn === 3) {
          // It opens, or asks, for the messages that the application has not taken.
          air = air.reboot();
          air.phone.press('power');
          await settle(air.clock);
        }
        done.push(await wokenAndOpened(air, cause));
        // What nothing has opened keeps its message and its alarm for the owner, who opens it.
        if (done.at(-1) === 'waits') expect(textOf(air.phone.screen)).toContain('Chat waits');
      }
      expect([cause, ...done]).toEqual([cause, ...expected]);
    }
  });

  test('a key that the phone does not know, and nobody, cannot be given "At once"', async () => {
    const choices = async (signed: Signed) => {
      const [suite] = (await phoneWith(signed)).handset.applications;
      return suite === undefined ? [] : choicesFor(suite).start;
    };
    expect(await choices(KNOWN)).toEqual(['blanket', 'session', 'oneshot', 'no']);
    expect(await choices(UNKNOWN)).toEqual(['oneshot', 'session', 'no']);
    expect(await choices('by nobody')).toEqual(['oneshot', 'session', 'no']);
  });

  test.each(['Later', 'by hand'] as const)('"once until switched off" is asked again after %s', async (instead) => {
    const air = await phoneWith('by nobody');
    await choose(air, 'Ask once until switched off');
    if (instead === 'Later') {
      expect(await woken(air, 'message')).toBe('asks');
      await air.select('Later');
    } else {
      await air.select('Menu', 'Applications', 'Chat');
      air.phone.press('power');
      await settle(air.clock);
    }
    await air.clock.advance(1_000);
    expect(await woken(air, 'message')).toBe('asks');
  });

  test('"once until switched off" ends with the long red key', async () => {
    const air = await phoneWith('by nobody');
    await choose(air, 'Ask once until switched off');
    expect(await wokenAndOpened(air, 'alarm')).toBe('asks');
    for (const _offAndOn of [1, 2]) air.phone.press('power', true);
    expect(await wokenAndOpened(air, 'alarm')).toBe('asks');
    expect(await wokenAndOpened(air, 'alarm')).toBe('opens');
  });

  test('an application that only its owner opens is not offered while another one runs', async () => {
    const air = await phoneWith('by nobody');
    await choose(air, 'Only by hand');
    air.server.offer(suiteFiles({ attributes: { 'MIDlet-Name': 'Other' } }));
    await air.install();
    await air.select('Start');
    const content = { kind: 'text', text: 'x', ports: { destination: 5000, source: 0 } } as const;
    await air.radio.deliver({ originator: '+391', sentAt: 0, content });
    await settle(air.clock);
    expect(air.phone.screen.title).toBe('Chat 1.0');
    air.phone.press('power');
    await settle(air.clock);
    expect([air.phone.screen.kind, textOf(air.phone.screen).includes('Chat waits')]).toEqual(['idle', true]);
  });

  test('a choice that was stored before there was this one counts, and the rest is that of a new application', async () => {
    const air = await phoneWith('by nobody');
    await choose(air, 'Ask once until switched off');
    const section = air.flash.read('permissions');
    const old = JSON.parse(JSON.stringify(section), (key, value) => (key === 'start' ? undefined : value));
    air.handset.powerOff();
    air.flash.write('permissions', old);
    const again = air.reboot();
    expect([await wokenAndOpened(again, 'message'), await wokenAndOpened(again, 'message')]).toEqual(['asks', 'asks']);
  });
});
