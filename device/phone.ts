import { type Clock, type Random, type SmsBearer, systemClock, systemRandom } from '../modem/index.ts';
import { CashMobile } from './cash-mobile/index.ts';
import { type BuiltInClasses, Handset, type HandsetOptions, type ScriptLoader } from './firmware/index.ts';
import { type Board, type Download, type Flash, type Gauges, memoryFlash, NO_DOWNLOAD } from './hal/index.ts';
import { inProcess } from './machine/in-process.ts';
import { QuickJsEngine } from './machine/quickjs.ts';
import { readScript } from './machine/scripts.ts';
import type { Primitives } from './safe-mobile/index.ts';

/**
 * The applications that are part of the phone, by class name, beside the phone in its own memory.
 * @param primitives default: those of the application as phones download it
 */
export function builtInWith(primitives?: Primitives): BuiltInClasses {
  return new Map([['CashMobile', inProcess((context) => new CashMobile(context, primitives))]]);
}

/** The same with the primitives that phones have. */
export const BUILT_IN: BuiltInClasses = builtInWith();

/** The same applications, each in a virtual machine of its own. @throws Error when the scripts were not built */
export async function builtInMachines(): Promise<BuiltInClasses> {
  const engine = await QuickJsEngine.open(readScript('library'));
  return new Map([['CashMobile', engine.boot(readScript('cashMobile'), 'CashMobile')]]);
}

/** Runs each downloaded application in a QuickJS of its own; the engine is opened with the first one. */
export function downloadedScripts(): ScriptLoader {
  let engine: Promise<QuickJsEngine> | undefined;
  return (script, className) => async (host) => {
    engine ??= QuickJsEngine.open(readScript('library'));
    return (await engine).boot(script, className)(host);
  };
}

/** What a phone is put together from; everything but the radio has a default. */
export interface PhoneParts extends Omit<HandsetOptions, 'board' | 'classes' | 'scripts'> {
  readonly radio: SmsBearer;
  /** Default: one that forgets when the process ends. */
  readonly flash?: Flash;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
  /** The way to servers that applications are loaded from. Default: none. */
  readonly download?: Download;
  /** Default: no sound. */
  readonly buzz?: Board['buzz'];
  /** Default: full bars of an operator without a name. */
  readonly gauges?: Gauges;
  /** The applications that are part of the phone. Default: {@link BUILT_IN}. */
  readonly classes?: BuiltInClasses;
  /** Runs downloaded applications. Default: {@link downloadedScripts}. */
  readonly scripts?: ScriptLoader;
  /** What local time is ahead of UTC, minutes. Default 0. */
  readonly utcOffsetMinutes?: Board['utcOffsetMinutes'];
}

const FULL_GAUGES: Gauges = { operator: () => 'GSM', signal: () => 4, battery: () => 4 };

/** Puts a phone together, switched off. @throws FlashError `damaged` */
export function createPhone(parts: PhoneParts): Handset {
  const { radio, language, askBeforeOpening, clockTicks, primitives, trustedKeys } = parts;
  const board: Board = {
    radio,
    flash: parts.flash ?? memoryFlash(),
    clock: parts.clock ?? systemClock,
    random: parts.random ?? systemRandom,
    download: parts.download ?? NO_DOWNLOAD,
    buzz: parts.buzz ?? (() => {}),
    gauges: parts.gauges ?? FULL_GAUGES,
    utcOffsetMinutes: parts.utcOffsetMinutes ?? (() => 0),
  };
  return new Handset({
    board,
    classes: parts.classes ?? BUILT_IN,
    scripts: parts.scripts ?? downloadedScripts(),
    ...(primitives === undefined ? {} : { primitives }),
    ...(trustedKeys === undefined ? {} : { trustedKeys }),
    ...(language === undefined ? {} : { language }),
    ...(askBeforeOpening === undefined ? {} : { askBeforeOpening }),
    ...(clockTicks === undefined ? {} : { clockTicks }),
  });
}
