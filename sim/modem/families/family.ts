import { type Personality, standardPersonality } from '../personality.ts';

/** What a family of modems does differently; the rest is {@link standardPersonality}. */
export type Family = Partial<Omit<Personality, HabitGroup>> &
  Pick<Personality, 'id' | 'description' | 'manufacturer' | 'model' | 'revision'> & {
    readonly [Group in HabitGroup]?: Partial<Personality[Group]>;
  };

type HabitGroup = 'wire' | 'arrivals' | 'stores' | 'sending' | 'start' | 'strings' | 'ussd';

/** The whole personality of a family. */
export function personalityOf({ wire, arrivals, stores, sending, start, strings, ussd, ...rest }: Family): Personality {
  const standard = standardPersonality;
  return {
    ...standard,
    ...rest,
    wire: { ...standard.wire, ...wire },
    arrivals: { ...standard.arrivals, ...arrivals },
    stores: { ...standard.stores, ...stores },
    sending: { ...standard.sending, ...sending },
    start: { ...standard.start, ...start },
    strings: { ...standard.strings, ...strings },
    ussd: { ...standard.ussd, ...ussd },
  };
}
