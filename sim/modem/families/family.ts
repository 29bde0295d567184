import { type Personality, standardPersonality } from '../personality.ts';

/** How a family of modems differs from {@link standardPersonality}. */
export type Family = Partial<Omit<Personality, HabitGroup>> &
  Pick<Personality, 'id' | 'description' | 'manufacturer' | 'model' | 'revision'> & {
    readonly [Group in HabitGroup]?: Partial<Personality[Group]>;
  };

type HabitGroup =
  | 'wire'
  | 'arrivals'
  | 'stores'
  | 'sending'
  | 'start'
  | 'strings'
  | 'ussd'
  | 'network'
  | 'delays'
  | 'atStart';

/** The whole personality of a family. */
export function personalityOf(family: Family): Personality {
  const standard = standardPersonality;
  return {
    ...standard,
    ...family,
    wire: { ...standard.wire, ...family.wire },
    arrivals: { ...standard.arrivals, ...family.arrivals },
    stores: { ...standard.stores, ...family.stores },
    sending: { ...standard.sending, ...family.sending },
    start: { ...standard.start, ...family.start },
    strings: { ...standard.strings, ...family.strings },
    ussd: { ...standard.ussd, ...family.ussd },
    network: { ...standard.network, ...family.network },
    delays: { ...standard.delays, ...family.delays },
    atStart: { ...standard.atStart, ...family.atStart },
  };
}
