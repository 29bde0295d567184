import type { Allowance } from './allowance.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How many SMS of the service each kind of sender may cause: the table in server/README.md, "Who can cause how many SMS". And what
 * one operator may do alone.
 */
export interface Limits {
  /** Deposits for one person within a day above it, minor units of all currencies together, need a second operator. */
  readonly fourEyesAbove: number;
  /** How often the answer to a frame is sent again when the same frame comes again. */
  readonly repeats: number;
  /** Messages of a customer's phone that answer no open question. */
  readonly phone: Allowance;
  /** The same of a phone that starts payments for a merchant. */
  readonly merchantPhone: Allowance;
  /** Frames that name a phone and do not open: so many are tried, of those from its number and of the others. */
  readonly unopened: Allowance;
  /** The same of all phones together, of the frames that do not come from the number of the phone. */
  readonly unopenedElsewhere: Allowance;
  /** So many frames within a day that are of no phone raise an alarm. */
  readonly junkAlarm: number;
  /** ENROL with a wrong code that do not come from the registered number: they are counted apart, and not answered. */
  readonly codeTriesElsewhere: number;
  /** Answers "the activation is over" to ENROL from the registered number. */
  readonly activationOver: number;
  /** Requests that wait for a customer's answer: of one merchant, and of all. Of a relying party the latest waits. */
  readonly waitingOfMerchant: number;
  readonly waitingAtCustomer: number;
  /** Requests of a merchant that the customer did not pay, to one customer; of a relying party that the person did not confirm. */
  readonly inVainAtCustomer: Allowance;
  /** The same to all customers, with those that wait, and with numbers that cannot be asked. */
  readonly inVain: Allowance;
  /** Pauses after a customer said "not me" to a merchant or relying party, ms; after one more it may not ask this customer again. */
  readonly notMePausesMs: readonly number[];
  /** A merchant or relying party is suspended when so many customers said "not me" within this time, ms. */
  readonly notMeCustomers: number;
  readonly notMeWithinMs: number;
}

export const STANDARD_LIMITS: Limits = {
  fourEyesAbove: 100_000,
  repeats: 3,
  phone: { atOnce: 20, everyMs: 15 * MINUTE_MS },
  merchantPhone: { atOnce: 60, everyMs: MINUTE_MS },
  unopened: { atOnce: 200, everyMs: 20 },
  unopenedElsewhere: { atOnce: 1_000, everyMs: 5 },
  junkAlarm: 1_000,
  codeTriesElsewhere: 5,
  activationOver: 3,
  waitingOfMerchant: 1,
  waitingAtCustomer: 3,
  inVainAtCustomer: { atOnce: 5, everyMs: HOUR_MS },
  inVain: { atOnce: 60, everyMs: MINUTE_MS },
  notMePausesMs: [10 * MINUTE_MS, DAY_MS],
  notMeCustomers: 3,
  notMeWithinMs: 30 * DAY_MS,
};
