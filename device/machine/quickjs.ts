import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { JSException, type JSValueHandle, QuickJS, type QuickJSOptions } from 'quickjs-wasi';
import { legible } from '../hal/index.ts';
import type { GuestEvent, Host } from '../midp/index.ts';
import { callHost, HOST_CALLS, type HostCall, type MachineValue } from './host-calls.ts';
import { type Boot, type Machine, MachineError } from './machine.ts';
import { meterLoops } from './metering.ts';
import { MACHINE_LIMITS, type MachineLimits, Watch } from './watch.ts';

/** Characters of an exception's text that are shown. */
const REASON_LIMIT = 200;
/** What the engine's library says when a value has no text: of null, of a Symbol, of an error for which there was no memory. */
const NO_TEXT = '<null>';
const UNREADABLE = 'What was thrown cannot be read as a text';

/** A virtual machine before an application is in it. Its clock is the phone's as soon as it has one. */
interface Blank {
  readonly vm: QuickJS;
  readonly watch: Watch;
}

/** Compiles QuickJS once for all applications, and keeps one virtual machine ready. */
export class QuickJsEngine {
  readonly #module: WebAssembly.Module;
  readonly #library: string;
  readonly #limits: MachineLimits;
  #spare: Blank | undefined;

  private constructor(module: WebAssembly.Module, library: string, limits: MachineLimits) {
    this.#module = module;
    this.#library = library;
    this.#limits = limits;
  }

  /** @param library the class library as a script that puts its names on `exports` */
  static async open(library: string, limits: MachineLimits = MACHINE_LIMITS): Promise<QuickJsEngine> {
    const path = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm');
    const module = await WebAssembly.compile(meterLoops(readFileSync(path), 'host_interrupt'));
    const engine = new QuickJsEngine(module, library, limits);
    engine.#spare = await engine.#create();
    return engine;
  }

  /** How an application of a class of a suite is started. @param script the suite's `suite.js` */
  boot(script: string, className: string): Boot {
    return (host) => {
      const begin = ({ vm, watch }: Blank) =>
        new QuickJsMachine(vm, watch, host, { library: this.#library, script, className });
      const spare = this.#spare;
      this.#spare = undefined;
      // Without a spare the next application makes its own, and fails with the reason if it cannot.
      this.#create().then(
        (blank) => {
          this.#spare ??= blank;
        },
        () => {},
      );
      return spare === undefined ? this.#create().then(begin) : begin(spare);
    };
  }

  async #create(): Promise<Blank> {
    const watch = new Watch(this.#limits);
    const options: QuickJSOptions = {
      wasm: this.#module,
      memoryLimit: this.#limits.memory,
      maxStackSize: this.#limits.stack,
      timezoneOffset: 0,
      interruptHandler: () => watch.tick(),
      onUnhandledRejection: (promise, reason, isHandled) =>
        watch.rejected(promise.identity, isHandled, () => textOf(reason)),
      wasi: (memory) => ({
        clock_time_get: (_clock: number, _precision: bigint, at: number) => {
          new DataView(memory.buffer).setBigUint64(at, BigInt(Math.max(0, Math.floor(watch.now()))) * 1_000_000n, true);
          return 0;
        },
        random_get: (at: number, count: number) => {
          new Uint8Array(memory.buffer, at, count).fill(0);
          return 0;
        },
        // The engine's own messages are for nobody.
        fd_write: () => 0,
      }),
    };
    return { vm: await QuickJS.create(options), watch };
  }
}

/** The parts of an application. */
interface Program {
  readonly library: string;
  readonly script: string;
  readonly className: string;
}

/** One application in a QuickJS of its own, which is dropped after its end or its first error. */
class QuickJsMachine implements Machine {
  readonly #vm: QuickJS;
  readonly #watch: Watch;
  readonly #enter: JSValueHandle;

  /** @throws MachineError when the suite cannot be loaded */
  constructor(vm: QuickJS, watch: Watch, host: Host, program: Program) {
    this.#vm = vm;
    this.#watch = watch;
    watch.now = () => host.now();
    this.#enter = this.#guarded(() => this.#load(host, program));
  }

  enter(event: GuestEvent): void {
    this.#guarded(() => {
      const given = this.#given(event);
      this.#vm.callFunction(this.#enter, this.#vm.undefined, given).dispose();
      given.dispose();
      this.#vm.executePendingJobs();
    }, event.kind === 'destroy');
  }

  memory(): number {
    return this.#vm.getMemoryUsage().memoryUsedSize;
  }

  fuel(): number {
    return this.#watch.fuel;
  }

  end(): void {
    this.#vm.dispose();
  }

  #load(host: Host, { library, script, className }: Program): JSValueHandle {
    const vm = this.#vm;
    const exports = vm.evalCode(`(() => { const exports = {}; ${library}\n; return exports; })()`, 'midp');
    const suite = vm.evalCode(`(function (exports, require) { ${script}\n})`, 'suite.js');
    const boot = exports.getProp('bootSuite');
    const enter = vm.callFunction(boot, vm.undefined, this.#hostObject(host), suite, vm.newString(className));
    vm.executePendingJobs();
    return enter;
  }

  #hostObject(host: Host): JSValueHandle {
    const object = this.#vm.newObject();
    for (const name of HOST_CALLS) {
      object.setProp(
        name,
        this.#vm.newFunction(name, (...given) => this.#call(host, name, given)),
      );
    }
    return object;
  }

  // Nothing of the phone's own errors is to be seen inside: their texts have paths of its files.
  #call(host: Host, name: HostCall, given: readonly JSValueHandle[]): JSValueHandle {
    if (this.#watch.stopped !== undefined) throw new Error('stopped');
    try {
      const values = given.map(crossing);
      this.#watch.called(name, sizeOf(values));
      if (this.#watch.stopped !== undefined) throw new Error('stopped');
      return this.#given(callHost(host, name, values));
    } catch (error) {
      this.#watch.stop('thrown', error instanceof Error ? error.message : String(error));
      throw new Error('stopped');
    }
  }

  // Properties are defined, not set: the application may have put setters on the prototypes, which would take the values.
  #given(value: unknown): JSValueHandle {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return this.#vm.hostToHandle(value);
    const object = Array.isArray(value) ? this.#vm.newArray() : this.#vm.newObject();
    for (const [key, part] of Object.entries(value)) {
      const handle = this.#given(part);
      object.defineProp(key, handle, { configurable: true, enumerable: true, writable: true });
      handle.dispose();
    }
    return object;
  }

  /** Lets the application run. @throws MachineError when it was stopped, and what it throws */
  #guarded<T>(task: () => T, isLast = false): T {
    this.#watch.begin(isLast);
    let result: T;
    try {
      result = task();
    } catch (error) {
      throw this.#watch.stopped ?? failureOf(error);
    }
    const { stopped, uncaught } = this.#watch;
    if (stopped !== undefined) throw stopped;
    if (uncaught !== undefined) throw classified('Uncaught', uncaught);
    return result;
  }
}

/** A value of the application as data. @throws Error for everything else */
function crossing(handle: JSValueHandle): MachineValue {
  if (handle.isUndefined) return undefined;
  if (handle.isNumber) return handle.toNumber();
  if (handle.isString) return handle.toString();
  if (handle.isBool) return handle.toBoolean();
  return handle.toUint8Array();
}

/** Characters and octets. */
function sizeOf(values: readonly MachineValue[]): number {
  const lengths = values.map((value) => (typeof value === 'string' || value instanceof Uint8Array ? value.length : 0));
  return lengths.reduce((sum, length) => sum + length, 0);
}

function failureOf(error: unknown): MachineError {
  if (!(error instanceof JSException)) return classified('Engine', clipped(String(error)));
  const { name, message } = describe(error);
  return classified(name, message);
}

/** The engine's words for what {@link MachineError} has codes for. */
function classified(name: string, message: string): MachineError {
  if (/out of memory|string too long/.test(message)) {
    return new MachineError('memory', 'The application needs too much memory');
  }
  if (/call stack/.test(message)) return new MachineError('stack', 'The application calls itself too deeply');
  return new MachineError('thrown', message, name);
}

/** Reading an exception may run code of the application once more. */
function describe(error: JSException): { readonly name: string; readonly message: string } {
  try {
    return { name: error.name === NO_TEXT ? 'Error' : clipped(error.name), message: clipped(error.message) };
  } catch {
    return { name: 'Error', message: UNREADABLE };
  }
}

function textOf(reason: JSValueHandle): string {
  try {
    return clipped(reason.toString());
  } catch {
    return UNREADABLE;
  }
}

/** One line for a person, which commands no terminal. */
function clipped(text: string): string {
  if (text === NO_TEXT) return UNREADABLE;
  const line = legible(text).replaceAll('\n', ' ');
  return line.length > REASON_LIMIT ? `${line.slice(0, REASON_LIMIT)}…` : line;
}
