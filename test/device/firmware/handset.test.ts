import { describe, expect, test } from 'vitest';
import {
  type Flash,
  FlashError,
  type HandsetEvent,
  InstallError,
  isLanguage,
  memoryFlash,
  textOf,
} from '../../../device/index.ts';
import type { IncomingSms } from '../../../modem/index.ts';
import { type Bench, bench, during, settle } from '../bench.ts';
import { installed } from '../cash-mobile/cash-bench.ts';
import { phoneWith, SMS } from '../probe.ts';

function text(words: string, sentAt = 0): IncomingSms {
  return { originator: '+393471234567', sentAt, content: { kind: 'text', text: words } };
}

const FRAME: IncomingSms = {
  originator: '+393400000001',
  sentAt: 0,
  content: { kind: 'data', data: new Uint8Array(133), ports: { destination: 16_001, source: 16_001 } },
};

const JAD = [
  'MIDlet-Name: Cash-Mobile',
  'MIDlet-Version: 1.0.0',
  'MIDlet-Vendor: Cash-Mobile',
  'MIDlet-1: Cash-Mobile,,CashMobile',
  'MIDlet-Push-1: sms://:16001, CashMobile, +39*',
  'MIDlet-Permissions: javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send',
].join('\n');

function eventsOf({ handset }: Bench): HandsetEvent[] {
  const events: HandsetEvent[] = [];
  handset.watch((event) => events.push(event));
  return events;
}

describe('The idle screen', () => {
  test('shows operator, local time and date, and the gauges', async () => {
    const { phone, clock } = bench();
    expect(phone.screen).toMatchObject({
      kind: 'idle',
      softKeys: { left: 'Menu', right: 'Messages' },
      icons: { signal: 3, battery: 4, message: false, clock: '10:00' },
    });
    expect(phone.screen.items.map(({ label }) => label)).toEqual(['I-Sim', '10:00', '2010-03-01']);
    await clock.advance(60_000);
    expect(phone.screen.icons.clock).toBe('10:01');
  });

  test('has each line in the middle of its 22 cells, the odd cell on the right', async () => {
    const { phone, radio } = bench();
    await radio.deliver(text('ciao'));
    expect(phone.screen.rows).toEqual(
      ['', '        I-Sim', '', '        10:00', '      2010-03-01', '', '       1 unread', ''].map((row) => ({
        text: row === '' ? ' '.repeat(11) : row,
        inverse: false,
      })),
    );
  });

  test('is drawn anew each minute, and only then', async () => {
    const phone = bench();
    await settle(phone.clock);
    const events = eventsOf(phone);
    await phone.clock.advance(180_000);
    expect(events.map((event) => (event.kind === 'screen' ? event.screen.icons.clock : event.kind))).toEqual([
      '10:01',
      '10:02',
      '10:03',
    ]);
  });
});

describe('A screen', () => {
  test('is not told again when a key has changed nothing', async () => {
    const phone = bench();
    phone.phone.select('Menu');
    await settle(phone.clock);
    const events = eventsOf(phone);
    for (const key of ['5', 'clear', 'left'] as const) phone.phone.press(key);
    await settle(phone.clock);
    expect(events).toEqual([]);
    phone.phone.press('down');
    phone.phone.press('up');
    phone.phone.press('down');
    await settle(phone.clock);
    expect(events).toHaveLength(1);
  });

  test('is told to who begins to watch in the turn that changes it', async () => {
    const phone = bench();
    await settle(phone.clock);
    phone.phone.select('Menu');
    const events = eventsOf(phone);
    await settle(phone.clock);
    expect(events).toMatchObject([{ kind: 'screen', screen: { title: 'Menu' } }]);
  });

  test('is not told any more to who has stopped watching', async () => {
    const phone = bench();
    const events: HandsetEvent[] = [];
    const stop = phone.handset.watch((event) => events.push(event));
    await settle(phone.clock);
    stop();
    events.length = 0;
    phone.phone.select('Menu');
    await settle(phone.clock);
    expect(events).toEqual([]);
  });
});

describe('The red key', () => {
  test('goes back to the idle screen; held it switches off, and on again', async () => {
    const { phone } = bench();
    phone.select('Menu');
    phone.press('power');
    expect(phone.screen.kind).toBe('idle');
    phone.press('power', true);
    expect(phone.screen.kind).toBe('off');
    phone.press('select');
    expect(phone.screen.kind).toBe('off');
    phone.press('power', true);
    expect(phone.screen.kind).toBe('idle');
  });

  test('does nothing more when it is on or off already', async () => {
    const cash = bench();
    await settle(cash.clock);
    const events = eventsOf(cash);
    cash.phone.select('Menu');
    cash.handset.powerOn();
    expect(cash.phone.screen.title).toBe('Menu');
    cash.handset.powerOff();
    cash.handset.powerOff();
    await settle(cash.clock);
    expect(events.flatMap((event) => (event.kind === 'screen' ? [event.screen.kind] : []))).toEqual(['off']);
  });

  test('a phone that was off and on again draws its clock once a minute', async () => {
    const phone = bench();
    for (let times = 0; times < 3; times += 1) phone.phone.press('power', true);
    phone.phone.press('power', true);
    await settle(phone.clock);
    const events = eventsOf(phone);
    await phone.clock.advance(60_000);
    expect(events).toHaveLength(1);
    phone.phone.press('power', true);
    await settle(phone.clock);
    events.length = 0;
    await phone.clock.advance(60_000);
    expect(events).toEqual([]);
  });

  test.each([
    ['soft-left', 'Menu'],
    ['select', 'Menu'],
    ['soft-right', 'Messages'],
    ['1', ''],
    ['up', ''],
    ['clear', ''],
  ] as const)('on the idle screen %s opens %j', (key, title) => {
    const { phone } = bench();
    phone.press(key);
    expect(phone.screen.title).toBe(title);
  });

  test('a phone that is off takes no message from the modem', async () => {
    const { phone, radio } = bench();
    phone.press('power', true);
    await expect(radio.deliver(text('ciao'))).rejects.toThrow('off');
    phone.press('power', true);
    await radio.deliver(text('ciao'));
    expect(phone.screen.icons.message).toBe(true);
  });
});

describe('Text messages', () => {
  test('come with a sound and an icon, are read, and deleted', async () => {
    const cash = bench();
    const { phone, radio } = cash;
    const events = eventsOf(cash);
    await radio.deliver(text('Ciao, a domani', Date.UTC(2010, 2, 1, 8, 30)));
    expect(events).toContainEqual({ kind: 'sound', tone: 'message' });
    expect(events).toContainEqual({ kind: 'received', from: '+393471234567', octets: 14, destination: 'inbox' });
    expect(phone.screen.items.at(-1)?.label).toBe('1 unread');
    phone.select('Messages');
    phone.select('* +393471234567');
    expect(textOf(phone.screen)).toContain('Ciao, a domani\nSent: 2010-03-01 09:30');
    phone.select('Back');
    expect(phone.screen.items.map(({ label }) => label)).toEqual(['+393471234567 Ciao, a domani']);
    phone.select('+393471234567');
    phone.select('Delete');
    expect(textOf(phone.screen)).toContain('No messages');
  });

  test('that are none: the line goes away by itself after 2 s', async () => {
    const { phone, clock } = bench();
    phone.select('Messages');
    await clock.advance(1_999);
    expect(phone.screen.kind).toBe('alert');
    await clock.advance(1);
    expect(phone.screen.kind).toBe('idle');
  });

  test('that are deleted lead back to where they were looked for', async () => {
    const { phone, radio } = bench();
    for (const words of ['one', 'two']) await radio.deliver(text(words));
    for (const label of ['Menu', 'Messages', '* +393471234567 two', 'Delete', 'Back']) phone.select(label);
    expect(phone.screen.title).toBe('Menu');
  });

  test('newest first; reading one leaves the others unread', async () => {
    const { phone, radio } = bench();
    for (const words of ['one', 'two', 'three']) await radio.deliver(text(words));
    for (const label of ['Messages', '* +393471234567 two', 'Back']) phone.select(label);
    expect(phone.screen.items.map(({ label }) => label)).toEqual([
      '* +393471234567 three',
      '+393471234567 two',
      '* +393471234567 one',
    ]);
    phone.press('power');
    expect(phone.screen.items.at(-1)?.label).toBe('2 unread');
  });

  test.each([
    ['soft-left', 'the idle screen', 'idle', []],
    ['soft-right', 'the idle screen', 'idle', []],
    ['soft-left', 'the menu', 'list', ['Menu']],
    ['soft-right', 'the menu', 'list', ['Menu']],
  ] as const)('that are none: %s leads back to %s, from where they were looked for', (key, _where, kind, way) => {
    const { phone } = bench();
    for (const label of [...way, 'Messages']) phone.select(label);
    expect(textOf(phone.screen)).toContain('No messages');
    phone.press(key);
    expect(phone.screen).toMatchObject({ kind, title: way[0] ?? '' });
  });

  test('are left for where they were looked for, also after one was read', async () => {
    const { phone, radio } = bench();
    await radio.deliver(text('ciao'));
    for (const label of ['Messages', '* +393471234567', 'Back', 'Back']) phone.select(label);
    expect(phone.screen.kind).toBe('idle');
    for (const label of ['Menu', 'Messages', '+393471234567', 'Back', 'Back']) phone.select(label);
    expect(phone.screen.title).toBe('Menu');
  });

  test('are safe before the modem may forget them, and there after a power cut', async () => {
    const flash = memoryFlash();
    const { radio } = bench({ flash });
    await radio.deliver(text('ciao'));
    expect(flash.dump()).toContain('ciao');
    expect(bench({ flash }).phone.screen.icons.message).toBe(true);
  });

  test('have names of their own, also after some were deleted', async () => {
    const { phone, radio } = bench();
    for (const words of ['one', 'two', 'three']) await radio.deliver(text(words));
    for (const label of ['Messages', '* +393471234567 one', 'Delete', 'Back']) phone.select(label);
    await radio.deliver(text('four'));
    for (const label of ['Messages', '* +393471234567 three', 'Delete']) phone.select(label);
    expect(phone.screen.items.map(({ label }) => label)).toEqual(['* +393471234567 four', '* +393471234567 two']);
  });

  test('that the modem hands over twice are kept once', async () => {
    const { phone, radio } = bench();
    await radio.deliver(text('ciao', 5));
    await radio.deliver(text('ciao', 5));
    await radio.deliver(text('ciao', 6));
    expect(phone.screen.items.at(-1)?.label).toBe('2 unread');
  });

  test('stay in the modem when the inbox is full, or the flash', async () => {
    const { radio } = bench();
    for (let sentAt = 0; sentAt < 100; sentAt += 1) await radio.deliver(text('ciao', sentAt));
    await expect(radio.deliver(text('ciao', 100))).rejects.toThrow('The inbox holds 100 messages');
    const full = bench({ flash: memoryFlash(200) });
    await expect(full.radio.deliver(text('ciao'))).rejects.toThrow('holds 200 characters');
  });
});

describe('Settings', () => {
  test('that are left with Back change nothing, now and after a restart', () => {
    const flash = memoryFlash();
    const { phone } = bench({ flash });
    const before = flash.dump();
    for (const label of ['Menu', 'Settings', 'Italiano', 'Ask first', 'Back']) phone.select(label);
    expect(phone.screen.title).toBe('Menu');
    expect(phone.screen.softKeys.right).toBe('Back');
    expect(flash.dump()).toBe(before);
    phone.select('Settings');
    const ticked = phone.screen.items.filter(({ checked }) => checked === true).map(({ label }) => label);
    expect(ticked).toEqual(['English', 'Open it at once']);
  });

  test.each([
    [false, 'Ask first', true],
    [true, 'Open it at once', false],
  ])('ask before opening: %s, then %s, which lasts', async (before, choice, after) => {
    const flash = memoryFlash();
    const { phone } = bench({ flash, askBeforeOpening: before });
    for (const label of ['Menu', 'Settings']) phone.select(label);
    const ticked = () => phone.screen.items.filter(({ checked }) => checked === true).map(({ label }) => label);
    expect(ticked()).toEqual(['English', before ? 'Ask first' : 'Open it at once']);
    for (const label of [choice, 'OK']) phone.select(label);
    const { handset, radio, phone: again } = bench({ flash, askBeforeOpening: before });
    handset.install(JAD);
    await radio.deliver(FRAME);
    expect(textOf(again.screen).includes('Open it now?')).toBe(after);
  });

  test('of a new phone are those it was made with, also when it is made otherwise later', () => {
    const flash = memoryFlash();
    bench({ flash, language: 'it' });
    expect(bench({ flash, language: 'en' }).handset.language).toBe('it');
  });

  test('change the language, which lasts', () => {
    const flash = memoryFlash();
    const { phone } = bench({ flash });
    phone.select('Menu');
    phone.select('Settings');
    phone.select('Italiano');
    phone.select('OK');
    expect(phone.screen.items.map(({ label }) => label)).toEqual(['Messaggi', 'Applicazioni', 'Impostazioni']);
    expect(bench({ flash, language: 'en' }).handset.language).toBe('it');
  });
});

test.each([
  ['en', true],
  ['it', true],
  ['de', false],
  ['EN', false],
  ['', false],
])('%j is a language of the phone: %j', (letters, is) => {
  expect(isLanguage(letters)).toBe(is);
});

describe('Applications', () => {
  test('are installed from a descriptor, listed with details, and there after a power cut', () => {
    const flash = memoryFlash();
    const { handset, phone } = bench({ flash });
    phone.select('Menu');
    phone.select('Applications');
    expect(textOf(phone.screen)).toContain('No applications');
    phone.press('power');
    handset.install(JAD);
    phone.select('Menu');
    phone.select('Applications');
    expect(phone.screen.items).toEqual([{ label: 'Cash-Mobile', focused: true }]);
    phone.select('Details');
    expect(textOf(phone.screen)).toContain('Version: 1.0.0');
    expect(bench({ flash }).handset.applications.map(({ descriptor }) => descriptor.name)).toEqual(['Cash-Mobile']);
  });

  test('have details, from which Back leads to the list and then to the menu', () => {
    const { handset, phone } = bench();
    handset.install(JAD);
    for (const word of ['Menu', 'Applications', 'Details']) phone.select(word);
    expect(textOf(phone.screen)).toContain('Vendor: Cash-Mobile');
    // What a part of the phone may do is not chosen: that would be between these two.
    expect(phone.screen.softKeys).toEqual({ left: 'Remove', right: 'Back' });
    phone.select('Back');
    expect(phone.screen.items).toEqual([{ label: 'Cash-Mobile', focused: true }]);
    phone.select('Back');
    expect(phone.screen.items.map(({ label }) => label)).toEqual(['Messages', 'Applications', 'Settings']);
  });

  test('whose class the phone has no longer are not listed, and the others are', () => {
    const flash = memoryFlash();
    bench({ flash }).handset.install(JAD);
    const stored = JSON.parse(flash.dump()).sections.applications['Cash-Mobile'];
    const other = { ...stored, 'MIDlet-Name': 'Snake', 'MIDlet-1': 'Snake,,Snake' };
    flash.write('applications', { Snake: other, 'Cash-Mobile': stored });
    expect(bench({ flash }).handset.applications.map(({ descriptor }) => descriptor.name)).toEqual(['Cash-Mobile']);
  });

  test('that run end when they are installed again; others go on', async () => {
    const cash = await installed();
    const events = eventsOf(cash);
    cash.handset.install(JAD.replaceAll('Cash-Mobile', 'Other').replace('16001', '16002'));
    expect(events.filter(({ kind }) => kind === 'application')).toEqual([]);
    cash.handset.install(cash.service.jad());
    expect(events).toContainEqual({ kind: 'application', name: 'Cash-Mobile', state: 'ended' });
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('whose class is not in the phone are refused with 908', () => {
    const { handset } = bench();
    expect(() => handset.install(JAD.replaceAll('CashMobile', 'Snake'))).toThrow(
      new InstallError(908, 'This phone has no class Snake'),
    );
  });

  test('that want the port of another are refused with 911', () => {
    const { handset } = bench();
    handset.install(JAD);
    expect(() => handset.install(JAD.replace('MIDlet-Name: Cash-Mobile', 'MIDlet-Name: Other'))).toThrow(
      expect.objectContaining({ status: 911 }),
    );
  });

  test('are not installed on a flash that fails, which is not taken for a full one', () => {
    const inner = memoryFlash();
    let fails = false;
    const flash: Flash = {
      read: inner.read,
      names: inner.names,
      write(name, value) {
        if (fails) throw new FlashError('failed', 'no');
        inner.write(name, value);
      },
    };
    const { handset } = bench({ flash });
    fails = true;
    expect(() => handset.install(JAD)).toThrow(new FlashError('failed', 'no'));
    expect(handset.applications).toEqual([]);
  });

  test('that do not fit are refused with 901', () => {
    const { handset } = bench({ flash: memoryFlash(200) });
    expect(() => handset.install(JAD)).toThrow(new InstallError(901, 'There is no room for Cash-Mobile'));
  });

  test('without a permission are closed when they need it, and the phone goes on', async () => {
    const cash = await installed();
    cash.handset.install(
      cash.service.jad().replace('javax.wireless.messaging.sms.receive', 'javax.wireless.messaging.sms.send'),
    );
    const events = eventsOf(cash);
    cash.phone.select('Menu');
    cash.phone.select('Applications');
    cash.phone.select('Cash-Mobile');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'application', state: 'failed' }));
    expect(textOf(cash.phone.screen)).toContain('Cash-Mobile had to be closed.');
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
  });
});

describe('A message to port 16001', () => {
  async function withApplication(options: Parameters<typeof bench>[0] = {}) {
    const phone = bench(options);
    phone.handset.install(JAD);
    await settle(phone.clock);
    return { ...phone, events: eventsOf(phone) };
  }
  const started = { kind: 'application', name: 'Cash-Mobile', state: 'started' };

  test('starts the application at once', async () => {
    const { radio, events, clock } = await withApplication();
    await radio.deliver(FRAME);
    await settle(clock);
    expect(events).toContainEqual(started);
    expect(events).toContainEqual({
      kind: 'received',
      from: '+393400000001',
      octets: 133,
      port: 16_001,
      destination: 'application',
    });
  });

  test('rings when it asks', async () => {
    const { radio, events } = await withApplication({ askBeforeOpening: true });
    await radio.deliver(FRAME);
    expect(events).toContainEqual({ kind: 'sound', tone: 'attention' });
  });

  test('asks first on a phone set to ask; later it is still there', async () => {
    const { radio, events, clock, phone } = await withApplication({ askBeforeOpening: true });
    await radio.deliver(FRAME);
    await settle(clock);
    expect(textOf(phone.screen)).toContain('A message for Cash-Mobile has come. Open it now?');
    await during(clock, phone.keysWork());
    phone.select('Later');
    expect(phone.screen.kind).toBe('idle');
    expect(textOf(phone.screen)).toContain('Cash-Mobile waits');
    expect(events).not.toContainEqual(started);
    await radio.deliver(FRAME);
    await during(clock, phone.keysWork());
    phone.select('Open');
    expect(events).toContainEqual(started);
  });

  test('that its application has left starts it once, and again when the phone was off and on', async () => {
    const { radio, clock, handset, probes } = phoneWith(() => {});
    await radio.deliver(SMS);
    await settle(clock);
    handset.press('power');
    await settle(clock);
    expect(probes).toHaveLength(1);
    handset.powerOff();
    handset.powerOn();
    await settle(clock);
    expect(probes).toHaveLength(2);
  });

  test('is safe in the flash before the modem may forget it, and starts the application after a power cut', async () => {
    const flash = memoryFlash();
    const before = await withApplication({ flash, askBeforeOpening: true });
    await before.radio.deliver(FRAME);
    expect(flash.dump()).toContain('00'.repeat(133));
    const after = bench({ flash });
    expect(textOf(after.phone.screen)).toContain('Open it now?');
  });

  test.each([
    ['from a number that the registration does not want', { ...FRAME, originator: '+447700900000' }],
    [
      'to a port that nobody registered',
      { ...FRAME, content: { kind: 'data', data: new Uint8Array(1), ports: { destination: 16_002, source: 0 } } },
    ],
    ['without a port', { ...FRAME, content: { kind: 'data', data: new Uint8Array(1) } }],
  ] as const)('%s is for nobody', async (_name, sms) => {
    const { radio, events } = await withApplication();
    await radio.deliver(sms);
    expect(events).toEqual([expect.objectContaining({ kind: 'received', destination: 'nobody' })]);
  });

  test('the 31st that nobody reads takes the place of the first, so that the modem has room for others', async () => {
    const { radio, flash } = await withApplication({ askBeforeOpening: true });
    for (let count = 1; count <= 31; count += 1) await radio.deliver({ ...FRAME, sentAt: count * 1_000 });
    expect(flash.read('push')).toHaveLength(30);
    expect(flash.read('push')).toMatchObject({ 0: { sentAt: 2_000 }, 29: { sentAt: 31_000 } });
  });
});

describe('A damaged flash', () => {
  test('is refused by name, not overwritten', () => {
    const flash = memoryFlash();
    flash.write('inbox', 'nonsense');
    expect(() => bench({ flash })).toThrow('The section inbox of the flash is damaged');
  });
});

describe('A full flash', () => {
  test('does not stop the menus', () => {
    let full = false;
    const flash = memoryFlash();
    const { phone } = bench({
      flash: {
        read: flash.read,
        names: flash.names,
        write(name, value) {
          if (full) throw new FlashError('full', 'The flash is full');
          flash.write(name, value);
        },
      },
    });
    full = true;
    phone.select('Menu');
    phone.select('Settings');
    phone.select('Italiano');
    phone.select('OK');
    expect(textOf(phone.screen)).toContain('The flash is full');
    phone.select('OK');
    expect(phone.screen.title).toBe('Menu');
  });
});
