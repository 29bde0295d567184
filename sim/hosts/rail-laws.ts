import { VirtualClock } from '../clock.ts';
import { decisions, lostAnswers } from './charge-laws.ts';
import type { Law } from './law.ts';
import { RailTrial, type RailUnderTrial } from './rail-trial.ts';
import { refundLaws, refundsInParts, sameRefundTwice } from './refund-laws.ts';
import { settlementLaws } from './settlement-laws.ts';

/** One law of how a rail and its host behave under the service. */
export interface RailLaw {
  readonly name: string;
  /**
   * Tries it in a service of its own.
   * @param database an empty one: a file, or a URL of PostgreSQL. Default: one in memory
   * @throws AssertionError that says what was expected
   */
  run(database?: string): Promise<void>;
}

/**
 * The laws that a rail must keep, from what it says it can. Each is run in a service of its own, on a virtual clock.
 * @param make makes the rail and the double of its host; called for each law
 */
export function railLaws(make: (clock: VirtualClock) => RailUnderTrial): readonly RailLaw[] {
  const { rail } = make(new VirtualClock());
  const { capabilities } = rail;
  return lawsOf(make, [
    ...lostAnswers(capabilities),
    ...decisions(rail),
    ...refundLaws(capabilities),
    ...settlementLaws(capabilities),
  ]);
}

/** The laws for the service's own ledger, which answers at once and is never unknown. */
export function ledgerLaws(): readonly RailLaw[] {
  return lawsOf(undefined, [
    ['the same key twice, also at once, is one movement', true, sameRefundTwice],
    ['refunds in parts go to the last unit and no further', true, refundsInParts],
  ]);
}

function lawsOf(make: ((clock: VirtualClock) => RailUnderTrial) | undefined, laws: readonly Law[]): readonly RailLaw[] {
  return laws
    .filter(([, applies]) => applies)
    .map(([name, , body]) => ({
      name,
      async run(database) {
        const trial = await RailTrial.open(make, database);
        await body(trial);
        await trial.close();
      },
    }));
}
