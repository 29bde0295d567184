import { type Clock, type Random, type SmsBearer, systemClock, systemRandom } from '../modem/index.ts';
import { CashMobile } from './cash-mobile/index.ts';
import { type BuiltInClasses, Handset, type HandsetOptions } from './firmware/index.ts';
import { type Board, type Flash, type Gauges, memoryFlash } from './hal/index.ts';
import { inProcess } from './machine/in-process.ts';

/** The applications that are part of the phone, by class name. */
export const BUILT_IN: BuiltInClasses = new Map([['CashMobile', inProcess((context) => new CashMobile(context))]]);

/** What a phone is put together from; everything but the radio has a default. */
export interface PhoneParts extends Omit<HandsetOptions, 'board' | 'classes'> {
  readonly radio: SmsBearer;
  /** Default: one that forgets when the process ends. */
  readonly flash?: Flash;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
  /** Default: no sound. */
  readonly buzz?: Board['buzz'];
  /** Default: full bars of an operator without a name. */
  readonly gauges?: Gauges;
  /** What local time is ahead of UTC, minutes. Default 0. */
  readonly utcOffsetMinutes?: Board['utcOffsetMinutes'];
}

const FULL_GAUGES: Gauges = { operator: () => 'GSM', signal: () => 4, battery: () => 4 };

/** Puts a phone together with the applications of {@link BUILT_IN}, switched off. @throws FlashError `damaged` */
export function createPhone(parts: PhoneParts): Handset {
  const { radio, language, askBeforeOpening } = parts;
  const board: Board = {
    radio,
    flash: parts.flash ?? memoryFlash(),
    clock: parts.clock ?? systemClock,
    random: parts.random ?? systemRandom,
    buzz: parts.buzz ?? (() => {}),
    gauges: parts.gauges ?? FULL_GAUGES,
    utcOffsetMinutes: parts.utcOffsetMinutes ?? (() => 0),
  };
  return new Handset({
    board,
    classes: BUILT_IN,
    ...(language === undefined ? {} : { language }),
    ...(askBeforeOpening === undefined ? {} : { askBeforeOpening }),
  });
}
