/** Why an attempt to deliver failed, so that the message waits. */
export type WaitReason = 'absent' | 'no-answer' | 'full' | 'busy' | 'phone-error';

/** The result of a failed attempt: the message waits, or is given up with this TP-ST. */
export type Refusal =
  | { readonly kind: 'waits'; readonly reason: WaitReason }
  | { readonly kind: 'fails'; readonly status: number };

/** TP-ST values that the service centre gives by itself (3GPP TS 23.040, 9.2.3.15). */
export const STATUS = {
  received: 0x00,
  /** Passed on to an operator that does not say what became of it. */
  forwarded: 0x01,
  replaced: 0x02,
  /** From the range of values that are free for service centres: not tried yet. */
  notTriedYet: 0x30,
  /** The phone refused it for good. */
  incompatibleDestination: 0x41,
  /** The subscriber bars incoming messages (choice: the standard names no value for it). */
  rejectedByRecipient: 0x42,
  /** Nobody has the number. */
  notObtainable: 0x43,
  noInterworking: 0x45,
  validityExpired: 0x46,
  deletedBySender: 0x47,
  deletedByCentre: 0x48,
  noSuchMessage: 0x49,
  /** Too many messages wait for the number. */
  congestion: 0x60,
} as const;

/** TP-ST while the service centre still tries; once it stops trying, it adds {@link NO_MORE_ATTEMPTS}. */
const TRYING: Readonly<Record<WaitReason, number>> = {
  busy: 0x21,
  absent: 0x22,
  'no-answer': 0x22,
  // The standard names no value for a memory that is full; this is "error in SME" (choice).
  full: 0x25,
  'phone-error': 0x25,
};
const NO_MORE_ATTEMPTS = 0x40;

/** TP-ST of a message that waits (3GPP TS 23.040, 9.2.3.15: 20 to 25). */
export function tryingStatus(reason: WaitReason): number {
  return TRYING[reason];
}

/** TP-ST of a message that is not tried again (3GPP TS 23.040, 9.2.3.15: 60 to 65). */
export function gaveUpStatus(reason: WaitReason): number {
  return TRYING[reason] + NO_MORE_ATTEMPTS;
}

const WAITS = (reason: WaitReason): Refusal => ({ kind: 'waits', reason });
const FAILS = (status: number): Refusal => ({ kind: 'fails', status });

/** The result of a phone's refusal, by TP-FCS (3GPP TS 23.040, 9.2.3.22). */
const REFUSALS: Readonly<Partial<Record<number, Refusal>>> = {
  128: FAILS(STATUS.noInterworking),
  208: WAITS('full'),
  209: FAILS(STATUS.incompatibleDestination),
  210: WAITS('phone-error'),
  211: WAITS('full'),
  212: WAITS('busy'),
  213: WAITS('phone-error'),
  255: WAITS('no-answer'),
};

/** Specific to an application: E0 to FE. */
const APPLICATION_FROM = 0xe0;

/** The result of a phone's refusal with this TP-FCS; a TP-FCS that is not in the table is final. */
export function refusalOf(failureCause: number): Refusal {
  const known = REFUSALS[failureCause];
  if (known !== undefined) return known;
  return FAILS(failureCause >= APPLICATION_FROM ? STATUS.rejectedByRecipient : STATUS.incompatibleDestination);
}
