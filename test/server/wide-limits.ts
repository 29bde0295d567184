import type { Limits } from '../../server/limits/limits.ts';

/** For a merchant that asks one customer again and again, and for phones that ask without end: only the phone's own limit of three requests. */
export const WIDE_LIMITS: Partial<Limits> = {
  waitingOfMerchant: 3,
  phone: { atOnce: 1_000_000, everyMs: 1 },
  merchantPhone: { atOnce: 1_000_000, everyMs: 1 },
  inVainAtCustomer: { atOnce: 1_000_000, everyMs: 1 },
  inVain: { atOnce: 1_000_000, everyMs: 1 },
  notMePausesMs: [0, 0, 0],
};
