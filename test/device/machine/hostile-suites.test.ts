import { runInThisContext } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  builtInWith,
  type HandsetEvent,
  inProcess,
  midp,
  type QuickJsEngine,
  type Screen,
  textOf,
} from '../../../device/index.ts';
import type { Boot } from '../../../device/machine/machine.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { type CashBench, enrolled, PIN } from '../cash-mobile/cash-bench.ts';
import { openEngine } from './engine.ts';

/**
 * A suite that does harm. To add one, write a row: what it is, and what its `startApp` does. In it are the names of the class library,
 * `context`, and `show(text)`, which shows a text; `more` stands before the class.
 */
interface Hostile {
  readonly what: string;
  readonly does: string;
  readonly more?: string;
  /** Nobody signed it, and it asks for no permission; else it is part of the phone, so that nothing is asked. */
  readonly unsigned?: true;
  /**
   * The phone closes it and says so, for this reason; or it is refused something and shows this; or it goes on until the red key ends it; or
   * it ends itself.
   */
  readonly outcome:
    | { readonly closed: RegExp }
    | { readonly shows: RegExp; readonly screen?: PartOfScreen }
    | 'goes on'
    | 'ends';
}

/** What of a screen counts beside its first text. */
type PartOfScreen = Partial<Pick<Screen, 'title' | 'softKeys' | 'indicator'>>;

const LIMITS = /calculates without end|takes more than 5 s|needs too much memory/;

/** What only a machine of its own stops: beside the phone such a suite stops the phone, which is why only trusted ones run there. */
const STOPPED: readonly Hostile[] = [
  { what: 'an endless loop', does: 'for (;;) {}', outcome: { closed: /without end/ } },
  {
    what: 'an endless loop that catches',
    does: 'for (;;) try { for (;;); } catch {}',
    outcome: { closed: /without end/ },
  },
  {
    what: 'an endless chain of promises',
    does: 'const f = () => Promise.resolve().then(f); f();',
    outcome: { closed: LIMITS },
  },
  {
    what: 'a sort of 4,294,967,295 holes',
    does: '[].concat.call(Array(2 ** 32 - 1)).sort(); const a = []; a.length = 2 ** 32 - 1; a.sort();',
    outcome: { closed: LIMITS },
  },
  {
    what: 'a turn of 9 * 10^15 elements',
    does: 'Array.prototype.reverse.call({ length: 2 ** 53 - 3 });',
    outcome: { closed: LIMITS },
  },
  {
    what: 'a regular expression without end',
    does: `/^(a+)+$/.test('a'.repeat(40) + 'b');`,
    outcome: { closed: LIMITS },
  },
  { what: 'a number of a million digits', does: 'for (let b = 3n; ; ) b *= b;', outcome: { closed: LIMITS } },
  { what: 'recursion', does: 'const f = () => f() + 1; f();', outcome: { closed: /calls itself too deeply/ } },
  { what: '1 GB of strings', does: `let s = 'x'; for (;;) s += s;`, outcome: { closed: LIMITS } },
  { what: '1 GB of octets', does: 'const a = []; for (;;) a.push(new Uint8Array(1e5));', outcome: { closed: LIMITS } },
  { what: '1,000,000 screens', does: 'for (let n = 0; n < 1e6; n += 1) show(n);', outcome: { closed: LIMITS } },
  {
    what: 'records without end',
    does: `const s = RecordStore.openRecordStore(context, 's', true); for (;;) try { s.addRecord(new Uint8Array(0)); } catch {}`,
    outcome: { closed: /calls the phone without end/ },
  },
  {
    what: 'stores without end',
    does: `for (let n = 0; ; n += 1) try { RecordStore.openRecordStore(context, 's' + n, true); } catch {}`,
    outcome: { closed: /calls the phone without end/ },
  },
  {
    what: 'timers without end',
    does: 'for (;;) context.system.schedule(1000, () => {});',
    outcome: { closed: /has 1000 timers/ },
  },
  {
    what: 'tasks without end in one turn',
    does: 'for (;;) context.lcd.callSerially(() => {});',
    outcome: { closed: /has 1000 tasks that wait/ },
  },
  {
    what: 'chance without end',
    does: 'context.system.randomBytes(65_537);',
    outcome: { closed: /more than 65536 octets of chance/ },
  },
  {
    what: 'the process, by a constructor',
    does: `show(context.records.open.constructor('return typeof process')());`,
    outcome: { shows: /^undefined$/ },
  },
  {
    what: 'the process, by what the phone hands over',
    does: `show(context.system.randomBytes(1).constructor.constructor('return typeof process')());`,
    outcome: { shows: /^undefined$/ },
  },
  {
    what: 'the process, by an error',
    does: `try { context.messaging.listen(2948, () => {}); } catch (e) { show(e.constructor.constructor('return typeof process')()); }`,
    outcome: { shows: /^undefined$/ },
  },
  {
    what: 'prototypes that are not its own',
    does: `Object.prototype.polluted = 'mine'; Array.prototype.map = undefined; show('done');`,
    outcome: { closed: /./ },
  },
  {
    what: 'setters for what the phone hands over',
    does: `for (const name of ['kind', 'code', 'number', 'port', 'nextId', 'records', '0']) Object.defineProperty(Object.prototype, name, { get: () => 'mine', set() {} }); show(1);`,
    outcome: { shows: /^1$/ },
  },
  {
    what: 'a screen that is none',
    does: 'show(1);',
    more: `JSON.stringify = () => '{"kind":"movie"}';`,
    outcome: { closed: /show has other arguments/ },
  },
  {
    what: 'an endless loop in a task',
    does: 'context.lcd.callSerially(() => { for (;;); });',
    outcome: { closed: /without end/ },
  },
  {
    what: 'recursion through toString, valueOf and Symbol.toPrimitive',
    does: `const o = { toString() { return '' + this; }, valueOf() { return +this; }, [Symbol.toPrimitive](h) { return h === 'string' ? String(this) : Number(this); } }; show(o);`,
    outcome: { closed: /calls itself too deeply/ },
  },
  {
    what: 'a title with an endless toString',
    does: 'Display.getDisplay(this).setCurrent(new Form({ toString() { for (;;); } }));',
    outcome: { closed: /./ },
  },
  {
    what: 'a text that is a proxy',
    does: `Display.getDisplay(this).setCurrent(new Form('', [new StringItem('', new Proxy({}, { get() { for (;;); }, ownKeys() { for (;;); } }))]));`,
    outcome: { closed: /./ },
  },
  {
    what: 'toJSON without end',
    does: 'const t = new String(1); t.toJSON = () => { for (;;); }; Display.getDisplay(this).setCurrent(new Form(t));',
    outcome: { closed: /without end/ },
  },
  {
    what: '1 GB of strings by join and template',
    does: `let s = 'x'; for (;;) s = \`\${[s, s, s].join(s)}\${s}\`;`,
    outcome: { closed: LIMITS },
  },
  {
    what: 'an array buffer that grows without end',
    does: 'const b = new ArrayBuffer(1, { maxByteLength: 2 ** 31 }); for (let n = 1; ; n *= 2) b.resize(n);',
    outcome: { closed: /./ },
  },
  {
    what: 'promises without end, each with a thousand listeners',
    does: 'const p = []; for (;;) p.push(new Promise(() => {}).then(() => {}));',
    outcome: { closed: LIMITS },
  },
  {
    what: 'a thenable that never ends',
    does: 'const t = { then(f) { f(t); } }; (async () => { await t; })();',
    outcome: { closed: LIMITS },
  },
  {
    what: 'a Promise that never ends, in the place of that of the language',
    does: `openConnection(context, 'sms://+39340').send({ kind: 'text', text: 'x' });`,
    more: 'Promise.prototype.then = function () { for (;;); };',
    outcome: { closed: /without end/ },
  },
  {
    what: 'octets that are a proxy, for the flash',
    does: `RecordStore.openRecordStore(context, 's', true).addRecord(new Proxy(new Uint8Array(4), {})); show('kept');`,
    outcome: { closed: /./ },
  },
  {
    what: 'octets that were transferred away, for the flash',
    does: `const o = new Uint8Array(4); o.buffer.transfer(); RecordStore.openRecordStore(context, 's', true).addRecord(o); show('kept');`,
    outcome: { closed: /./ },
  },
  {
    what: 'octets over a shared buffer',
    does: `RecordStore.openRecordStore(context, 's', true).addRecord(new Uint8Array(new SharedArrayBuffer(4))); show('kept');`,
    outcome: { shows: /^kept$/ },
  },
  {
    what: 'a number that is none',
    does: 'context.system.schedule(NaN, () => {}); context.system.schedule(Infinity, () => {});',
    outcome: { closed: /./ },
  },
  {
    what: 'a store name of a megabyte',
    does: `RecordStore.openRecordStore(context, 'x'.repeat(1e6), true);`,
    outcome: { closed: /./ },
  },
  {
    what: 'a gauge as large as a number can be',
    does: `show(1);`,
    more: `const text = JSON.stringify; JSON.stringify = (v) => text({ ...v, items: [{ kind: 'gauge', label: '', value: 1e308, maxValue: 1e308 }] });`,
    outcome: { closed: /show has other arguments/ },
  },
  {
    what: 'an exception that is a trap',
    does: 'throw { get name() { for (;;); }, get message() { for (;;); } };',
    outcome: { closed: /./ },
  },
];

/** What the phone refuses wherever the suite runs. */
const REFUSED: readonly Hostile[] = [
  { what: 'an exception', does: `throw new TypeError('mine');`, outcome: { closed: /^TypeError: mine$/ } },
  {
    what: 'a restricted port, past the class library',
    does: 'try { context.messaging.listen(2948, () => {}); } catch (e) { show(e.name + e.message); }',
    outcome: { shows: /^SecurityExceptionPort 2948 is not for applications$/ },
  },
  {
    what: 'a restricted port',
    does: `try { openConnection(context, 'sms://:9200'); } catch (e) { show(e.name); }`,
    outcome: { shows: /^SecurityException$/ },
  },
  {
    what: 'the port of another suite',
    does: `try { openConnection(context, 'sms://:16001'); } catch (e) { show(e.message); }`,
    outcome: { shows: /^Port 16001 belongs to Cash-Mobile$/ },
  },
  {
    what: 'a message to a restricted port',
    does: `context.messaging.send({ number: '+39340', port: 2948, payload: { kind: 'text', text: 'x' } }).catch((e) => show(e.message));`,
    outcome: { shows: /^Port 2948 is not for applications$/ },
  },
  {
    what: 'a message in the name of another port',
    does: `context.messaging.send({ number: '+39340', port: 16001, payload: { kind: 'text', text: 'x' } }, 16001).catch((e) => show(e.message));`,
    outcome: { shows: /^Port 16001 is not open$/ },
  },
  {
    what: 'a message of another suite',
    does: 'show(context.messaging.take(16001));',
    outcome: { shows: /^undefined$/ },
  },
  {
    what: 'the records of another suite',
    does: `show(RecordStore.listRecordStores(context).join() + ['../Cash-Mobile/device', 'Cash-Mobile/device', 'device'].map((n) => { try { return RecordStore.openRecordStore(context, n, false); } catch (e) { return e.code; } }));`,
    outcome: { shows: /^not-found,not-found,not-found$/ },
  },
  {
    what: 'all the room for records',
    does: `const s = RecordStore.openRecordStore(context, 's', true); try { for (;;) s.addRecord(new Uint8Array(4000)); } catch (e) { show(e.code); }`,
    outcome: { shows: /^full$/ },
  },
  {
    what: 'the PIN, on a screen like that of the payment application: the row of the phone says that nobody signed it',
    unsigned: true,
    does: `const pin = new Form('Payment', [new StringItem('', 'Edicola Duomo'), new StringItem('', 'EUR 12.50'), new TextField('PIN', '', 5, { input: 'NUMERIC', password: true })]);
      pin.addCommand(new Command('Confirm', 'OK', 0)); pin.addCommand(new Command('Back', 'BACK', 1));
      pin.setTicker('✓ Cash-Mobile'); Display.getDisplay(this).setCurrent(pin);`,
    outcome: {
      shows: /^Edicola Duomo$/,
      screen: {
        title: 'Payment',
        softKeys: { left: 'Confirm', right: 'Back' },
        indicator: { kind: 'unsigned', text: expect.stringMatching(/^NOT SIGNED Suite/) },
      },
    },
  },
  {
    what: 'a message of 255 SMS, past the class library',
    does: `context.messaging.send({ number: '+39340', payload: { kind: 'text', text: 'x'.repeat(2_000) } }).catch((e) => show(e.name + e.message));`,
    outcome: { shows: /^IllegalArgumentExceptionThe message takes more than 10 SMS$/ },
  },
  {
    what: 'a gauge without end',
    does: `try { new Gauge('', 1e308, 1e308); } catch (e) { show(e.message); }`,
    outcome: { shows: /^A gauge does not go to 1e\+308$/ },
  },
  {
    what: 'an address with a control character',
    does: `try { openConnection(context, 'sms://+39340\\n:5000'); } catch (e) { show(e.name); }`,
    outcome: { shows: /^IllegalArgumentException$/ },
  },
  {
    what: 'a class of another suite at a time',
    does: `try { PushRegistry.registerAlarm(context, 1e12, 'CashMobile'); } catch (e) { show(e.name); }`,
    outcome: { shows: /^ClassNotFoundException$/ },
  },
  {
    what: 'the messages of another suite, by registration',
    does: `try { PushRegistry.registerConnection(context, 'sms://:16001', 'Suite', '*'); } catch (e) { show(e.name); }`,
    outcome: { shows: /^(IO|ClassNotFound)Exception$/ },
  },
  {
    what: 'all ports',
    does: `let n = 0; for (let port = 20_000; port < 20_100; port += 1) try { PushRegistry.registerConnection(context, 'sms://:' + port, this.constructor.name, '*'); n += 1; } catch (e) { if (n === 0) n = e.name; } show(n);`,
    outcome: { shows: /^(16|ClassNotFoundException)$/ },
  },
  {
    what: 'a file of the phone',
    does: `show(['../suite.js', '/etc/passwd', 'META-INF/MANIFEST.MF', '__proto__', 'constructor'].map((p) => context.getResource(p)).join());`,
    outcome: { shows: /^,,,,$/ },
  },
  {
    what: 'an attribute of every object',
    does: `show(['__proto__', 'constructor', 'toString'].map((k) => this.getAppProperty(k)).join());`,
    outcome: { shows: /^,,$/ },
  },
  { what: 'the end at once', does: 'this.notifyDestroyed();', outcome: 'ends' },
  {
    what: 'an alarm in the past, and the end',
    does: 'PushRegistry.registerAlarm(context, 1); this.notifyDestroyed();',
    outcome: 'ends',
  },
  {
    what: 'a screen each millisecond',
    does: 'let n = 0; const next = () => { show(n); n += 1; context.system.schedule(0, next); }; next();',
    outcome: 'goes on',
  },
  {
    what: 'a task after the other',
    does: `const again = () => context.lcd.callSerially(again); again(); show('busy');`,
    outcome: 'goes on',
  },
  {
    what: 'alerts that are over at once',
    does: `const next = () => { const a = new Alert('', 'x', 'INFO', 1); a.onDismiss?.(next); Display.getDisplay(this).setCurrent(a); }; next();`,
    outcome: 'goes on',
  },
  {
    what: 'messages without end',
    does: `const again = () => void context.messaging.send({ number: '+39340', payload: { kind: 'text', text: 'x' } }).then(again, again); again(); show('busy');`,
    outcome: 'goes on',
  },
];

const SCRIPT = ({ does, more = '' }: Hostile) => `
const midp = require('midp');
const { Alert, Command, Display, Form, Gauge, List, MIDlet, openConnection, PushRegistry, RecordStore, StringItem, TextField } = midp;
${more}
exports.Hostile = class extends MIDlet {
  startApp() {
    const { context } = this;
    const show = (text) => Display.getDisplay(this).setCurrent(new Form('', [new StringItem('', String(text))]));
    ${does}
  }
  pauseApp() {}
  destroyApp() {}
};`;

/** The same script beside the phone. */
function beside(script: string): Boot {
  return inProcess((context) => {
    const exports: { Hostile?: new (context: midp.MidletContext) => midp.MIDlet } = {};
    runInThisContext(`(function (exports, require) { ${script}\n})`)(exports, () => midp);
    if (exports.Hostile === undefined) throw new Error('It exports no class');
    return new exports.Hostile(context);
  });
}

function jad(name: string): string {
  return [
    `MIDlet-Name: ${name}`,
    'MIDlet-Version: 1.0',
    'MIDlet-Vendor: Test',
    `MIDlet-1: ${name},,${name}`,
    'MIDlet-Permissions: javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send, javax.microedition.io.PushRegistry',
  ].join('\n');
}

async function pay(cash: CashBench): Promise<void> {
  const { txn } = await cash.request();
  await cash.select('Approve');
  await cash.type(PIN);
  await cash.select('Confirm');
  await cash.send(cash.service.receipt(txn, 'paid'));
  expect(textOf(cash.phone.screen)).toContain('Paid');
  await cash.select('OK');
  cash.phone.press('power');
  await cash.settle();
}

/** What became of a suite that was opened, when nothing more changes. */
async function outcomeOf(cash: CashBench, events: readonly HandsetEvent[], { outcome }: Hostile): Promise<void> {
  const { phone, clock } = cash;
  const words = () => textOf(phone.screen);
  const reasons = () =>
    events.flatMap((event) => ('reason' in event && event.kind === 'application' ? [event.reason] : []));
  if (outcome === 'goes on') {
    await clock.advance(200);
    expect(reasons()).toEqual([]);
    phone.press('power');
  } else if (outcome === 'ends') {
    await clock.advance(60_000);
    expect(reasons()).toEqual([]);
  } else if ('shows' in outcome) {
    await expect.poll(() => phone.screen.items[0]?.label ?? '').toMatch(outcome.shows);
    expect(phone.screen).toMatchObject(outcome.screen ?? {});
    phone.press('power');
  } else {
    await expect.poll(words, { timeout: 20_000 }).toContain('had to be closed.');
    expect(reasons()).toEqual([expect.stringMatching(outcome.closed)]);
    phone.press('power');
  }
  expect(phone.screen.kind).toBe('idle');
}

const TABLES = [
  [
    'in a machine of its own',
    [...STOPPED, ...REFUSED],
    (engine: QuickJsEngine, script: string) => engine.boot(script, 'Hostile'),
  ],
  ['beside the phone', REFUSED, (_engine: QuickJsEngine, script: string) => beside(script)],
] as const;

describe.each(TABLES)('A hostile suite %s', (_where, suites, boot) => {
  let cash: CashBench;
  let events: HandsetEvent[] = [];

  beforeAll(async () => {
    // A twentieth of what a phone gives, so that endless loops end soon.
    const engine = await openEngine({ fuel: 500 });
    const classes = suites.map((suite, index) => [`Suite${index}`, boot(engine, SCRIPT(suite))] as const);
    cash = await enrolled({ classes: new Map([...builtInWith(servicePrimitives()), ...classes]) });
    suites.forEach((suite, index) => {
      if (suite.unsigned)
        cash.handset.install(jad(`Suite${index}`).replace(/\nMIDlet-Permissions.*/, ''), { kind: 'nobody' });
      else cash.handset.install(jad(`Suite${index}`));
    });
    cash.handset.watch((event) => events.push(event));
  }, 60_000);

  test.each(suites.map((suite, index) => [suite.what, suite, index] as const))(
    'that wants %s has no success, and a payment is made afterwards',
    async (_what, suite, index) => {
      events = [];
      if (cash.phone.screen.kind !== 'idle') cash.phone.press('power');
      for (const label of ['Menu', 'Applications', `Suite${index}`]) cash.phone.select(label);
      await outcomeOf(cash, events, suite);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      await pay(cash);
    },
    60_000,
  );
});
