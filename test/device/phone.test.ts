import { describe, expect, test } from 'vitest';
import { createPhone, type HandsetEvent, memoryFlash } from '../../device/index.ts';
import { type SmsReceiver, systemClock } from '../../modem/index.ts';
import { seededRandom, VirtualClock } from '../../sim/index.ts';

/** A radio that only hands over what a test delivers. */
function radio() {
  let receiver: SmsReceiver | undefined;
  return {
    send: async () => ({ kind: 'sent', references: [0] }) as const,
    receive: (to: SmsReceiver) => {
      receiver = to;
    },
    close: async () => {},
    deliver: async (text: string) =>
      receiver?.message({ originator: '+39340', sentAt: 0, content: { kind: 'text', text } }),
  };
}

describe('A phone', () => {
  test('is put together from the parts that are given', async () => {
    const heard: string[] = [];
    const events: HandsetEvent[] = [];
    const bearer = radio();
    const flash = memoryFlash();
    const handset = createPhone({
      radio: bearer,
      flash,
      clock: new VirtualClock(Date.UTC(2010, 2, 1, 9, 30)),
      random: seededRandom('parts'),
      buzz: (tone) => heard.push(tone),
      gauges: { operator: () => 'I-Sim', signal: () => 3, battery: () => 2 },
      utcOffsetMinutes: () => 330,
      language: 'it',
      askBeforeOpening: true,
    });
    handset.watch((event) => events.push(event));
    handset.powerOn();
    await bearer.deliver('ciao');
    expect(heard).toEqual(['message']);
    expect(events).toContainEqual({ kind: 'sound', tone: 'message' });
    expect(handset.screen).toMatchObject({
      icons: { signal: 3, battery: 2, message: true, clock: '15:00' },
      softKeys: { left: 'Menu', right: 'Messaggi' },
    });
    expect(handset.screen.items.map(({ label }) => label)).toContain('I-Sim');
    expect(flash.read('settings')).toEqual({ language: 'it', askBeforeOpening: true });
    expect(JSON.stringify(flash.read('inbox'))).toContain('ciao');
  });

  test('needs no part but the radio: full bars, UTC, English, no sound', async () => {
    const bearer = radio();
    const handset = createPhone({ radio: bearer });
    handset.powerOn();
    await bearer.deliver('hello');
    const { icons, items, softKeys } = handset.screen;
    handset.powerOff();
    expect([icons.signal, icons.battery, softKeys.left]).toEqual([4, 4, 'Menu']);
    expect(items.map(({ label }) => label)).toContain('GSM');
    const utc = [0, -60_000].map((ms) => new Date(systemClock.now() + ms).toISOString().slice(11, 16));
    expect(utc).toContain(icons.clock);
    expect(createPhone({ radio: radio() }).applications).toEqual([]);
  });
});
