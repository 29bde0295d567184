import { arrivalFacts } from './arrival-facts.ts';
import { codeFacts, portFacts } from './code-facts.ts';
import type { Fact } from './fact.ts';
import { lineFacts } from './line-facts.ts';
import { offerFacts } from './offer-facts.ts';
import { sendingFacts } from './sending-facts.ts';
import { simFacts } from './sim-facts.ts';

export type { Fact, Shown } from './fact.ts';

/** All reported facts about real modems that the simulation can show. */
export const facts: readonly Fact[] = [
  ...lineFacts,
  ...codeFacts,
  ...simFacts,
  ...arrivalFacts,
  ...sendingFacts,
  ...offerFacts,
  ...portFacts,
];
