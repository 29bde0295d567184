import { describe, expect, test } from 'vitest';
import { type Flash, FlashError, memoryFlash, midp, textOf } from '../../../device/index.ts';
import type { IncomingSms } from '../../../modem/index.ts';
import { settle } from '../bench.ts';
import { JAD, type Probe, phoneWith, SMS } from '../probe.ts';

describe('A running application', () => {
  test('reads the attributes of its descriptor, the time, the zone and the language', () => {
    const seen: unknown[] = [];
    const { open } = phoneWith((probe) => {
      const { context } = probe;
      seen.push(...['Greeting', 'None', 'toString'].map((attribute) => probe.getAppProperty(attribute)));
      seen.push(context.system.currentTimeMillis(), context.system.timeZoneOffsetMillis(0));
      seen.push(context.system.getProperty('microedition.locale'), context.system.getProperty('other'));
      seen.push(context.system.randomBytes(4).length);
    });
    open();
    expect(seen).toEqual(['ciao', undefined, undefined, Date.UTC(2010, 2, 1, 9), 7_200_000, 'en', undefined, 4]);
  });

  test('is started by a text message to its port, and gets it with address and time', async () => {
    const received: midp.ReceivedMessage[] = [];
    const { radio, clock } = phoneWith(({ context }) => {
      const connection = midp.openConnection(context, 'sms://:16500');
      connection.setMessageListener(() => void connection.receive().then((message) => received.push(message)));
    });
    await radio.deliver(SMS);
    await settle(clock);
    expect(received).toEqual([{ kind: 'text', address: 'sms://+393400000009:16501', text: 'hello', timestamp: 7_000 }]);
  });

  test('hears of a message to its port that is not registered, while it listens, and not afterwards', async () => {
    const received: string[] = [];
    const { radio, clock, open, events, handset } = phoneWith(({ context }) => {
      const connection = midp.openConnection(context, 'sms://:16600');
      connection.setMessageListener(() => void connection.receive().then(({ kind }) => received.push(kind)));
    });
    const sms: IncomingSms = { ...SMS, content: { ...SMS.content, ports: { destination: 16_600, source: 0 } } };
    open();
    await radio.deliver(sms);
    await settle(clock);
    expect(received).toEqual(['text']);
    handset.press('power');
    await radio.deliver(sms);
    const destinations = events.flatMap((event) => (event.kind === 'received' ? [event.destination] : []));
    expect(destinations).toEqual(['application', 'nobody']);
  });

  test('learns which of its connections a message waits on', async () => {
    const seen: unknown[] = [];
    const { open, radio, handset } = phoneWith(({ context }) => {
      for (const available of [false, true]) seen.push(midp.PushRegistry.listConnections(context, available));
    });
    open();
    handset.press('power');
    await radio.deliver(SMS);
    expect(seen).toEqual([['sms://:16500'], [], ['sms://:16500'], ['sms://:16500']]);
  });

  test.each(['before', 'after'])(
    'is told of a message that came %s it opened the port, and on no other',
    async (when) => {
      const told: string[] = [];
      const { open, radio, clock } = phoneWith(({ context }) => {
        const [mine, other] = ['sms://:16500', 'sms://:16600'].map((url) => midp.openConnection(context, url));
        mine?.setMessageListener(() => void told.push('mine'));
        other?.setMessageListener(() => void told.push('other'));
      });
      if (when === 'after') open();
      await radio.deliver(SMS);
      await settle(clock);
      expect(told).toEqual(['mine']);
    },
  );

  test('ends by itself: the idle screen is shown, no timer runs, and it is not told to end', async () => {
    const { open, handset, events, probes, clock } = phoneWith((probe) => {
      probe.context.system.schedule(5_000, () => probe.notifyDestroyed());
      probe.context.system.schedule(6_000, () => probe.context.push.alarm(0));
    });
    open();
    await clock.advance(5_000);
    expect(events).toContainEqual({ kind: 'application', name: 'Probe', state: 'ended' });
    expect(handset.screen.kind).toBe('idle');
    expect(probes.map(({ destroyed }) => destroyed)).toEqual([0]);
    expect(clock.next).toBe(clock.now() + 55_000);
  });

  test('that was opened while another runs ends that one first', () => {
    const { open, handset, phone, probes, events } = phoneWith(() => {});
    open();
    handset.install(JAD);
    expect(probes.map(({ destroyed }) => destroyed)).toEqual([1]);
    phone.select('Menu');
    expect(events.filter(({ kind }) => kind === 'application')).toHaveLength(2);
  });

  test('begins with its own focus, though the menus before it showed a list of the same id', async () => {
    const { radio, handset, phone, clock } = phoneWith((probe) =>
      midp.Display.getDisplay(probe).setCurrent(new midp.List('Probe', 'IMPLICIT', ['One', 'Two', 'Three'])),
    );
    for (const id of [1, 2]) {
      phone.select('Menu');
      for (const _ of Array.from({ length: id })) handset.press('down');
      await radio.deliver(SMS);
      await settle(clock);
      expect(phone.screen.items.map(({ focused }) => focused)).toEqual([true, false, false]);
      handset.press('power');
      await settle(clock);
      handset.press('power');
    }
  });

  // JSR-118, javax.microedition.lcdui.AlertType: which sound is the choice of the phone.
  test.each([
    ['INFO', 'confirmation'],
    ['CONFIRMATION', 'confirmation'],
    ['WARNING', 'error'],
    ['ERROR', 'error'],
    ['ALARM', 'attention'],
  ] as const)('plays %s as %s, on the buzzer and for who watches', (type, tone) => {
    const { open, buzzed, events } = phoneWith((probe) => midp.Display.getDisplay(probe).playSound(type));
    open();
    expect(buzzed).toEqual([tone]);
    expect(events).toContainEqual({ kind: 'sound', tone });
  });

  test('whose alarm rang while it ran is not started again as the phone is switched off', async () => {
    const { open, clock, handset, probes } = phoneWith(({ context }) => {
      if (probes.length < 2) midp.PushRegistry.registerAlarm(context, clock.now() + 60_000);
    });
    open();
    await clock.advance(90_000);
    handset.powerOff();
    await settle(clock);
    expect(probes).toHaveLength(1);
    expect(handset.screen.kind).toBe('off');
  });

  test.each([
    ['idle', () => {}],
    ['that shows a line for 2 s', (phone: ReturnType<typeof phoneWith>) => phone.phone.select('Messages')],
    ['in the menu', (phone: ReturnType<typeof phoneWith>) => phone.phone.select('Menu')],
    ['with an application that has an alarm and a timer', (phone: ReturnType<typeof phoneWith>) => phone.open()],
  ])('on a phone %s leaves no timer when the phone is switched off', async (_name, begin) => {
    const phone = phoneWith(({ context }) => {
      midp.PushRegistry.registerAlarm(context, phone.clock.now() + 60_000);
      context.system.schedule(1_000, () => {});
    });
    begin(phone);
    phone.handset.powerOff();
    await settle(phone.clock);
    expect(phone.clock.next).toBeUndefined();
  });

  test('does not run a task that it has taken back', async () => {
    const ran: string[] = [];
    const { open, clock } = phoneWith(({ context }) => {
      const [first] = ['first', 'second'].map((name) => context.system.schedule(1_000, () => void ran.push(name)));
      first?.cancel();
    });
    open();
    await clock.advance(1_000);
    expect(ran).toEqual(['second']);
  });

  test.each([
    ['javax.microedition.io.Connector.sms', 'receive'],
    ['javax.wireless.messaging.sms.receive', 'receive'],
    ['javax.wireless.messaging.sms.send', 'send'],
  ])('without the permission %s cannot %s', async (permission, use) => {
    const refused: unknown[] = [];
    const { open, handset, clock, radio } = phoneWith(({ context }) => {
      const message = { kind: 'text', address: 'sms://+39340', text: 'ciao' } as const;
      const used = async () => {
        const connection = midp.openConnection(context, use === 'send' ? 'sms://+39340' : 'sms://:16500');
        if (use === 'send') await connection.send(message);
      };
      used().catch((error: unknown) => refused.push(error));
    });
    const others = (name: string) => name.trim() !== permission;
    const permissions = JAD.replace(/(?<=MIDlet-Permissions: ).*/, (all) => all.split(',').filter(others).join(','));
    handset.install(permissions);
    open();
    await settle(clock);
    expect(refused).toEqual([new midp.SecurityException(`The application has no permission ${permission}`)]);
    expect(radio.sent).toEqual([]);
  });

  test('that throws is closed, and the phone says so and goes on', () => {
    const { open, handset, events } = phoneWith(() => {
      throw new RangeError('one too many');
    });
    open();
    expect(events).toContainEqual({
      kind: 'application',
      name: 'Probe',
      state: 'failed',
      reason: 'RangeError: one too many',
    });
    expect(textOf(handset.screen)).toContain('Probe had to be closed.');
  });

  test('that throws in a timer is closed too', async () => {
    const { open, clock, handset } = phoneWith(({ context }) => {
      context.system.schedule(1_000, () => {
        throw new Error('late');
      });
    });
    open();
    await clock.advance(1_000);
    expect(textOf(handset.screen)).toContain('Probe had to be closed.');
  });

  test('has no effect after its end: no timer, no screen, no sound', async () => {
    let ran = 0;
    let zombie: Probe | undefined;
    const { open, clock, handset, probes, events } = phoneWith((probe) => {
      zombie = probe;
      probe.context.system.schedule(5_000, () => {
        ran += 1;
      });
    });
    const nextMinute = clock.now() + 60_000;
    open();
    handset.press('power');
    expect(probes.map(({ destroyed }) => destroyed)).toEqual([1]);
    expect(clock.next).toBe(nextMinute);
    await clock.advance(10_000);
    expect(ran).toBe(0);
    if (zombie === undefined) throw new Error('It never ran');
    const display = midp.Display.getDisplay(zombie);
    events.length = 0;
    display.setCurrent(new midp.Form('I am back'));
    display.playSound('ALARM');
    zombie.context.system.schedule(1_000, () => display.playSound('ERROR')).cancel();
    zombie.context.system.schedule(1_000, () => display.playSound('ERROR'));
    expect(clock.next).toBe(nextMinute);
    await clock.advance(1_000);
    expect(handset.screen.kind).toBe('idle');
    expect(events.filter(({ kind }) => kind !== 'screen')).toEqual([]);
  });

  test('is started by its alarm, also when the phone was off then', async () => {
    const { open, clock, handset, probes } = phoneWith(({ context }) => {
      midp.PushRegistry.registerAlarm(context, clock.now() + 60_000);
    });
    open();
    handset.press('power');
    await clock.advance(60_000);
    expect(probes).toHaveLength(2);
    handset.press('power', true);
    await clock.advance(3_600_000);
    expect(probes).toHaveLength(2);
    handset.press('power', true);
    await clock.advance(0);
    expect(probes).toHaveLength(3);
  });

  test('whose alarm rings while it runs is started again when it has ended', async () => {
    const { open, clock, handset, probes } = phoneWith(({ context }) => {
      if (probes.length < 2) midp.PushRegistry.registerAlarm(context, clock.now() + 60_000);
    });
    open();
    await clock.advance(90_000);
    expect(probes).toHaveLength(1);
    handset.press('power');
    await clock.advance(0);
    expect(probes).toHaveLength(2);
    handset.press('power');
    await clock.advance(3_600_000);
    expect(probes).toHaveLength(2);
  });

  test('for which a message waits is opened before one whose alarm has rung', async () => {
    const { clock, handset, phone, radio, events } = phoneWith(({ context }) => {
      const isOther = context.getAppProperty('MIDlet-Name') === 'Other';
      if (isOther) midp.PushRegistry.registerAlarm(context, Date.UTC(2010, 2, 1, 9, 1));
    });
    handset.install(JAD.replace('MIDlet-Name: Probe', 'MIDlet-Name: Other').replace('16500', '16501'));
    for (const name of ['Other', 'Probe']) {
      for (const label of ['Menu', 'Applications', name]) phone.select(label);
      if (name === 'Other') handset.press('power');
    }
    await radio.deliver(SMS);
    await clock.advance(60_000);
    handset.press('power');
    await settle(clock);
    const started = events.flatMap((event) =>
      event.kind === 'application' && event.state === 'started' ? [event.name] : [],
    );
    expect(started).toEqual(['Other', 'Probe', 'Probe']);
  });

  test('for which a message waits is not opened when the phone goes off, but when it is on again', async () => {
    const { clock, handset, open, radio, events } = phoneWith(() => {});
    open();
    await radio.deliver(SMS);
    handset.press('power', true);
    await settle(clock);
    const states = () => events.flatMap((event) => (event.kind === 'application' ? [event.state] : []));
    expect([handset.screen.kind, ...states()]).toEqual(['off', 'started', 'ended']);
    handset.press('power', true);
    expect(states()).toEqual(['started', 'ended', 'started']);
  });

  test('that sets its alarm anew as it starts keeps it; that before is what it is told', async () => {
    const told: unknown[] = [];
    const { open, clock, handset, probes } = phoneWith(({ context }) => {
      told.push(midp.PushRegistry.registerAlarm(context, probes.length < 3 ? 1_000 : undefined));
    });
    open();
    for (const runs of [1, 2, 3, 3]) {
      expect(probes).toHaveLength(runs);
      handset.press('power');
      await clock.advance(10_000);
    }
    expect(told).toEqual([undefined, 1_000, 1_000]);
  });

  test('that throws as its alarm starts it is not started again', async () => {
    const { open, clock, handset, probes } = phoneWith(({ context }) => {
      if (probes.length > 1) throw new Error('no more');
      midp.PushRegistry.registerAlarm(context, clock.now() + 60_000);
    });
    open();
    handset.press('power');
    await clock.advance(60_000);
    handset.press('soft-left');
    await clock.advance(3_600_000);
    expect(probes).toHaveLength(2);
  });

  test.each([
    [{ kind: 'failed', reason: 'no network', retry: true }, 'IOException', 'failed'],
    [{ kind: 'unknown', reason: 'no answer' }, 'InterruptedIOException', 'unknown'],
  ] as const)('learns how a send ended: %j is an %s', async (outcome, exception, reported) => {
    const caught: string[] = [];
    const { open, radio, clock, events } = phoneWith(({ context }) => {
      const message = { kind: 'binary', address: 'sms://+39340:16500', data: Uint8Array.of(1) } as const;
      midp
        .openConnection(context, 'sms://:16500')
        .send(message)
        .catch((error: Error) => caught.push(error.name));
    });
    radio.outcomes.push(outcome);
    open();
    await settle(clock);
    expect(caught).toEqual([exception]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'sent', to: '+39340', port: 16_500, outcome: reported }),
    );
  });

  test('opens a port once', () => {
    const caught: unknown[] = [];
    const { open } = phoneWith(({ context }) => {
      midp.openConnection(context, 'sms://:16500');
      try {
        midp.openConnection(context, 'sms://:16500');
      } catch (error) {
        caught.push(error);
      }
    });
    open();
    expect(caught).toEqual([new midp.IOException('Port 16500 is already open')]);
  });

  test('is not entered while it calls the phone: what happens then, it hears afterwards', () => {
    const heard: string[] = [];
    const { open, handset } = phoneWith((probe) => {
      const display = midp.Display.getDisplay(probe);
      const form = new midp.Form('Probe');
      form.addCommand(new midp.Command('OK', 'OK', 1));
      form.setCommandListener(() => {
        heard.push('command, begin');
        display.playSound('ALARM');
        heard.push('command, end');
      });
      display.setCurrent(form);
    });
    handset.watch(({ kind }) => {
      // A key in the middle of the sound, as from a program that watches.
      if (kind === 'sound' && heard.length < 5) handset.press('soft-left');
    });
    open();
    handset.press('soft-left');
    expect(heard).toEqual([...Array(3)].flatMap(() => ['command, begin', 'command, end']));
  });

  test.each(['press', 'power off', 'install'])(
    'that is ended in the middle of a call (%s) finishes its turn, and then ends',
    (by) => {
      const heard: string[] = [];
      const { open, handset, probes, events } = phoneWith((probe) => {
        midp.Display.getDisplay(probe).playSound('ALARM');
        heard.push(`destroyed ${probe.destroyed}`);
        probe.context.system.schedule(1_000, () => heard.push('timer'));
      });
      handset.watch(({ kind }) => {
        if (kind !== 'sound') return;
        if (by === 'press') handset.press('power');
        else if (by === 'install') handset.install(JAD);
        else handset.powerOff();
      });
      open();
      expect([heard, probes.map(({ destroyed }) => destroyed)]).toEqual([['destroyed 0'], [1]]);
      expect(handset.screen.kind).toBe(by === 'power off' ? 'off' : 'idle');
      expect(events.flatMap((event) => (event.kind === 'application' ? [event.state] : []))).toEqual([
        'started',
        'ended',
      ]);
    },
  );

  test('that ends by itself in the middle of a turn hears of nothing more', async () => {
    const heard: string[] = [];
    const { open, clock, handset } = phoneWith((probe) => {
      probe.context.lcd.callSerially(() => heard.push('serial'));
      probe.notifyDestroyed();
      heard.push('end of the turn');
      midp.Display.getDisplay(probe).setCurrent(new midp.Form('Not shown'));
    });
    open();
    await settle(clock);
    expect([heard, handset.screen.kind]).toEqual([['end of the turn'], 'idle']);
  });

  test.each([
    ['a 1,001st timer', ({ context }: Probe) => void context.system.schedule(1_000, () => {}), 'has 1000 timers'],
    ['a 1,001st task', ({ context }: Probe) => context.lcd.callSerially(() => {}), 'has 1000 tasks that wait'],
  ])('that wants %s is closed, and the phone says so', (_what, want, reason) => {
    const { open, handset, events } = phoneWith((probe) => {
      for (let number = 0; number < 1_001; number += 1) want(probe);
    });
    open();
    expect(events).toContainEqual(
      expect.objectContaining({ state: 'failed', reason: `Error: The application ${reason}` }),
    );
    expect(textOf(handset.screen)).toContain('Probe had to be closed.');
  });

  test('hears of a flash that is full when it sets its alarm, as of an IOException', () => {
    const inner = memoryFlash();
    const flash: Flash = {
      ...inner,
      write(name, value) {
        if (name === 'alarms') throw new FlashError('full', 'no room');
        inner.write(name, value);
      },
    };
    const caught: unknown[] = [];
    const { open, events } = phoneWith(({ context }) => {
      try {
        midp.PushRegistry.registerAlarm(context, 1e13);
      } catch (error) {
        caught.push(error);
      }
    }, flash);
    open();
    expect(caught).toEqual([new midp.IOException('The alarm is not set: no room')]);
    expect(events).not.toContainEqual(expect.objectContaining({ state: 'failed' }));
  });

  test('has 1,000 timers at once, and records no more after its end', async () => {
    let ran = 0;
    let late: unknown;
    const { open, clock, handset, flash } = phoneWith(({ context }) => {
      const store = midp.RecordStore.openRecordStore(context, 's', true);
      for (let number = 0; number < 1_000; number += 1) {
        context.system.schedule(1_000, () => {
          ran += 1;
        });
      }
      void Promise.resolve().then(() => {
        try {
          store.addRecord(Uint8Array.of(1));
        } catch (error) {
          late = error;
        }
      });
    });
    open();
    // Each 100 there is a pause.
    await clock.advance(1_010);
    expect([ran, late]).toEqual([1_000, undefined]);
    handset.press('power');
    open();
    handset.press('power');
    await settle(clock);
    expect(late).toMatchObject({ code: 'failed', message: 'The application has ended' });
    expect(flash.read('records/Probe/s')).toMatchObject({ nextId: 2 });
  });
});
