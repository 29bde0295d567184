import { describe, expect, test } from 'vitest';
import {
  createGuest,
  Display,
  type DisplayableView,
  Form,
  type GuestEvent,
  type Host,
  type HostErrorCode,
  MIDlet,
  type MidletContext,
  openConnection,
  RecordStore,
  TextField,
} from '../../../device/midp/index.ts';

class Scripted extends MIDlet {
  readonly #start: (context: Scripted) => void;

  constructor(context: MidletContext, start: (midlet: Scripted) => void) {
    super(context);
    this.#start = start;
  }

  override startApp(): void {
    this.#start(this);
  }
  override pauseApp(): void {}
  override destroyApp(): void {
    this.context.system.currentTimeMillis();
  }
}

/** An application on a phone that writes down what it is asked. */
function guest(start: (midlet: Scripted) => void, answers: Partial<Host> = {}) {
  const calls: string[] = [];
  const views: DisplayableView[] = [];
  const host: Host = {
    show: (view) => {
      views.push(view);
    },
    sound: () => {},
    rmsOpen: () => ({ nextId: 1, version: 0, modified: 0, records: [] }),
    rmsPut: () => undefined,
    rmsDelete: () => undefined,
    rmsRemove: () => undefined,
    rmsList: () => [],
    rmsRoom: () => 0,
    listen: () => 0,
    closePort: () => {},
    take: () => undefined,
    segments: () => 1,
    send: (...message) => {
      calls.push(`send ${message.join(' ')}`);
      return undefined;
    },
    connections: () => [],
    alarm: () => undefined,
    register: () => undefined,
    unregister: () => false,
    registration: () => undefined,
    now: () => 0,
    offset: () => 0,
    random: (count) => new Uint8Array(count),
    timer: (id) => void calls.push(`timer ${id}`),
    clearTimer: (id) => void calls.push(`clear ${id}`),
    property: () => undefined,
    resource: () => undefined,
    attribute: () => undefined,
    request: () => true,
    permission: () => 1,
    serial: () => void calls.push('serial'),
    ended: () => void calls.push('ended'),
    ...answers,
  };
  const enter = createGuest(host, (context) => new Scripted(context, start));
  return { calls, views, enter: (...events: GuestEvent[]) => events.forEach(enter) };
}

const START: GuestEvent = { kind: 'start' };

describe('The application side of the boundary', () => {
  test('shows once a turn, what it is at the end of the turn', () => {
    const { views, enter } = guest((midlet) => {
      const display = Display.getDisplay(midlet);
      const form = new Form('First');
      display.setCurrent(form);
      for (const title of ['A', 'B', 'C']) form.setTitle(title);
      midlet.context.system.schedule(1, () => form.setTitle('D'));
      midlet.context.system.schedule(1, () => {});
    });
    enter(START);
    expect(views.map(({ title }) => title)).toEqual(['C']);
    enter({ kind: 'timer', id: 1 }, { kind: 'timer', id: 2 });
    expect(views.map(({ title }) => title)).toEqual(['C', 'D']);
  });

  test('shows what a promise has changed as well', async () => {
    const { views, enter } = guest((midlet) => {
      const form = new Form('Before');
      Display.getDisplay(midlet).setCurrent(form);
      void Promise.resolve().then(() => {
        form.setTitle('After');
        form.setTicker('twice');
      });
    });
    enter(START);
    await Promise.resolve();
    await Promise.resolve();
    expect(views.map(({ title, ticker }) => [title, ticker])).toEqual([
      ['Before', undefined],
      ['After', 'twice'],
    ]);
  });

  test('shows what it has changed before it throws', () => {
    const { views, enter } = guest((midlet) => {
      Display.getDisplay(midlet).setCurrent(new Form('Last words'));
      throw new Error('no');
    });
    expect(() => enter(START)).toThrow('no');
    expect(views.map(({ title }) => title)).toEqual(['Last words']);
  });

  test('takes no action of the user on a screen that was replaced', () => {
    const field = new TextField('', '', 9, { input: 'ANY' });
    const { enter, views } = guest((midlet) => {
      const display = Display.getDisplay(midlet);
      display.setCurrent(new Form('One'));
      display.setCurrent(new Form('Two', [field]));
    });
    enter(START);
    const id = views[0]?.id ?? 0;
    enter({ kind: 'ui', viewId: id - 1, event: { kind: 'text', item: 0, text: 'old' } });
    expect(field.getString()).toBe('');
    enter({ kind: 'ui', viewId: id, event: { kind: 'text', item: 0, text: 'new' } });
    expect(field.getString()).toBe('new');
  });

  test('runs one task for each event serial, in the order they were given', () => {
    const ran: string[] = [];
    const { enter, calls } = guest(({ context }) => {
      for (const name of ['one', 'two']) context.lcd.callSerially(() => void ran.push(name));
    });
    enter(START);
    expect([calls, ran]).toEqual([['serial', 'serial'], []]);
    enter({ kind: 'serial' });
    expect(ran).toEqual(['one']);
    enter({ kind: 'serial' }, { kind: 'serial' });
    expect(ran).toEqual(['one', 'two']);
  });

  test('runs a timer once, and none that it has cancelled', () => {
    const ran: string[] = [];
    const { enter, calls } = guest(({ context }) => {
      const [first] = ['one', 'two'].map((name) => context.system.schedule(1, () => void ran.push(name)));
      first?.cancel();
      first?.cancel();
    });
    enter(
      START,
      { kind: 'timer', id: 1 },
      { kind: 'timer', id: 2 },
      { kind: 'timer', id: 2 },
      { kind: 'timer', id: 3 },
    );
    expect([calls, ran]).toEqual([['timer 1', 'timer 2', 'clear 1'], ['two']]);
  });

  test('hears of messages on its own ports, of those that wait as it opens one', () => {
    const heard: string[] = [];
    const { enter } = guest(
      ({ context }) => {
        for (const port of [1, 2]) {
          openConnection(context, `sms://:${port}`).setMessageListener(() => void heard.push(`on ${port}`));
        }
      },
      { listen: (port) => (port === 1 ? 2 : 0) },
    );
    enter(START);
    expect(heard).toEqual(['on 1', 'on 1']);
    enter({ kind: 'message', port: 2 }, { kind: 'message', port: 3 });
    expect(heard).toEqual(['on 1', 'on 1', 'on 2']);
  });

  test('hears of no message on a port that it has closed', () => {
    const heard: string[] = [];
    const { enter } = guest(({ context }) => {
      context.messaging.listen(1, () => void heard.push('on 1'));
      context.messaging.close(1);
    });
    enter(START, { kind: 'message', port: 1 });
    expect(heard).toEqual([]);
  });

  test('learns how each of its sends ended, whichever ends first', async () => {
    const ended: string[] = [];
    const { enter, calls } = guest(({ context }) => {
      for (const number of ['1', '2']) {
        openConnection(context, `sms://${number}`)
          .send({ kind: 'text', text: 'ciao' })
          .then(
            () => ended.push(`${number} sent`),
            (error: Error) => ended.push(`${number} ${error.name}: ${error.message}`),
          );
      }
    });
    enter(START);
    expect(calls).toEqual(['send 1 1  ciao ', 'send 2 2  ciao ']);
    enter({ kind: 'sent', id: 2 }, { kind: 'sent', id: 1, failure: { code: 'io', reason: 'no network' } });
    enter({ kind: 'sent', id: 1 }, { kind: 'sent', id: 9 });
    for (let turn = 0; turn < 9; turn += 1) await Promise.resolve();
    expect(ended).toEqual(['2 sent', '1 IOException: no network']);
  });

  test.each<[HostErrorCode, string]>([
    ['io', 'IOException'],
    ['interrupted-io', 'InterruptedIOException'],
    ['security', 'SecurityException'],
    ['illegal-argument', 'IllegalArgumentException'],
    ['class-not-found', 'ClassNotFoundException'],
    ['full', 'RecordStoreException'],
    ['not-found', 'RecordStoreException'],
    ['invalid-id', 'RecordStoreException'],
    ['not-open', 'RecordStoreException'],
    ['failed', 'RecordStoreException'],
  ])('throws for a refusal %s the exception of the JSR: %s', (code, name) => {
    const caught: unknown[] = [];
    const refuse = () => ({ code, reason: 'no' });
    const attempts: readonly ((context: MidletContext) => unknown)[] = [
      (context) =>
        RecordStore.openRecordStore({ ...context, records: { ...context.records, put: () => {} } }, 's', true),
      (context) => context.records.put('s', 1, new Uint8Array()),
      (context) => context.records.delete('s', 1),
      (context) => context.records.remove('s'),
      (context) => openConnection(context, 'sms://:16500'),
    ];
    const { enter } = guest(
      ({ context }) => {
        for (const attempt of attempts) {
          try {
            attempt(context);
          } catch (error) {
            caught.push(error);
          }
        }
      },
      { rmsOpen: refuse, rmsPut: refuse, rmsDelete: refuse, rmsRemove: refuse, listen: refuse },
    );
    enter(START);
    expect(caught).toEqual(attempts.map(() => expect.objectContaining({ name, message: 'no' })));
  });
});
