import { describe, expect, test } from 'vitest';
import { Alarms, alarmOf } from '../../../device/firmware/alarms.ts';
import { RecordStorage } from '../../../device/firmware/record-storage.ts';
import { Suites } from '../../../device/firmware/suites.ts';
import {
  type Flash,
  type HandsetEvent,
  InstallError,
  inProcess,
  memoryFlash,
  midp,
  type Signer,
  textOf,
} from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { during, settle } from '../bench.ts';
import { JAD, type Probe, phoneWith, SMS } from '../probe.ts';

class Idle extends midp.MIDlet {
  override startApp(): void {}
  override pauseApp(): void {}
  override destroyApp(): void {}
}
const CLASSES = new Map(['Probe', 'Second'].map((name) => [name, inProcess((context) => new Idle(context))]));

const PHONE: Signer = { kind: 'phone' };
const NOBODY: Signer = { kind: 'nobody' };
const KEY_A: Signer = { kind: 'key', id: 'A' };
const KEY_B: Signer = { kind: 'key', id: 'B' };

interface Parts {
  readonly name?: string;
  readonly version?: string;
  readonly vendor?: string;
  readonly lines?: readonly string[];
}

function jad({ name = 'Chat', version = '1.0', vendor = 'Vendor', lines = [] }: Parts = {}): string {
  return [
    `MIDlet-Name: ${name}`,
    `MIDlet-Version: ${version}`,
    `MIDlet-Vendor: ${vendor}`,
    'MIDlet-1: Chat,,Probe',
    ...lines,
  ].join('\n');
}

const RECORD: midp.StoredRecords = { nextId: 2, version: 1, modified: 0, records: [[1, Uint8Array.of(7)]] };

/** Stores {@link RECORD} in a store of a suite. */
function keep(flash: Flash, id: string, store = 's'): void {
  const storage = new RecordStorage(flash, id);
  storage.open(store, true);
  storage.put(store, 1, Uint8Array.of(7));
}

function suites(flash: Flash = memoryFlash()) {
  return { flash, suites: new Suites(flash, CLASSES) };
}

describe('The identity of a suite', () => {
  // Signer before, signer after, what happens to the records.
  test.each([
    [PHONE, PHONE, 'stay'],
    [KEY_A, KEY_A, 'stay'],
    [NOBODY, NOBODY, 'are erased'],
    [NOBODY, KEY_A, 'are erased'],
    [NOBODY, PHONE, 'are erased'],
  ] as const)('an update of one by %j through one by %j: its records %s', (before, after, records) => {
    const { flash, suites: installed } = suites();
    const first = installed.install(jad(), before);
    keep(flash, first.suite.id);
    const second = installed.install(jad({ version: '1.1' }), after);
    expect(second.replaced).toBe(first.suite);
    expect(new RecordStorage(flash, second.suite.id).open('s', false)).toEqual(records === 'stay' ? RECORD : undefined);
    expect(flash.names().filter((name) => name.startsWith('records/'))).toHaveLength(records === 'stay' ? 1 : 0);
    for (const list of [installed, suites(flash).suites]) {
      expect(list.installed.map(({ id, signer, descriptor }) => [id, signer, descriptor.version])).toEqual([
        [second.suite.id, after, '1.1'],
      ]);
    }
  });

  test.each([
    [PHONE, KEY_A, 'Chat in this phone is part of the phone, and this one is signed with the key A'],
    [PHONE, NOBODY, 'Chat in this phone is part of the phone, and this one is not signed'],
    [KEY_A, KEY_B, 'Chat in this phone is signed with the key A, and this one is signed with the key B'],
    [KEY_A, NOBODY, 'Chat in this phone is signed with the key A, and this one is not signed'],
    [KEY_A, PHONE, 'Chat in this phone is signed with the key A, and this one is part of the phone'],
  ] as const)('one by %j is not updated by one by %j: 910, and nothing changes', (before, after, message) => {
    const { flash, suites: installed } = suites();
    const { suite } = installed.install(jad(), before);
    keep(flash, suite.id);
    expect(() => installed.install(jad({ version: '2.0' }), after)).toThrow(new InstallError(910, message));
    expect(new RecordStorage(flash, suite.id).open('s', false)).toEqual(RECORD);
    expect(installed.installed).toEqual([suite]);
  });

  test('one of the same name by another vendor is another suite, with records of its own', () => {
    const { flash, suites: installed } = suites();
    const [first, second] = ['One', 'Two'].map((vendor) => installed.install(jad({ vendor })).suite);
    keep(flash, first?.id ?? '');
    expect(new RecordStorage(flash, second?.id ?? '').open('s', false)).toBeUndefined();
    expect(installed.install(jad({ vendor: 'Two' })).suite.id).toBe(second?.id);
    expect(suites(flash).suites.installed.map(({ descriptor }) => descriptor.vendor)).toEqual(['One', 'Two']);
  });

  test.each([
    ['x/y', 'z', 'x', 'y/z'],
    ['x', 'y', 'x%2Fy', ''],
    ['x~2', 's', 'x', 's'],
    ['x%2Fy', 'z', 'x/y', 'z'],
  ])('suite %j with store %j shares nothing with suite %j and store %j', (name, store, otherName, otherStore) => {
    const { flash, suites: installed } = suites();
    const one = installed.install(jad({ name })).suite;
    const others = ['One', 'Two'].map((vendor) => installed.install(jad({ name: otherName, vendor })).suite);
    keep(flash, one.id, store);
    for (const other of others) expect(new RecordStorage(flash, other.id).open(otherStore, false)).toBeUndefined();
    expect(new RecordStorage(flash, one.id).open(store, false)).toEqual(RECORD);
  });

  test.each(['__proto__', 'constructor', 'toString', 'x/y~2%'])(
    'called %s is there after a restart, with its records and its alarm',
    (name) => {
      const flash = memoryFlash();
      const [clock, ring] = [new VirtualClock(), () => {}];
      const { suite } = new Suites(flash, CLASSES).install(jad({ name }), NOBODY);
      const records = new RecordStorage(flash, suite.id);
      records.open('__proto__', true);
      records.put('__proto__', 1, Uint8Array.of(7));
      const [midlet] = suite.descriptor.midlets;
      new Alarms(flash, clock, ring).set(alarmOf({ suite, midlet }), 5);
      const [again] = new Suites(flash, CLASSES).installed;
      expect(again?.descriptor.name).toBe(name);
      expect(new RecordStorage(flash, again?.id ?? '').open('__proto__', false)).toMatchObject(RECORD);
      expect(new Alarms(flash, clock, ring).set(alarmOf({ suite, midlet }), undefined)).toBe(5);
    },
  );

  test('records that are left of a replaced suite are erased at the next start, those of others are not', () => {
    const { flash, suites: installed } = suites();
    const { suite } = installed.install(jad(), NOBODY);
    for (const id of [suite.id, 'Chat~7', 'gone/with/it']) keep(flash, id);
    suites(flash);
    expect(flash.names().filter((name) => name.startsWith('records/'))).toEqual([`records/${suite.id}/s`]);
  });

  test('a suite whose class the phone has no longer stays in the flash with its records when others are installed', () => {
    const { flash, suites: installed } = suites();
    const { suite } = installed.install(jad({ lines: ['MIDlet-2: Second,,Second'] }));
    keep(flash, suite.id);
    const without = new Suites(flash, new Map([...CLASSES].filter(([name]) => name !== 'Second')));
    expect(without.installed).toEqual([]);
    without.install(jad({ name: 'Other' }));
    expect(suites(flash).suites.installed.map(({ id }) => id)).toEqual([suite.id, 'Other']);
    expect(new RecordStorage(flash, suite.id).open('s', false)).toEqual(RECORD);
  });
});

describe('An installation', () => {
  test.each([
    ['1.0', undefined, false],
    ['1.0', '1.0', false],
    ['1.0', '1.1', false],
    ['1.9', '1.10', false],
    ['1.10', '1.9', true],
    ['2.0', '1.99.99', true],
    ['1.0.1', '1.0', true],
    ['1.0', '1.0.0', false],
    ['1.0.0', '1.0', false],
  ])('of a version after %s: %s is a downgrade: %s', (before, after, isDowngrade) => {
    const { suites: installed } = suites();
    const first = installed.install(jad({ version: before }));
    const last = after === undefined ? first : installed.install(jad({ version: after }));
    expect(last.isDowngrade).toBe(isDowngrade);
  });

  test.each([
    ['by the same key, with its records', KEY_A],
    ['that nobody signed, without records', NOBODY],
  ])('of an update %s has the place of the version before, now and after a restart', (_what, signer) => {
    const { suites: installed, flash } = suites();
    for (const name of ['Chat', 'Game', 'Notes']) installed.install(jad({ name }), signer);
    installed.install(jad({ version: '2.0' }), signer);
    const listed = ({ installed: all }: Suites) => all.map(({ descriptor: { name, version } }) => `${name} ${version}`);
    expect(listed(installed)).toEqual(['Chat 2.0', 'Game 1.0', 'Notes 1.0']);
    expect(listed(new Suites(flash, CLASSES))).toEqual(listed(installed));
  });

  test('is told to who watches, a downgrade as one', () => {
    const { handset, events } = phoneWith(() => {});
    handset.install(JAD.replace('MIDlet-Version: 1.0', 'MIDlet-Version: 0.9'));
    const told: HandsetEvent = { kind: 'installed', name: 'Probe', version: '0.9', replaced: '1.0', isDowngrade: true };
    expect(events).toContainEqual(told);
    expect(events).toContainEqual({ kind: 'installed', name: 'Probe', version: '1.0', isDowngrade: false });
  });

  test.each([
    [908, ['MIDlet-2: Second,,Third'], 'This phone has no class Third'],
    [911, ['MIDlet-Push-1: sms://:16500, Second, *'], 'MIDlet-Push-1 names the class Second, which no MIDlet-n has'],
    [
      911,
      ['MIDlet-2: Second,,Second', 'MIDlet-Push-1: sms://:16500, Second, *', 'MIDlet-Push-2: sms://:16500, Probe, *'],
      'MIDlet-Push-2 registers sms://:16500 a second time',
    ],
  ] as const)('is refused with %d: %j', (status, lines, message) => {
    const { suites: installed } = suites();
    expect(() => installed.install(jad({ lines }))).toThrow(new InstallError(status, message));
    expect(installed.installed).toEqual([]);
  });

  test('may take a port that the version before had, and not one of another suite', () => {
    const { suites: installed } = suites();
    const lines = ['MIDlet-Push-1: sms://:16500, Probe, *'];
    installed.install(jad({ lines }), NOBODY);
    installed.install(jad({ lines }), NOBODY);
    const taken = new InstallError(911, 'sms://:16500 belongs to Chat');
    expect(() => installed.install(jad({ lines, vendor: 'Other' }))).toThrow(taken);
    installed.install(jad({ vendor: 'Other' }), NOBODY);
    expect(() => installed.install(jad({ lines, vendor: 'Other' }), NOBODY)).toThrow(taken);
  });
});

describe('A suite of several applications', () => {
  const TWO = JAD.replace('MIDlet-1: Probe,,Probe', 'MIDlet-1: First,,Probe\nMIDlet-2: Second,,Second').replace(
    'sms://:16500, Probe',
    'sms://:16500, Second',
  );
  const classOf = (probe: midp.MIDlet & { readonly className?: string }) => probe.className;

  function phoneWithTwo(start: Parameters<typeof phoneWith>[0] = () => {}) {
    const phone = phoneWith(start);
    phone.handset.install(TWO);
    return phone;
  }

  test('shows each in the menu under its own name, and starts the one that is chosen', () => {
    const { phone, probes } = phoneWithTwo();
    for (const label of ['Menu', 'Applications', 'Second']) phone.select(label);
    expect(probes.map(classOf)).toEqual(['Second']);
    phone.press('power');
    for (const label of ['Menu', 'Applications', 'First']) phone.select(label);
    expect(probes.map(classOf)).toEqual(['Second', 'Probe']);
  });

  test('starts for a message the one that is registered for the port', async () => {
    const { radio, clock, probes } = phoneWithTwo();
    await radio.deliver(SMS);
    await settle(clock);
    expect(probes.map(classOf)).toEqual(['Second']);
  });

  test('keeps an alarm of each', async () => {
    const { phone, clock, probes, handset } = phoneWithTwo((probe) => {
      if (probes.length < 3) {
        const { context } = probe;
        midp.PushRegistry.registerAlarm(context, clock.now() + (classOf(probe) === 'Second' ? 60_000 : 90_000));
      }
    });
    for (const label of ['First', 'Second']) {
      for (const one of ['Menu', 'Applications', label]) phone.select(one);
      phone.press('power');
    }
    await clock.advance(60_000);
    expect(probes.map(classOf)).toEqual(['Probe', 'Second', 'Second']);
    handset.press('power');
    await clock.advance(30_000);
    expect(probes.map(classOf)).toEqual(['Probe', 'Second', 'Second', 'Probe']);
  });

  test('calls the alarm of the first by its id, as the first version of the flash did', () => {
    const [first, second] = new Suites(memoryFlash(), CLASSES).install(jad({ lines: ['MIDlet-2: Second,,Second'] }))
      .suite.descriptor.midlets;
    const { suite } = suites().suites.install(jad({ lines: ['MIDlet-2: Second,,Second'] }));
    if (second === undefined) throw new Error('There are two');
    expect([first, second].map((midlet) => alarmOf({ suite, midlet }))).toEqual(['Chat', 'Chat/Second']);
    const flash = memoryFlash();
    flash.write('alarms', { Chat: 1 });
    expect(new Alarms(flash, new VirtualClock(), () => {}).due).toEqual(['Chat']);
  });
});

describe('A port of a suite', () => {
  const OTHER = JAD.replace('MIDlet-Name: Probe', 'MIDlet-Name: Other').replace('16500', '16501');

  test.each([
    ['registered by another is not opened', 16_500, 'Port 16500 belongs to Probe'],
    ['registered by itself is', 16_501, undefined],
    ['that nobody registered is', 16_600, undefined],
  ])('%s', (_name, port, refusal) => {
    const told: unknown[] = [];
    const { handset, phone } = phoneWith(({ context }) => {
      try {
        midp.openConnection(context, `sms://:${port}`);
        told.push(undefined);
      } catch (error) {
        told.push(error);
      }
    });
    handset.install(OTHER);
    for (const label of ['Menu', 'Applications', 'Other']) phone.select(label);
    expect(told).toEqual([refusal === undefined ? undefined : new midp.IOException(refusal)]);
  });

  test('that was opened by one and then by another: what came for the first is not given to the second', async () => {
    const taken: string[] = [];
    const { handset, phone, radio, clock } = phoneWith((probe) => {
      const connection = midp.openConnection(probe.context, 'sms://:16600');
      const name = probe.getAppProperty('MIDlet-Name') ?? '';
      if (taken.length > 0 || name === 'Other')
        void connection.receive().then(
          () => taken.push(name),
          () => {},
        );
    });
    handset.install(OTHER);
    const open = (name: string) => {
      for (const label of ['Menu', 'Applications', name]) phone.select(label);
    };
    open('Probe');
    await radio.deliver({ ...SMS, content: { ...SMS.content, ports: { destination: 16_600, source: 0 } } });
    phone.press('power');
    open('Other');
    await settle(clock);
    expect(taken).toEqual([]);
    phone.press('power');
    taken.push('begin');
    open('Probe');
    await settle(clock);
    expect(taken).toEqual(['begin', 'Probe']);
  });
});

describe('What waits while another application runs', () => {
  const OTHER = JAD.replace('MIDlet-Name: Probe', 'MIDlet-Name: Other').replace('16500', '16501');

  /** Two suites; `Other` has an alarm in a minute, then `Probe` is opened. */
  async function withAlarm(start: (name: string) => void, askBeforeOpening = false) {
    const started: string[] = [];
    const made = phoneWith((probe) => {
      const name = probe.getAppProperty('MIDlet-Name') ?? '';
      started.push(name);
      if (name === 'Other' && started.length === 1) {
        midp.PushRegistry.registerAlarm(probe.context, made.clock.now() + 60_000);
      } else start(name);
    });
    const { phone, handset } = made;
    handset.install(OTHER);
    if (askBeforeOpening) for (const label of ['Menu', 'Settings', 'Ask first', 'OK', 'Back']) phone.select(label);
    const open = (name: string) => {
      for (const label of ['Menu', 'Applications', name]) phone.select(label);
    };
    open('Other');
    phone.press('power');
    return { ...made, started, open };
  }

  test('an alarm is kept until the other has ended', async () => {
    const { clock, open, phone, started } = await withAlarm(() => {});
    open('Probe');
    await clock.advance(60_000);
    expect(started).toEqual(['Other', 'Probe']);
    phone.press('power');
    await settle(clock);
    expect(started).toEqual(['Other', 'Probe', 'Other']);
  });

  test('an alarm is kept until the other has failed and its owner has read that', async () => {
    const { clock, open, phone, started, probes } = await withAlarm((name) => {
      if (name !== 'Probe') return;
      probes.at(-1)?.context.system.schedule(61_000, () => {
        throw new Error('no');
      });
    });
    open('Probe');
    await clock.advance(61_000);
    expect(textOf(phone.screen)).toContain('Probe had to be closed.');
    expect(started).toEqual(['Other', 'Probe']);
    await during(clock, phone.keysWork());
    phone.select('OK');
    expect(started).toEqual(['Other', 'Probe', 'Other']);
  });

  test('one that fails at each start is not opened for its message again before another comes', async () => {
    const { clock, phone, radio, probes, handset } = phoneWith(() => {
      throw new Error('no');
    });
    await radio.deliver(SMS);
    await during(clock, phone.keysWork());
    phone.select('OK');
    expect([probes.length, handset.screen.kind]).toEqual([1, 'idle']);
    await radio.deliver({ ...SMS, sentAt: 8_000 });
    expect(probes).toHaveLength(2);
  });

  // What the application does with its message: the phone starts it once for it, and it can be opened by hand.
  test.each<[what: string, start: (probe: Probe) => void]>([
    ['ends at once', (probe) => probe.notifyDestroyed()],
    [
      'listens and ends without taking it',
      (probe) => {
        midp.openConnection(probe.context, 'sms://:16500').setMessageListener(() => {});
        probe.notifyDestroyed();
      },
    ],
    ['ends a moment later', (probe) => void probe.context.system.schedule(5, () => probe.notifyDestroyed())],
    ['ends in a promise', (probe) => void Promise.resolve().then(() => probe.notifyDestroyed())],
    [
      'fails as it starts',
      () => {
        throw new Error('no');
      },
    ],
    [
      'sets its alarm to the past and ends',
      (probe) => {
        midp.PushRegistry.registerAlarm(probe.context, 1);
        probe.notifyDestroyed();
      },
    ],
  ])('one that %s is started once for its message, at each start of the phone too', async (_what, start) => {
    const { clock, phone, radio, probes, handset, flash } = phoneWith(start);
    const close = async () => {
      await clock.advance(5_000);
      if (phone.screen.kind === 'alert') phone.select('OK');
      await clock.advance(4_000);
      expect(handset.screen.kind).toBe('idle');
    };
    await radio.deliver(SMS);
    await close();
    const started = probes.length;
    // For the message, and where it has set one for its alarm.
    expect(started).toBeLessThan(3);
    expect(textOf(phone.screen)).toContain('Probe waits');
    await clock.advance(9_000);
    const before = probes.length;
    expect(before - started).toBeLessThan(3);
    for (const key of ['power', 'power'] as const) handset.press(key, true);
    await close();
    expect(probes.length - before).toBeLessThan(3);
    expect(flash.read('push')).toHaveLength(1);
    const atStart = probes.length;
    for (const label of ['Menu', 'Applications', 'Probe']) phone.select(label);
    expect(probes.length).toBe(atStart + 1);
  });

  test('one that listened when its message came, and ended without taking it, is not started again', async () => {
    const { clock, handset, radio, probes, open } = phoneWith((probe) => {
      midp.openConnection(probe.context, 'sms://:16500');
    });
    open();
    await radio.deliver(SMS);
    handset.press('power');
    await settle(clock);
    expect(probes).toHaveLength(1);
    await radio.deliver({ ...SMS, sentAt: 8_000 });
    expect(probes).toHaveLength(2);
  });

  test('one that did not listen when its message came is started for it when it has ended, once', async () => {
    const { clock, handset, radio, probes, open } = phoneWith(() => {});
    open();
    await radio.deliver(SMS);
    handset.press('power');
    await settle(clock);
    expect(probes).toHaveLength(2);
    handset.press('power');
    await settle(clock);
    expect(probes).toHaveLength(2);
  });

  test('one that the owner put off is not asked about again when a message comes for another, but when the phone starts', async () => {
    const { clock, phone, radio, handset } = await withAlarm(() => {}, true);
    await radio.deliver(SMS);
    await during(clock, phone.keysWork());
    phone.select('Later');
    await clock.advance(60_000);
    expect(phone.screen.title).toBe('Other');
    await during(clock, phone.keysWork());
    phone.select('Later');
    expect(phone.screen.kind).toBe('idle');
    for (const key of ['power', 'power'] as const) handset.press(key, true);
    expect(phone.screen.title).toBe('Probe');
  });

  test('one that is put off is followed by the question about the next', async () => {
    const { clock, phone, radio, started } = await withAlarm(() => {}, true);
    await radio.deliver(SMS);
    expect(phone.screen.title).toBe('Probe');
    await clock.advance(60_000);
    await during(clock, phone.keysWork());
    phone.select('Later');
    expect(phone.screen.title).toBe('Other');
    await during(clock, phone.keysWork());
    phone.select('Later');
    expect(phone.screen.kind).toBe('idle');
    expect(started).toEqual(['Other']);
  });
});
