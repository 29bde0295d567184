import { describe, expect, test } from 'vitest';
import { midp, textOf } from '../../../device/index.ts';
import type { IncomingSms } from '../../../modem/index.ts';
import { settle } from '../bench.ts';
import { type Probe, phoneWith, SMS } from '../probe.ts';

/** A text of class 0 (3GPP TS 23.038, 4). */
function flash(text = 'Fire in room 5', more: Partial<IncomingSms> = {}): IncomingSms {
  return { originator: '+391', sentAt: 7_000, content: { kind: 'text', text }, immediate: true, ...more };
}

/** A form with a field for text, which has the focus, and a choice. */
function form(probe: Probe): void {
  const field = new midp.TextField('Name', '', 20, { input: 'ANY' });
  const shown = new midp.Form('Form', [field, new midp.ChoiceGroup('Colour', 'EXCLUSIVE', ['red', 'blue'])]);
  midp.Display.getDisplay(probe).setCurrent(shown);
}

const SHOWN = /^Message\nFrom: \+391\nFire in room 5\nSent: 1970-01-01 02:00\nOK\nPhone$/;

describe('A text of class 0 (3GPP TS 23.038, 4)', () => {
  test('is shown at once, rings, and is not kept', async () => {
    const { phone, radio, clock, events, buzzed, flash: stored } = phoneWith(() => {});
    const before = JSON.stringify(stored.read('inbox'));
    await radio.deliver(flash());
    expect([phone.screen.keysLocked, buzzed]).toEqual([true, ['message']]);
    expect(events).toContainEqual({ kind: 'received', from: '+391', octets: 14, destination: 'screen' });
    await clock.advance(1_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    expect([phone.screen.icons?.message, JSON.stringify(stored.read('inbox'))]).toEqual([false, before]);
    phone.select('OK');
    await settle(clock);
    expect(phone.screen.kind).toBe('idle');
    phone.select('Messages');
    expect(textOf(phone.screen)).toContain('No messages');
  });

  test('is shown when the inbox is full', async () => {
    const { phone, radio } = phoneWith(() => {});
    for (let number = 0; number < 100; number += 1)
      await radio.deliver({ originator: '+392', sentAt: number, content: { kind: 'text', text: 'x' } });
    await expect(radio.deliver(flash('more', { immediate: false }))).rejects.toThrow('The inbox holds 100 messages');
    await radio.deliver(flash());
    expect(phone.screen.title).toBe('Message');
  });

  test('to a port is for the application of that port', async () => {
    const { phone, radio, clock, events } = phoneWith(() => {});
    await radio.deliver({ ...SMS, immediate: true });
    await settle(clock);
    expect(phone.screen.title).toBe('Probe');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'received', destination: 'application' }));
  });

  test('of octets without a port is for nobody', async () => {
    const { phone, radio } = phoneWith(() => {});
    await radio.deliver(flash('', { content: { kind: 'data', data: Uint8Array.of(1) } }));
    expect(phone.screen.kind).toBe('idle');
  });

  test('stands over an application until its owner has seen it, whatever the application shows', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      const display = midp.Display.getDisplay(probe);
      probe.context.system.schedule(5_000, () => display.setCurrent(new midp.Form('Later')));
    });
    open();
    await radio.deliver(flash());
    await clock.advance(5_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    phone.select('OK');
    await settle(clock);
    expect([phone.screen.title, phone.screen.keysLocked]).toEqual(['Later', undefined]);
  });

  test('waits while a text is written, and the screen says so', async () => {
    const { phone, handset, radio, clock, open } = phoneWith(form);
    open();
    handset.type('a');
    await radio.deliver(flash());
    expect([phone.screen.title, phone.screen.ticker]).toEqual(['Form', 'Message waits']);
    phone.press('down');
    await clock.advance(1_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    phone.select('OK');
    expect(textOf(phone.screen)).toContain('Name: a');
    expect(phone.screen.items.findIndex(({ focused }) => focused)).toBe(1);
  });

  test('waits until the application itself shows a screen on which nothing is written', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      form(probe);
      const display = midp.Display.getDisplay(probe);
      probe.context.system.schedule(5_000, () => display.setCurrent(new midp.Form('Later')));
    });
    open();
    await radio.deliver(flash());
    expect([phone.screen.title, phone.screen.ticker]).toEqual(['Form', 'Message waits']);
    await clock.advance(6_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    phone.select('OK');
    expect([phone.screen.title, phone.screen.ticker]).toEqual(['Later', undefined]);
  });

  test('leaves no trace on a screen that the application shows anew', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      form(probe);
      const display = midp.Display.getDisplay(probe);
      const first = display.getCurrent();
      if (first === undefined) throw new Error('It shows nothing');
      probe.context.system.schedule(5_000, () => display.setCurrent(new midp.Form('Other')));
      probe.context.system.schedule(6_000, () => display.setCurrent(first));
    });
    const focused = () => phone.screen.items.findIndex((item) => item.focused);
    open();
    phone.press('down');
    await radio.deliver(flash());
    await clock.advance(1_000);
    phone.select('OK');
    expect([phone.screen.title, focused()]).toEqual(['Form', 1]);
    await clock.advance(4_000);
    expect(phone.screen.title).toBe('Other');
    await clock.advance(1_000);
    expect([phone.screen.title, focused()]).toEqual(['Form', 0]);
  });

  test('comes over an alert of an application, which is there again afterwards', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      const alert = new midp.Alert('Alarm', 'Tea', 'ALARM');
      midp.Display.getDisplay(probe).setCurrent(alert, new midp.Form('Form'));
    });
    open();
    await radio.deliver(flash());
    await clock.advance(1_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    phone.select('OK');
    await settle(clock);
    expect(textOf(phone.screen)).toContain('Tea');
  });

  test('begins with its first line, how far anything under it was scrolled', async () => {
    const text = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n');
    for (let screens = 1; screens <= 6; screens += 1) {
      const { phone, radio, clock, open } = phoneWith((probe) => {
        for (let screen = 0; screen < screens; screen += 1)
          midp.Display.getDisplay(probe).setCurrent(new midp.Form('Long', [new midp.StringItem('', text)]));
      });
      open();
      for (let line = 0; line < 5; line += 1) phone.press('down');
      expect(phone.screen.scroll.above).toBe(true);
      await radio.deliver(flash(text));
      await clock.advance(1_000);
      expect([phone.screen.title, phone.screen.scroll]).toEqual(['Message', { above: false, below: true }]);
    }
  });

  test('stays when the application beneath it ends', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      probe.context.system.schedule(5_000, () => probe.notifyDestroyed());
    });
    open();
    await radio.deliver(flash());
    await clock.advance(6_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
    phone.select('OK');
    await settle(clock);
    expect(phone.screen.kind).toBe('idle');
  });

  test('and nothing of that application is in its next run', async () => {
    const { phone, handset, radio, clock, open, probes } = phoneWith(form);
    const focused = () => phone.screen.items.findIndex((item) => item.focused);
    open();
    handset.type('a');
    phone.press('down');
    expect([textOf(phone.screen), focused()]).toEqual([expect.stringContaining('Name: a'), 1]);
    await radio.deliver(flash());
    probes[0]?.notifyDestroyed();
    await clock.advance(1_000);
    phone.select('OK');
    await settle(clock);
    open();
    expect([phone.screen.title, focused()]).toEqual(['Form', 0]);
    expect(textOf(phone.screen)).not.toContain('Name: a');
  });

  test('comes after the word that the application beneath it failed', async () => {
    const { phone, radio, clock, open } = phoneWith((probe) => {
      probe.context.system.schedule(5_000, () => {
        throw new Error('mine');
      });
    });
    open();
    await radio.deliver(flash());
    await clock.advance(6_000);
    expect(textOf(phone.screen)).toContain('Probe had to be closed.');
    phone.select('OK');
    await clock.advance(1_000);
    expect(textOf(phone.screen)).toMatch(SHOWN);
  });

  test('holds an application back that a message would start, and says so', async () => {
    const { phone, radio, clock, probes } = phoneWith(() => {});
    await radio.deliver(flash());
    await radio.deliver(SMS);
    await clock.advance(1_000);
    expect([phone.screen.title, phone.screen.ticker, probes.length]).toEqual(['Message', 'Probe waits', 0]);
    phone.select('OK');
    await settle(clock);
    expect([phone.screen.title, probes.length]).toEqual(['Probe', 1]);
  });

  test('goes with the red key, and the next one comes', async () => {
    const { phone, radio, clock } = phoneWith(() => {});
    await radio.deliver(flash('one'));
    await radio.deliver(flash('two'));
    expect([phone.screen.items[1]?.label, phone.screen.ticker]).toEqual(['one', 'Message waits']);
    phone.press('power');
    await clock.advance(1_000);
    expect(phone.screen.items[1]?.label).toBe('two');
    phone.press('power');
    await settle(clock);
    expect(phone.screen.kind).toBe('idle');
  });

  test('that went with the red key does not come back with the end of an application', async () => {
    const { phone, radio, clock, open } = phoneWith(() => {});
    await radio.deliver(flash());
    phone.press('power');
    await settle(clock);
    open();
    phone.press('power');
    await settle(clock);
    expect(phone.screen.kind).toBe('idle');
  });

  test('is lost when the phone is switched off before, also one that waits behind an application', async () => {
    const { phone, radio, clock, handset, open } = phoneWith(form);
    open();
    for (const text of ['one', 'two', 'three']) await radio.deliver(flash(text));
    handset.powerOff();
    await settle(clock);
    expect(phone.screen.kind).toBe('off');
    handset.powerOn();
    phone.select('Messages');
    phone.press('power');
    await settle(clock);
    expect(phone.screen.kind).toBe('idle');
    await radio.deliver(flash());
    handset.powerOff();
    await settle(clock);
    handset.powerOn();
    await clock.advance(1_000);
    expect(phone.screen.kind).toBe('idle');
  });

  test('of which 10 wait: the oldest one is lost', async () => {
    const { phone, radio, clock, open } = phoneWith(form);
    open();
    for (let number = 1; number <= 12; number += 1) await radio.deliver(flash(String(number)));
    phone.press('down');
    const seen: string[] = [];
    for (await clock.advance(1_000); phone.screen.title === 'Message'; await clock.advance(1_000)) {
      seen.push(phone.screen.items[1]?.label ?? '');
      phone.select('OK');
    }
    expect(seen).toEqual(['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
    expect(phone.screen.title).toBe('Form');
  });
});
