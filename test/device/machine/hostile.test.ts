import { beforeAll, describe, expect, test } from 'vitest';
import { type HandsetEvent, type QuickJsEngine, textOf } from '../../../device/index.ts';
import type { IncomingSms } from '../../../modem/index.ts';
import { bench, settle } from '../bench.ts';
import { openEngine } from './engine.ts';

let engine: QuickJsEngine;
beforeAll(async () => {
  // A fifth of what a phone gives, so that endless loops end soon.
  engine = await openEngine({ fuel: 2_000 });
});

const PERMISSIONS =
  'javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send';

function jad(name: string, className: string, port: number): string {
  return [
    `MIDlet-Name: ${name}`,
    'MIDlet-Version: 1.0',
    'MIDlet-Vendor: Test',
    `MIDlet-1: ${name},,${className}`,
    `MIDlet-Push-1: sms://:${port}, ${className}, *`,
    `MIDlet-Permissions: ${PERMISSIONS}`,
  ].join('\n');
}

/** A good neighbour, which shows what comes to its port. */
const NEIGHBOUR = `
const { Display, Form, MIDlet, openConnection, RecordStore, StringItem } = require('midp');
exports.Neighbour = class extends MIDlet {
  startApp() {
    const store = RecordStore.openRecordStore(this.context, 'calls', true);
    store.addRecord(Uint8Array.of(1));
    Display.getDisplay(this).setCurrent(new Form('Neighbour', [new StringItem('Calls', String(store.getNumRecords()))]));
    const connection = openConnection(this.context, 'sms://:16501');
    connection.setMessageListener(() => connection.receive().then(({ text }) =>
      Display.getDisplay(this).callSerially(() => Display.getDisplay(this).setCurrent(new Form(text)))));
  }
  pauseApp() {}
  destroyApp() {}
};`;

const SMS: IncomingSms = {
  originator: '+39340',
  sentAt: 1,
  content: { kind: 'text', text: 'ciao', ports: { destination: 16_501, source: 0 } },
};

/** A phone with a hostile suite, whose `startApp` has this body, and a neighbour. */
function phoneWith(body: string, more = '') {
  const script = `
const midp = require('midp');
const { Alert, Display, Form, List, MIDlet, openConnection, PushRegistry, RecordStore, StringItem, TextField } = midp;
${more}
exports.Hostile = class extends MIDlet {
  startApp() { ${body} }
  pauseApp() {}
  destroyApp() {}
};`;
  const phone = bench({
    classes: new Map([
      ['Hostile', engine.boot(script, 'Hostile')],
      ['Neighbour', engine.boot(NEIGHBOUR, 'Neighbour')],
    ]),
  });
  const events: HandsetEvent[] = [];
  phone.handset.watch((event) => events.push(event));
  phone.handset.install(jad('Hostile', 'Hostile', 16_500));
  phone.handset.install(jad('Neighbour', 'Neighbour', 16_501));
  const open = async (name: string) => {
    for (const label of ['Menu', 'Applications', name]) phone.phone.select(label);
    await expect.poll(() => textOf(phone.phone.screen), { timeout: 20_000 }).not.toContain('Applications');
  };
  return { ...phone, events, open };
}

/** The phone and the other suite go on: the message on its screen goes away, and the neighbour is opened and gets an SMS. */
async function expectLife({ phone, radio, clock, open }: ReturnType<typeof phoneWith>): Promise<void> {
  phone.press('power');
  expect(phone.screen.kind).toBe('idle');
  await open('Neighbour');
  expect(textOf(phone.screen)).toContain('Calls: 1');
  await radio.deliver(SMS);
  await settle(clock);
  expect(phone.screen.title).toBe('ciao');
}

function failures(events: readonly HandsetEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'application' && event.reason !== undefined ? [event.reason] : []));
}

const ENDLESS = 'MachineError: The application calculates without end';
const MEMORY = 'MachineError: The application needs too much memory';
const STACK = 'MachineError: The application calls itself too deeply';
/** Stopped by whichever limit comes first. */
const OVER = /^MachineError: The application (calculates without end|takes more than 5 s|needs too much memory)$/;
const UNREADABLE = 'Error: What was thrown cannot be read as a text';
const CALLS = /^MachineError: The application calls the phone without end/;

describe('A hostile suite is stopped with a message, and the phone and the other suites go on', () => {
  test.each<[what: string, body: string, reason: string | RegExp]>([
    ['an endless loop', 'for (;;) {}', ENDLESS],
    [
      'an endless loop that catches everything',
      'for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }',
      ENDLESS,
    ],
    ['an endless chain of promises', 'const again = () => Promise.resolve().then(again); again();', OVER],
    ['a regular expression without end', `/^(a+)+$/.test('a'.repeat(40) + 'b')`, OVER],
    ['a generator without end', 'function* all() { for (;;) yield 1; } for (const _ of all());', ENDLESS],
    ['recursion', 'const f = () => f() + 1; f();', STACK],
    ['recursion through a getter', 'const o = { get a() { return this.a; } }; o.a;', STACK],
    ['recursion through a proxy', 'const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.a;', STACK],
    [
      'JSON that is too deep',
      `JSON.parse('['.repeat(1e5))`,
      /^MachineError: The application (needs too much memory|calls itself too deeply)/,
    ],
    ['1 GB of strings', `'x'.repeat(2 ** 29)`, MEMORY],
    ['a string that doubles', `let s = 'x'; for (;;) s += s;`, MEMORY],
    ['an array without end', 'const a = []; for (;;) a.push(new Uint8Array(10_000));', MEMORY],
    ['1 GB of octets', 'new Uint8Array(2 ** 30)', /^MachineError: The application needs too much memory|^RangeError/],
    ['a map without end', 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, String(i));', MEMORY],
    [
      'records without end',
      `const s = RecordStore.openRecordStore(this.context, 's', true); for (;;) s.addRecord(new Uint8Array(10));`,
      CALLS,
    ],
    [
      'record stores without end',
      `for (let i = 0; ; i += 1) { try { RecordStore.openRecordStore(this.context, 's' + i, true); } catch {} }`,
      CALLS,
    ],
    ['alarms without end', 'for (let i = 0; ; i += 1) PushRegistry.registerAlarm(this.context, 1e12 + i);', CALLS],
    ['sounds without end', `for (;;) Display.getDisplay(this).playSound('ALARM');`, CALLS],
    [
      'timers without end',
      'for (;;) this.context.system.schedule(1000, () => {});',
      'MachineError: The application has 1000 timers',
    ],
    ['an exception', `throw new TypeError('mine')`, 'TypeError: mine'],
    ['an exception that is no error', `throw 'text'`, /^Error: |^MachineError|text/],
    ['an exception whose text is code', `throw { get message() { for (;;) {} }, get name() { for (;;) {} } }`, /./],
    [
      'an exception that commands a terminal',
      `throw new Error('\\u001b[2J\\u0007\\u202eone\\ntwo')`,
      'Error: ?[2J??one two',
    ],
    ['an exception of 1,000,000 characters', `throw new Error('x'.repeat(1e6))`, `Error: ${'x'.repeat(200)}…`],
    ['null', 'throw null', UNREADABLE],
    ['undefined', 'throw undefined', UNREADABLE],
    ['a Symbol', `throw Symbol('mine')`, UNREADABLE],
    [
      'a proxy that was revoked',
      'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy',
      UNREADABLE,
    ],
    [
      'a promise that is rejected with a Symbol',
      `Promise.reject(Symbol('mine'))`,
      UNREADABLE.replace('Error', 'Uncaught'),
    ],
    ['a promise that nobody catches', `Promise.reject(new Error('lost'))`, 'Uncaught: Error: lost'],
    ['a class that is none', `exports.Hostile = 5; throw new Error('x')`, 'Error: x'],
  ])('%s', async (_what, body, reason) => {
    const phone = phoneWith(body);
    await phone.open('Hostile');
    expect(textOf(phone.phone.screen)).toContain('Hostile had to be closed.');
    expect(failures(phone.events)).toEqual([reason instanceof RegExp ? expect.stringMatching(reason) : reason]);
    await expectLife(phone);
  });

  test.each<[what: string, more: string, reason: RegExp]>([
    ['loops as it is loaded', 'for (;;) {}', /without end/],
    ['is no JavaScript', 'this is not JavaScript', /^SyntaxError: /],
    ['wants a module that is not there', `require('node:fs')`, /^Error: The phone has no module node:fs/],
    ['imports', `import('node:fs').catch((error) => { throw error; })`, /./],
  ])('one that %s', async (_what, more, reason) => {
    const phone = phoneWith('', more);
    await phone.open('Hostile');
    await settle(phone.clock);
    expect(failures(phone.events)).toEqual([expect.stringMatching(reason)]);
    await expectLife(phone);
  });

  test('that exports another class than its descriptor says', async () => {
    const other = bench({ classes: new Map([['Hostile', engine.boot('exports.Other = class {};', 'Hostile')]]) });
    other.handset.install(jad('Hostile', 'Hostile', 16_500));
    const events: HandsetEvent[] = [];
    other.handset.watch((event) => events.push(event));
    for (const label of ['Menu', 'Applications', 'Hostile']) other.phone.select(label);
    await expect.poll(() => failures(events)).toEqual(['Error: The suite exports no class Hostile']);
  });
});

describe('A suite reaches nothing of the phone or of Node.js', () => {
  /** What an expression gives inside, as the title of a form. */
  async function resultOf(expression: string): Promise<string> {
    const phone = phoneWith(`
      let text;
      try { text = String(${expression}); } catch (error) { text = 'threw ' + error; }
      Display.getDisplay(this).setCurrent(new Form('', [new StringItem('', text)]));
    `);
    await phone.open('Hostile');
    return phone.phone.screen.items[0]?.label ?? textOf(phone.phone.screen);
  }

  test.each([
    ['typeof process', 'undefined'],
    ['typeof globalThis.require', 'undefined'],
    ['typeof Buffer', 'undefined'],
    ['typeof fetch', 'undefined'],
    ['typeof setTimeout', 'undefined'],
    ['typeof WebAssembly', 'undefined'],
    ['typeof console', 'undefined'],
    [`(() => {}).constructor('return typeof process')()`, 'undefined'],
    [`this.context.records.open.constructor('return typeof process')()`, 'undefined'],
    [
      `Object.getPrototypeOf(this.context.system.randomBytes(1)).constructor.constructor('return typeof process')()`,
      'undefined',
    ],
    [`Object.getPrototypeOf(async () => {}).constructor('return typeof process')().constructor.name`, 'Promise'],
    [`Object.getOwnPropertyNames(globalThis).filter((name) => /host|midp|vm/i.test(name)).length`, '0'],
    [`new Error('x').stack.includes('/')`, 'false'],
  ])('%s is %s', async (expression, value) => {
    expect(await resultOf(expression)).toBe(value);
  });

  test('the error of a call of the phone says nothing of its files', async () => {
    const text = await resultOf(
      `(() => { try { openConnection(this.context, 'sms://:16501'); } catch (error) { return error.message + (error.stack ?? ''); } })()`,
    );
    expect(text).toContain('Port 16501 belongs to Neighbour');
    expect(text).not.toMatch(/node_modules|\.ts|file:/);
  });

  test('what it changes of the language, it changes for itself alone', async () => {
    const phone = phoneWith(`
      Object.prototype.toString = () => 'mine';
      Array.prototype.map = Array.prototype.filter = () => { throw new Error('mine'); };
      Object.defineProperty(Object.prototype, 'code', { get: () => 'io', set() {} });
      Object.defineProperty(Object.prototype, 'kind', { get: () => 'alert', set() {} });
      Promise.prototype.then = () => {};
      JSON.stringify = () => '{"kind":"alert","__proto__":{"polluted":1}}';
      Display.getDisplay(this).setCurrent(new Form('Mine'));
    `);
    await phone.open('Hostile');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(failures(phone.events)).toHaveLength(1);
    await expectLife(phone);
  });

  test.each([
    ['no JSON', `JSON.stringify = () => 'nonsense';`],
    ['a view of another kind', `JSON.stringify = () => '{"kind":"movie","id":1,"title":"","commands":[]}';`],
    [
      'items that are none',
      `JSON.stringify = () => '{"kind":"form","id":1,"title":"","commands":[],"items":[{"kind":"string"}]}';`,
    ],
    [
      'a view of 100,000 characters',
      `const text = JSON.stringify; JSON.stringify = (value) => text(value) + ' '.repeat(1e5);`,
    ],
  ])('a screen that is %s is not drawn: it is closed', async (_what, more) => {
    const phone = phoneWith(`Display.getDisplay(this).setCurrent(new Form('Mine'));`, more);
    await phone.open('Hostile');
    expect(failures(phone.events)).toEqual(['MachineError: The call show has other arguments']);
    await expectLife(phone);
  });

  test('10,000 screens in a turn are one, and screens without end stop at the red key', async () => {
    const phone = phoneWith(`
      const display = Display.getDisplay(this);
      for (let number = 1; number <= 10_000; number += 1) display.setCurrent(new Form('Screen ' + number));
      let number = 10_000;
      const next = () => { number += 1; display.setCurrent(new Form('Screen ' + number)); this.context.system.schedule(0, next); };
      this.context.system.schedule(0, next);
    `);
    await phone.open('Hostile');
    expect(phone.phone.screen.title).toBe('Screen 10000');
    await phone.clock.advance(100);
    expect(phone.phone.screen.title).toMatch(/^Screen 10[01]\d\d$/);
    phone.phone.press('power');
    await expectLife(phone);
  });

  test('tasks without end do not keep the phone from its keys', async () => {
    const phone = phoneWith(`
      const display = Display.getDisplay(this);
      const again = () => display.callSerially(again);
      again();
      display.setCurrent(new Form('Busy'));
    `);
    await phone.open('Hostile');
    await phone.clock.advance(10);
    await expectLife(phone);
  });
});

describe('A machine', () => {
  test('makes no call of the phone any more once it was stopped', async () => {
    const phone = phoneWith(`for (;;) { try { Display.getDisplay(this).playSound('ALARM'); } catch {} }`);
    await phone.open('Hostile');
    expect(failures(phone.events)).toEqual([expect.stringMatching(CALLS)]);
    expect(phone.events.filter(({ kind }) => kind === 'sound')).toHaveLength(5_000);
  });

  test('lets an application catch what a promise throws later in the same turn', async () => {
    const phone = phoneWith(`
      const rejected = Promise.reject(new Error('caught'));
      Promise.resolve().then(() => rejected.catch((error) =>
        Display.getDisplay(this).setCurrent(new Form(error.message))));
    `);
    await phone.open('Hostile');
    expect([phone.phone.screen.title, failures(phone.events)]).toEqual(['caught', []]);
  });

  // A property that is set, not defined, goes to the setter, and is read from the getter.
  test('gets what the phone gives whole, also with setters on its prototypes', async () => {
    const phone = phoneWith(`
      Object.defineProperty(Object.prototype, 'nextId', { get: () => 'mine', set() {} });
      const store = RecordStore.openRecordStore(this.context, 's', true);
      Display.getDisplay(this).setCurrent(new Form(String(store.getNextRecordID())));
    `);
    await phone.open('Hostile');
    expect(phone.phone.screen.title).toBe('1');
  });

  test('has a clock and chance of the phone: the same seed is the same run', async () => {
    const script = `
      const { Display, Form, MIDlet, StringItem } = require('midp');
      exports.Hostile = class extends MIDlet {
        startApp() {
          const values = [Date.now(), new Date(0).getTimezoneOffset(), Math.random() < 1, Math.random(), performance.now() > 1e12];
          Display.getDisplay(this).setCurrent(new Form('', [new StringItem('', values.join(' '))]));
        }
        pauseApp() {}
        destroyApp() {}
      };`;
    const run = async (seed: string) => {
      const { handset, phone, clock } = bench({
        seed,
        classes: new Map([['Hostile', engine.boot(script, 'Hostile')]]),
      });
      handset.install(jad('Hostile', 'Hostile', 16_500));
      for (const label of ['Menu', 'Applications', 'Hostile']) phone.select(label);
      await expect.poll(() => phone.screen.items[0]?.label ?? '').toContain(`${clock.now()} 0 true `);
      return phone.screen.items[0]?.label;
    };
    const [first, second, other] = [await run('one'), await run('one'), await run('two')];
    expect(first).toBe(second);
    expect(first).not.toBe(other);
  });
});
