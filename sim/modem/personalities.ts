import { personalityOf } from './families/family.ts';
import { modules } from './families/modules.ts';
import { oddities } from './families/oddities.ts';
import { phones } from './families/phones.ts';
import { recorded } from './families/recorded.ts';
import { sticks } from './families/sticks.ts';
import { type Personality, standardPersonality } from './personality.ts';

/** Every personality, by id; `standard` is the first. What each shows, and who says so, is in `facts.ts`. */
export const personalities: Readonly<Record<string, Personality>> = Object.fromEntries(
  [standardPersonality, ...[...sticks, ...modules, ...phones, ...recorded, ...oddities].map(personalityOf)].map(
    (personality) => [personality.id, personality],
  ),
);
