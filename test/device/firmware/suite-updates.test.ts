import { describe, expect, test } from 'vitest';
import { Alarms } from '../../../device/firmware/alarms.ts';
import { INSTALL_TEXTS } from '../../../device/firmware/install-texts.ts';
import { PushMessages } from '../../../device/firmware/push-messages.ts';
import { type Flash, FlashError, memoryFlash, textOf } from '../../../device/index.ts';
import { type ServiceIndication, serviceIndicationContent } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import {
  type AirBench,
  airBench,
  contentsOf,
  FakeServer,
  SCRIPT,
  type SuiteParts,
  suiteFiles,
  URL_OF_JAD,
} from './over-the-air.ts';

/** A phone with Chat, which was started once. */
async function phoneWithChat(
  parts: SuiteParts = {},
  flash: Flash = memoryFlash(),
  trustedKeys: readonly string[] = [],
): Promise<AirBench> {
  const air = airBench({ server: new FakeServer().offer(suiteFiles(parts)), flash, trustedKeys });
  await air.install();
  await air.select('Start');
  air.phone.press('power');
  await settle(air.clock);
  return air;
}

/** Opens Chat and says what it shows. */
async function opened(air: AirBench): Promise<string> {
  await air.select('Menu', 'Applications', 'Chat');
  const shown = textOf(air.phone.screen);
  air.phone.press('power');
  return shown;
}

describe('An update over the air', () => {
  test('by the same key keeps what was stored, and is said to be by the same maker', async () => {
    const air = await phoneWithChat();
    air.server.offer(suiteFiles({ version: '1.1' }));
    await air.openLink();
    const offer = textOf(air.phone.screen);
    expect(offer).toContain(INSTALL_TEXTS.en.sameSigner);
    expect(offer).toContain('Replaces: 1.0');
    expect(offer).not.toContain(INSTALL_TEXTS.en.erased);
    await air.select('Install', 'Later');
    expect(await opened(air)).toMatch(/Chat 1\.1\nstarted 2/);
    expect(await opened(air.reboot())).toMatch(/Chat 1\.1\nstarted 3/);
  });

  test('by a key that the phone trusts is said to be trusted, and not just to be by the same maker', async () => {
    const air = await phoneWithChat({}, memoryFlash(), [SIGNER]);
    air.server.offer(suiteFiles({ version: '1.1' }));
    await air.openLink();
    const offer = textOf(air.phone.screen);
    expect(offer).toContain(INSTALL_TEXTS.en.trusted);
    expect(offer).not.toContain(INSTALL_TEXTS.en.sameSigner);
  });

  test('of an application that nobody signed begins anew, after the owner was told', async () => {
    const air = await phoneWithChat({ seed: null });
    air.server.offer(suiteFiles({ version: '1.1', seed: null }));
    await air.openLink();
    expect(textOf(air.phone.screen)).toContain(INSTALL_TEXTS.en.erased);
    await air.select('Install', 'Later');
    expect(await opened(air)).toMatch(/Chat 1\.1\nstarted 1/);
  });

  test('by an older version is asked about; no leaves the newer one', async () => {
    const air = await phoneWithChat({ version: '1.10' });
    air.server.offer(suiteFiles({ version: '1.9' }));
    await air.openLink();
    expect(textOf(air.phone.screen)).toContain('1.10, which is NEWER');
    await air.select('Cancel');
    expect(await opened(air)).toMatch(/Chat 1\.10\nstarted 2/);
    await air.install();
    await air.select('Later');
    expect(await opened(air)).toMatch(/Chat 1\.9\nstarted 3/);
    expect(air.events).toContainEqual({
      kind: 'installed',
      name: 'Chat',
      version: '1.9',
      replaced: '1.10',
      isDowngrade: true,
    });
  });
});

const PUSH = { attributes: { 'MIDlet-Push-1': 'sms://:5000, Chat, *' } };
const DELETED = 'https://pay.example/deleted';

/** A message for Chat waits, and its alarm is set. */
async function phoneWithWaiting(flash?: Flash): Promise<AirBench> {
  const air = await phoneWithChat({ ...PUSH, descriptor: { 'MIDlet-Delete-Notify': DELETED } }, flash);
  const message = { suite: 'Chat', port: 5000, from: '+39', sourcePort: 0, sentAt: 0 };
  new PushMessages(air.flash, air.clock).add({ ...message, payload: { kind: 'text', text: 'x' } });
  new Alarms(air.flash, air.clock, () => {}).set('Chat', air.clock.now() + 1_000_000);
  return air.reboot();
}

describe('An application that is removed', () => {
  test('is asked about, and goes with its records, messages, alarms and ports; its server is told 912', async () => {
    const air = await phoneWithWaiting();
    air.phone.press('power');
    await air.select('Menu', 'Applications', 'Details', 'Remove');
    expect(textOf(air.phone.screen)).toContain('Remove Chat?');
    await air.select('Back', 'Remove', 'Remove');
    expect(textOf(air.phone.screen)).toContain('No applications');
    expect(air.server.told).toEqual([[DELETED, '912 Deletion Notification']]);
    expect(air.events).toContainEqual({ kind: 'removed', name: 'Chat', version: '1.0' });
    const { applications, alarms, push, ...others } = contentsOf(air.flash);
    expect([applications, alarms, push]).toEqual([{}, {}, []]);
    expect(Object.keys(others).toSorted()).toEqual(['inbox', 'settings']);
    air.server.offer(suiteFiles({ ...PUSH, attributes: { ...PUSH.attributes, 'MIDlet-Vendor': 'Other' } }));
    air.phone.press('power');
    await air.install();
    await air.select('Start');
    expect(textOf(air.phone.screen)).toContain('started 1');
  });

  test('without a network: its server is told when the phone is on again, not while it is off', async () => {
    const air = await phoneWithWaiting();
    air.phone.press('power');
    air.server.outcomes.push({ kind: 'lost', because: 'broken', reason: 'no network' });
    await air.select('Menu', 'Applications', 'Details', 'Remove', 'Remove');
    air.handset.powerOff();
    await air.clock.advance(1_200_000);
    expect(air.server.told).toEqual([]);
    air.handset.powerOn();
    await settle(air.clock);
    expect(air.server.told).toEqual([[DELETED, '912 Deletion Notification']]);
  });

  test('is ended when it runs, also before it has shown anything', async () => {
    const shows = 'Display.getDisplay(this).setCurrent(form)';
    const script = SCRIPT.replace(shows, `this.context.system.schedule(5000, () => ${shows})`);
    const air = airBench({ server: new FakeServer().offer(suiteFiles({ script })) });
    await air.install();
    await air.select('Later', 'Menu', 'Applications', 'Chat', 'Details', 'Remove', 'Remove');
    expect(air.events).toContainEqual({ kind: 'application', name: 'Chat', state: 'ended' });
    await air.clock.advance(10_000);
    expect(air.phone.screen.title).toBe('Menu');
  });

  test('the power goes at any write of that: it is there with its records, or all of it is gone', async () => {
    for (let cutAt = 1; cutAt < 7; cutAt += 1) {
      const flash = memoryFlash();
      await phoneWithWaiting(flash);
      let writes = 0;
      const dying = airBench({
        flash: {
          ...flash,
          write(name, value) {
            writes += 1;
            if (writes >= cutAt) throw new FlashError('failed', 'no power');
            flash.write(name, value);
          },
        },
      });
      dying.phone.press('power');
      await dying.select('Menu', 'Applications', 'Details', 'Remove', 'Remove').catch(() => {});
      const after = airBench({ flash });
      after.phone.press('power');
      const { applications, alarms, push } = contentsOf(flash);
      const isThere = after.handset.applications.length === 1;
      const records = flash.names().filter((name) => name.startsWith('records/')).length;
      expect([Object.keys(applications ?? {}), Object.keys(alarms ?? {}), records]).toEqual(
        isThere ? [['Chat'], ['Chat'], 1] : [[], [], 0],
      );
      expect(push).toHaveLength(isThere ? 1 : 0);
    }
  });
});

describe('A WAP push', () => {
  const send = async (air: AirBench, indication: Partial<ServiceIndication>, sentAt = 0) => {
    const content = serviceIndicationContent({ text: 'Our chat', href: URL_OF_JAD, ...indication });
    await air.radio.deliver({ originator: '+393400000001', sentAt, content });
    await settle(air.clock);
  };

  test('is a text in the inbox with a link, which is opened and installed by keys alone', async () => {
    const air = airBench();
    await send(air, {});
    expect(air.events).toContainEqual({ kind: 'sound', tone: 'message' });
    air.phone.press('soft-right');
    expect(textOf(air.phone.screen)).toContain('Our chat');
    air.phone.press('select');
    await air.select('Open', 'Open', 'Install', 'Start');
    expect(textOf(air.phone.screen)).toContain('started 1');
    expect(air.events).toContainEqual(expect.objectContaining({ kind: 'received', port: 2948, destination: 'inbox' }));
  });

  // WAP-167-ServiceInd, 5.2 and 6.2.
  test.each<[what: string, sent: readonly Partial<ServiceIndication>[], texts: readonly string[]]>([
    ['a second one with the same id takes the place of the first', [{ id: 'a' }, { id: 'a', text: 'New' }], ['New']],
    ['one without an id is called by its link', [{}, { text: 'New' }], ['New']],
    ['those with other ids stay', [{ id: 'a' }, { id: 'b', text: 'New' }], ['Our chat', 'New']],
    ['one that deletes takes the first away', [{ id: 'a' }, { id: 'a', action: 'delete' }], []],
    ['one that deletes does so though it has expired', [{ id: 'a' }, { id: 'a', action: 'delete', expires: 0 }], []],
    ['one that deletes another leaves it', [{ id: 'a' }, { id: 'b', action: 'delete' }], ['Our chat']],
    ['one that has expired is not there', [{ expires: Date.UTC(2000, 0, 1) }], []],
    ['one without a text has the host of its link', [{ text: '' }], ['pay.example']],
  ])('%s', async (_what, indications, texts) => {
    const air = airBench();
    for (const [index, indication] of indications.entries()) await send(air, indication, index * 1_000);
    expect(air.reboot().flash.read('inbox') ?? []).toMatchObject(texts.map((text) => ({ text })));
  });

  test.each([
    ['signal-none', false],
    ['signal-low', false],
    ['signal-medium', true],
    ['signal-high', true],
  ] as const)('of %s is rung for: %s', async (action, rings) => {
    const air = airBench();
    await send(air, { action });
    expect(air.events.some(({ kind }) => kind === 'sound')).toBe(rings);
  });

  test('that is damaged is for nobody', async () => {
    const air = airBench();
    const content = { kind: 'data', data: new Uint8Array(9), ports: { destination: 2948, source: 9200 } } as const;
    await air.radio.deliver({ originator: '+39', sentAt: 0, content });
    expect(air.events).toContainEqual(expect.objectContaining({ kind: 'received', destination: 'nobody' }));
  });
});

test('What is left of a suite that is not there is forgotten when the phone is made: alarms and messages', () => {
  const flash = memoryFlash();
  const clock = new VirtualClock();
  new Alarms(flash, clock, () => {}).set('Gone/Second', clock.now() + 1_000);
  const message = { port: 5000, from: '+39', sourcePort: 0, sentAt: 0, payload: { kind: 'text', text: 'x' } } as const;
  new PushMessages(flash, clock).add({ ...message, suite: 'Gone' });
  new PushMessages(flash, clock).add(message);
  airBench({ flash });
  expect(flash.read('alarms')).toEqual({});
  expect(flash.read('push')).toHaveLength(1);
});
