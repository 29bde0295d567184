import { describe, expect, test } from 'vitest';
import { textOf } from '../../../device/index.ts';
import { settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { type AirBench, airBench, FakeServer, type SuiteParts, suiteFiles } from './over-the-air.ts';

const ATTRIBUTES = {
  'MIDlet-Permissions': 'javax.microedition.io.PushRegistry',
  'MIDlet-2': 'Second,,Second',
  'MIDlet-Push-1': 'sms://:4000, Chat, *',
};

/** Two applications; the first does what is written in Does, and shows its results. */
const SCRIPT = `
  const { MIDlet, Display, Form, StringItem, PushRegistry } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const form = new Form('First');
      for (const [name, ...given] of JSON.parse(this.getAppProperty('Does'))) {
        let result;
        try {
          result = PushRegistry[name](this.context, ...given);
        } catch (error) {
          result = error.name;
        }
        form.append(new StringItem('', JSON.stringify(result) ?? 'undefined'));
      }
      Display.getDisplay(this).setCurrent(form);
    }
    pauseApp() {}
    destroyApp() {}
  };
  exports.Second = class extends exports.Chat {
    startApp() {
      Display.getDisplay(this).setCurrent(new Form('Second'));
    }
  };`;

type Does = readonly (readonly [name: string, ...given: readonly unknown[]])[];

function parts(does: Does, attributes: SuiteParts['attributes'] = {}): SuiteParts {
  return { script: SCRIPT, attributes: { ...ATTRIBUTES, Does: JSON.stringify(does), ...attributes } };
}

/** What the first application says of what it does; it has ended then. */
async function said(
  does: Does,
  attributes?: SuiteParts['attributes'],
): Promise<AirBench & { readonly results: readonly string[] }> {
  const air = airBench({ server: new FakeServer().offer(suiteFiles(parts(does, attributes))), trustedKeys: [SIGNER] });
  await air.install();
  await air.select('Start');
  const results = air.phone.screen.items.map(({ label }) => label);
  air.phone.press('power');
  await settle(air.clock);
  return { ...air, results };
}

async function deliver(air: AirBench, port: number, originator = '+391'): Promise<string> {
  const content = { kind: 'text', text: 'x', ports: { destination: port, source: 0 } } as const;
  await air.radio.deliver({ originator, sentAt: 0, content });
  await settle(air.clock);
  return air.phone.screen.title;
}

const REGISTER = ['registerConnection', 'sms://:5000', 'Second', '+39?'] as const;

// JSR-118, javax.microedition.io.PushRegistry.
describe('PushRegistry', () => {
  test.each<[what: string, does: Does, results: readonly string[]]>([
    [
      'lists what is registered',
      [REGISTER, ['listConnections', false]],
      ['undefined', '["sms://:4000","sms://:5000"]'],
    ],
    ['lists none without a message', [REGISTER, ['listConnections', true]], ['undefined', '[]']],
    [
      'knows class and filter',
      [REGISTER, ['getMIDlet', 'sms://:5000'], ['getFilter', 'sms://:5000']],
      ['undefined', '"Second"', '"+39?"'],
    ],
    [
      'knows those of the descriptor',
      [
        ['getMIDlet', 'sms://:4000'],
        ['getFilter', 'sms://:4000'],
      ],
      ['"Chat"', '"*"'],
    ],
    [
      'knows nothing of others',
      [
        ['getMIDlet', 'sms://:1'],
        ['getFilter', 'sms://:1'],
      ],
      ['undefined', 'undefined'],
    ],
    [
      'takes back',
      [REGISTER, ['unregisterConnection', 'sms://:5000'], ['listConnections', false]],
      ['undefined', 'true', '["sms://:4000"]'],
    ],
    ['takes nothing back that is not there', [['unregisterConnection', 'sms://:5000']], ['false']],
    [
      'leaves those of the descriptor',
      [
        ['unregisterConnection', 'sms://:4000'],
        ['listConnections', false],
      ],
      ['false', '["sms://:4000"]'],
    ],
    ['takes a port once', [REGISTER, REGISTER], ['undefined', '"IOException"']],
    ['takes no port of the descriptor', [['registerConnection', 'sms://:4000', 'Chat', '*']], ['"IOException"']],
    [
      'takes no class that is not there',
      [['registerConnection', 'sms://:5000', 'Third', '*']],
      ['"ClassNotFoundException"'],
    ],
    ['takes no port of the phone', [['registerConnection', 'sms://:2948', 'Chat', '*']], ['"SecurityException"']],
    ['takes no number', [['registerConnection', 'sms://+391:5000', 'Chat', '*']], ['"IllegalArgumentException"']],
    ['takes nothing else', [['registerConnection', 'socket://:5000', 'Chat', '*']], ['"IllegalArgumentException"']],
    ['takes no empty filter', [['registerConnection', 'sms://:5000', 'Chat', '']], ['"IllegalArgumentException"']],
    [
      'takes a filter of 64 characters, and no longer one',
      [
        ['registerConnection', 'sms://:5000', 'Chat', '*'.repeat(64)],
        ['registerConnection', 'sms://:5001', 'Chat', '*'.repeat(65)],
      ],
      ['undefined', '"IllegalArgumentException"'],
    ],
    ['sets no alarm of a class that is not there', [['registerAlarm', 1, 'Third']], ['"ClassNotFoundException"']],
    [
      'gives the alarm before, a class its own',
      [
        ['registerAlarm', 4e12, 'Second'],
        ['registerAlarm', 5e12],
        ['registerAlarm', 6e12, 'Second'],
      ],
      ['undefined', 'undefined', '4000000000000'],
    ],
  ])('%s', async (_what, does, results) => {
    expect((await said(does)).results).toEqual(results);
  });

  test('registers nothing without the permission', async () => {
    const { results } = await said([REGISTER], { 'MIDlet-Permissions': 'javax.microedition.io.Connector.sms' });
    expect(results).toEqual(['"SecurityException"']);
  });

  test('registers 16 connections of a suite', async () => {
    const does = Array.from(
      { length: 16 },
      (_, n) => ['registerConnection', `sms://:${5000 + n}`, 'Chat', '*'] as const,
    );
    const { results } = await said(does);
    expect(results).toEqual([...Array.from({ length: 15 }, () => 'undefined'), '"IOException"']);
  });
});

describe('A connection that an application has registered', () => {
  test('starts the class for senders that pass the filter, also after a restart', async () => {
    const air = (await said([REGISTER])).reboot();
    expect(await deliver(air, 5000, '+3')).toBe('');
    expect(await deliver(air, 5000, '+3912')).toBe('');
    expect(await deliver(air, 5000, '+391')).toBe('Second');
  });

  test('starts nothing when it was taken back', async () => {
    const air = await said([REGISTER, ['unregisterConnection', 'sms://:5000']]);
    expect(await deliver(air, 5000)).toBe('');
  });

  test('keeps other suites away from its port: 911', async () => {
    const air = await said([REGISTER]);
    air.server.offer(suiteFiles({ attributes: { 'MIDlet-Name': 'Other', 'MIDlet-Push-1': 'sms://:5000, Chat, *' } }));
    await air.install();
    expect(textOf(air.phone.screen)).toContain('(911)');
  });

  test('stays through an update, unless the class is gone, and goes with the suite', async () => {
    const air = await said([REGISTER]);
    const { 'MIDlet-2': _, ...without } = ATTRIBUTES;
    air.server.offer(suiteFiles({ ...parts([]), version: '2.0' }));
    await air.install();
    await air.select('Later');
    expect(await deliver(air, 5000)).toBe('Second');
    air.phone.press('power');
    air.server.offer(suiteFiles({ script: SCRIPT, attributes: without, version: '3.0' }));
    await air.install();
    await air.select('Later');
    expect(await deliver(air, 5000)).toBe('');
    await air.select('Menu', 'Applications', 'Details', 'Remove', 'Remove');
    expect(air.flash.read('push-registry')).toBeUndefined();
  });

  test('has an alarm a class', async () => {
    const air = await said([['registerAlarm', 1, 'Second']]);
    await air.clock.advance(20_000);
    expect(air.phone.screen.title).toBe('Second');
  });
});
