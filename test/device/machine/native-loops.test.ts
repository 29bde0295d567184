import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import type { midp, QuickJsEngine } from '../../../device/index.ts';
import { MachineError } from '../../../device/machine/machine.ts';
import { meterLoops } from '../../../device/machine/metering.ts';
import { openEngine } from './engine.ts';

// A fraction of what a phone gives, so that the whole table takes a few seconds.
const FUEL = 100;

let engine: QuickJsEngine;
beforeAll(async () => {
  engine = await openEngine({ fuel: FUEL });
});

const nothing = () => undefined;
const HOST: midp.Host = {
  show: nothing,
  sound: nothing,
  rmsOpen: nothing,
  rmsPut: nothing,
  rmsDelete: nothing,
  rmsRemove: nothing,
  rmsList: () => [],
  rmsRoom: () => 0,
  listen: () => 0,
  closePort: nothing,
  take: nothing,
  segments: () => 1,
  send: nothing,
  connections: () => [],
  alarm: nothing,
  register: () => undefined,
  unregister: () => false,
  registration: () => undefined,
  now: () => 1e12,
  offset: () => 0,
  random: (count) => new Uint8Array(count),
  timer: nothing,
  clearTimer: nothing,
  property: nothing,
  resource: nothing,
  attribute: nothing,
  request: () => true,
  permission: () => 1,
  serial: nothing,
  ended: nothing,
};

/** How an application ends that does this as it starts, and the time of the processor that it takes, ms. */
async function run(body: string): Promise<{ readonly end: unknown; readonly ms: number }> {
  const script = `exports.One = class extends require('midp').MIDlet { startApp() { ${body} } };`;
  const machine = await engine.boot(script, 'One')(HOST);
  const begin = process.cpuUsage();
  let end: unknown;
  try {
    machine.enter({ kind: 'start' });
  } catch (error) {
    end = error;
  }
  machine.end();
  const { user, system } = process.cpuUsage(begin);
  return { end, ms: (user + system) / 1000 };
}

/** An object that says it has very many elements. */
const HUGE = '({ length: 2 ** 53 - 1 })';
const HOLES = '(() => { const a = []; a.length = 2 ** 32 - 1; return a; })()';

// Operations of the engine that are one step of a script, however long they take.
const OPERATIONS: readonly string[] = [
  `${HOLES}.sort()`,
  `${HOLES}.toSorted()`,
  `${HOLES}.reverse()`,
  `${HOLES}.indexOf(1)`,
  `${HOLES}.lastIndexOf(1)`,
  `${HOLES}.includes(1)`,
  `${HOLES}.join('')`,
  `${HOLES}.toString()`,
  `${HOLES}.toLocaleString()`,
  `${HOLES}.fill(0)`,
  `${HOLES}.flat()`,
  `${HOLES}.slice()`,
  `${HOLES}.splice(0, 2 ** 31)`,
  `${HOLES}.unshift(1)`,
  `${HOLES}.shift()`,
  `${HOLES}.copyWithin(1, 0)`,
  `${HOLES}.concat(${HOLES})`,
  `${HOLES}.forEach(() => {})`,
  `${HOLES}.map((x) => x)`,
  `${HOLES}.findLast(() => false)`,
  `${HOLES}.reduce((a) => a, 0)`,
  `[...${HOLES}]`,
  `Math.max(...${HOLES})`,
  `Math.max.apply(null, ${HUGE})`,
  `Reflect.construct(Array, ${HUGE})`,
  `JSON.stringify(${HOLES})`,
  `new Set(${HOLES})`,
  `Object.fromEntries(${HOLES})`,
  `Array.from(${HUGE})`,
  `Array.prototype.reverse.call({ length: 2 ** 53 - 3 })`,
  `Array.prototype.reverse.call(${HUGE})`,
  `Array.prototype.sort.call(${HUGE})`,
  `Array.prototype.fill.call(${HUGE}, 0)`,
  `Array.prototype.indexOf.call(${HUGE}, 1)`,
  `Array.prototype.lastIndexOf.call(${HUGE}, 1)`,
  `Array.prototype.includes.call(${HUGE}, 1)`,
  `Array.prototype.join.call(${HUGE}, '')`,
  `Array.prototype.copyWithin.call({ length: 2 ** 53 - 1, 0: 1 }, 1, 0)`,
  `Array.prototype.splice.call({ length: 2 ** 52 }, 0, 1)`,
  `Array.prototype.unshift.call({ length: 2 ** 52 }, 1)`,
  `Array.prototype.shift.call(${HUGE})`,
  `Array.prototype.slice.call(${HUGE}, 0, 2 ** 31)`,
  `Array.prototype.concat.call([], Object.assign(${HUGE}, { [Symbol.isConcatSpreadable]: true }))`,
  `new Uint8Array(10).set(${HUGE})`,
  `new Uint8Array(${HUGE})`,
  `'x'.repeat(2 ** 29)`,
  `'x'.padStart(2 ** 29, 'yz')`,
  `'x'.padEnd(2 ** 29)`,
  `'x'.repeat(1e6).replaceAll('x', 'y'.repeat(1e6))`,
  `'x'.repeat(1e6).split('').join('y'.repeat(100))`,
  `for (;;) 'x'.repeat(1e6).indexOf('x'.repeat(1e3) + 'y')`,
  `for (;;) 'é'.repeat(1e5).normalize('NFD')`,
  `for (;;) 'x'.repeat(1e6).toUpperCase()`,
  `for (;;) encodeURIComponent('€'.repeat(1e5))`,
  `for (;;) escape('€'.repeat(1e5))`,
  `for (;;) ('a'.repeat(1e6) + 'b').localeCompare('a'.repeat(1e6) + 'c')`,
  `/^(a+)+$/.test('a'.repeat(40) + 'b')`,
  `/(?=(a+))*b/.test('a'.repeat(1e6))`,
  `/(.*)\\1\\1\\1b/.test('ab'.repeat(1e4))`,
  `new RegExp('(?:'.repeat(500) + 'a' + '){0,9}'.repeat(500)).test('a')`,
  `new RegExp('[' + '\\\\u{10000}-\\\\u{10ffff}'.repeat(1e4) + ']', 'iu')`,
  `3n ** 10_000_000n`,
  `(() => { let b = 3n; for (;;) b *= b; })()`,
  `(() => { const b = 3n ** 300_000n; for (;;) b.toString(); })()`,
  `(() => { const b = 3n ** 300_000n; for (;;) b / (b >> 9n); })()`,
  `BigInt('9'.repeat(1e6))`,
  `BigInt.asUintN(2 ** 53 - 1, -1n)`,
  `1n << 1_000_000_000n`,
  `for (;;) JSON.parse('[' + '1,'.repeat(1e5) + '1]')`,
  `for (;;) JSON.stringify('\\u0000'.repeat(1e5))`,
  `(() => { let o = []; for (let i = 0; i < 60; i += 1) o = [o, o]; JSON.stringify(o); })()`,
  `(() => { let o = []; for (let i = 0; i < 60; i += 1) o = [o, o]; o.flat(Infinity); })()`,
  `(() => { let o = []; for (let i = 0; i < 60; i += 1) o = [o, o]; String(o); })()`,
  `(() => { let s = 'ab'; for (let i = 0; i < 28; i += 1) s += s; return s > s + 'x'; })()`,
  `(() => { const u = new Float64Array(2e5); for (;;) u.sort(); })()`,
  `(() => { const u = new Uint8Array(2e6); for (;;) u.fill(1).reverse().indexOf(2); })()`,
  `(() => { const u = new Uint8Array(2e6); for (;;) u.join().length; })()`,
  `(() => { const u = new Uint8Array(1e6); for (;;) u.slice().set(u); })()`,
  `(() => { const o = {}; for (let i = 0; ; i += 1) { o['k' + i] = i; Object.keys(o); } })()`,
  `(() => { const o = {}; for (let i = 0; ; i += 1) { o['k' + i] = i; Object.freeze({ ...o }); } })()`,
  `(() => { const m = new Map(); for (let i = 0; i < 2e4; i += 1) m.set(i, i); for (;;) [...m]; })()`,
  `(() => { const s = new Set(); for (let i = 0; i < 2e4; i += 1) s.add(i); for (;;) s.union(s); })()`,
  `for (;;) atob(btoa('x'.repeat(3e5)))`,
  `for (;;) new Function('x'.repeat(1e3) + ';'.repeat(3e5))`,
  `for (;;) eval('1+'.repeat(1e3) + '1')`,
  `for (;;) new Date(8.64e15).toLocaleString()`,
  `for (;;) Number('1'.repeat(1e6))`,
  `for (;;) (1e21 + 1 / 3).toString(2).length`,
  `for (;;) 'x'.repeat(1e6).localeCompare('y')`,
  `const p = new Proxy([], { get: (t, k) => (k === 'length' ? 2 ** 53 - 1 : undefined), has: () => false }); Array.prototype.sort.call(p)`,
  `const p = new Proxy({}, { ownKeys: () => Array.from({ length: 3e4 }, (_, i) => 'k' + i) }); for (;;) Reflect.ownKeys(p)`,
];

describe('An operation of the engine is stopped in its midst', () => {
  test.each(OPERATIONS)('%s', async (operation) => {
    const { end, ms } = await run(/^(for|const)/.test(operation) ? operation : `globalThis.kept = ${operation};`);
    // It was stopped, or the engine itself refuses such a length; it never runs to its end.
    expect(end).toBeInstanceOf(MachineError);
    expect(String(end)).toMatch(/calculates without end|too much memory|^(Range|Type|Syntax|Internal)Error: /);
    expect(ms).toBeLessThan(2_000);
  });

  test('and nothing that the application changes of the language helps it', async () => {
    const { end } = await run(`
      globalThis.Array = Object;
      Object.prototype.valueOf = () => 0;
      try { ${HOLES}.sort(); } catch { for (;;) {} } finally { for (;;) {} }
    `);
    expect(end).toMatchObject({ code: 'fuel' });
  });

  test('also while the application is ended, and sooner', async () => {
    const brief = await openEngine({ fuel: 10_000, lastFuel: 100 });
    const script = `exports.One = class extends require('midp').MIDlet { startApp() {} destroyApp() { ${HOLES}.sort(); } };`;
    const machine = await brief.boot(script, 'One')(HOST);
    machine.enter({ kind: 'start' });
    expect(() => machine.enter({ kind: 'destroy' })).toThrow(expect.objectContaining({ code: 'fuel' }));
    expect(machine.fuel()).toBe(101);
  });
});

describe('WebAssembly that counts its loops', () => {
  const engineModule = readFileSync(createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm'));

  test('is a module with the same imports and exports, each loop of it with a meter', () => {
    const metered = new WebAssembly.Module(meterLoops(engineModule, 'host_interrupt'));
    const original = new WebAssembly.Module(new Uint8Array(engineModule));
    expect(WebAssembly.Module.imports(metered)).toEqual(WebAssembly.Module.imports(original));
    expect(WebAssembly.Module.exports(metered)).toEqual(WebAssembly.Module.exports(original));
  });

  // (module (import "e" "f" (func (result i32))) (global (mut i32) (i32.const 0)) (func (export "g") (loop … br 0)))
  const types = [1, 8, 2, 0x60, 0, 1, 0x7f, 0x60, 0, 0];
  const imports = [2, 7, 1, 1, 0x65, 1, 0x66, 0, 0];
  const after = [3, 2, 1, 1];
  const globals = [6, 6, 1, 0x7f, 1, 0x41, 0, 0x0b];
  const memory = [5, 3, 1, 0, 1];
  const exports = [7, 9, 2, 1, 0x67, 0, 1, 1, 0x6e, 3, 0];
  const moduleOf = (...body: number[]) =>
    Uint8Array.of(
      0,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      ...types,
      ...imports,
      ...after,
      ...memory,
      ...globals,
      ...exports,
      10,
      body.length + 4,
      1,
      body.length + 2,
      0,
      ...body,
      0x0b,
    );

  test.each([
    ['a loop without end', [0x03, 0x40, 0x0c, 0, 0x0b]],
    ['a loop in a loop', [0x03, 0x40, 0x03, 0x40, 0x0c, 1, 0x0b, 0x0b]],
    [
      'a loop after constants that look like loops',
      [
        0x41, 0x03, 0x1a, 0x43, 3, 3, 3, 3, 0x1a, 0x44, 3, 3, 3, 3, 3, 3, 3, 3, 0x1a, 0x42, 0x83, 3, 0x1a, 0x03, 0x40,
        0x0c, 0, 0x0b,
      ],
    ],
    ['a loop behind a table of jumps', [0x03, 0x40, 0x41, 0, 0x0e, 1, 0, 0, 0x0b]],
    ['a loop after a choice with a type', [0x41, 3, 0x41, 3, 0x41, 3, 0x1c, 1, 0x7f, 0x1a, 0x03, 0x40, 0x0c, 0, 0x0b]],
    ['a loop after a conversion with a prefix', [0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a, 0x03, 0x40, 0x0c, 0, 0x0b]],
  ])('%s is left by an exception of the host, after each 100,000 loops it is asked', async (_what, body) => {
    let asked = 0;
    const f = () => {
      asked += 1;
      if (asked === 3) throw new Error('enough');
      return 0;
    };
    const { instance } = await WebAssembly.instantiate(meterLoops(moduleOf(...body), 'f'), { e: { f } });
    const { g } = instance.exports;
    if (typeof g !== 'function') throw new Error('It exports a function');
    expect(() => g()).toThrow('enough');
    expect(asked).toBe(3);
  });

  test.each([
    ['copied', [0x41, 0, 0x41, 0, 0x41, 0x80, 0x80, 0x04, 0xfc, 10, 0, 0]],
    ['filled', [0x41, 0, 0x41, 0, 0x41, 0x80, 0x80, 0x04, 0xfc, 11, 0]],
  ])('counts memory that is %s as one loop each 32 octets', async (_what, instruction) => {
    let asked = 0;
    const f = () => {
      asked += 1;
      if (asked === 3) throw new Error('enough');
      return 0;
    };
    // 65,536 octets each time round, 2,048 loops: 49 times are 100,352 loops and 49 of its own.
    const module = moduleOf(0x03, 0x40, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0, ...instruction, 0x0c, 0, 0x0b);
    const { instance } = await WebAssembly.instantiate(meterLoops(module, 'f'), { e: { f } });
    const { g, n } = instance.exports;
    if (typeof g !== 'function' || !(n instanceof WebAssembly.Global)) throw new Error('It exports both');
    expect(() => g()).toThrow('enough');
    expect([asked, n.value]).toEqual([3, 98]);
  });

  test.each([
    ['without the function', moduleOf(), 'h', 'The module has no globals, or no h'],
    ['with an instruction of exceptions', moduleOf(0x06, 0x40, 0x0b), 'f', 'The instruction 0x6 is not known'],
    ['with one of vectors', moduleOf(0xfd, 0), 'f', 'The instruction 0xfd is not known'],
    ['with an unknown one of memory', moduleOf(0xfc, 40), 'f', 'The instruction 0xfc is not known'],
    ['that ends too soon', moduleOf().subarray(0, 20), 'f', 'The module ends too soon'],
  ])('one %s is refused', (_what, module, name, message) => {
    expect(() => meterLoops(module, name)).toThrow(message);
  });
});
