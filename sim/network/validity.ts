import type { ValidityPeriod } from '../../modem/index.ts';

const SECOND_MS = 1_000;

/** How long the service centre tries when the sender does not say: 7 days, as osmo-msc does. */
export const DEFAULT_VALIDITY_MS: number = 7 * 86_400 * SECOND_MS;

/** How long from `now` on TP-VP lets the service centre try, ms (3GPP TS 23.040, 9.2.3.12). */
export function validityMs(validity: ValidityPeriod | undefined, now: number): number {
  if (validity === undefined) return DEFAULT_VALIDITY_MS;
  if (validity.format === 'relative') return validity.ms;
  if (validity.format === 'absolute') return validity.until.at - now;
  const { period } = validity;
  switch (period.kind) {
    case 'none':
      return DEFAULT_VALIDITY_MS;
    case 'relative':
      return period.ms;
    case 'seconds':
      return period.seconds * SECOND_MS;
    case 'clock':
      return ((period.hours * 60 + period.minutes) * 60 + period.seconds) * SECOND_MS;
  }
}

/** Whether the message is to be tried once only (3GPP TS 23.040, 9.2.3.12.3). */
export function isSingleShot(validity: ValidityPeriod | undefined): boolean {
  return validity?.format === 'enhanced' && validity.singleShot;
}
