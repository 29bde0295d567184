import type { AdminCommand, Amount } from '../../device/safe-mobile/index.ts';
import type { Alarm } from './alarms.ts';
import type { AuthenticationState } from './authentication-states.ts';
import type { DeviceState } from './device-states.ts';
import type { DeviceId, MerchantId, PartyId, PersonId, Ref } from './ids.ts';
import type { PaymentEvent, PaymentState, RefundState } from './payment-states.ts';

/** What may differ between a rail's settlement and the service. */
export const DIFFERENCE_KINDS = [
  'only-there',
  'only-here',
  'other-amount',
  'other-fee',
  'duplicate',
  'chargeback',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** What happened. Holds no secret, so it may be logged and shown. */
export type ServiceEvent =
  | {
      readonly kind: 'payment';
      readonly txn: Ref;
      readonly event: PaymentEvent | 'create';
      readonly from?: PaymentState;
      readonly to: PaymentState;
      readonly reason?: string;
    }
  | {
      readonly kind: 'authentication';
      readonly id: Ref;
      readonly partyId: PartyId;
      readonly from?: AuthenticationState;
      readonly to: AuthenticationState;
      /** Why it ended so; of `asked`: why no phone is asked. */
      readonly reason?: string;
    }
  | {
      /** Whether a relying party may ask a person at all. */
      readonly kind: 'consent';
      readonly partyId: PartyId;
      readonly personId: PersonId;
      readonly to:
        | 'asked'
        | 'given'
        | 'refused'
        | 'wrong-digits'
        | 'unanswered'
        | 'cancelled'
        | 'revoked'
        | 'refusal-lifted';
    }
  /** A person got an alias; `null`: has none any more. */
  | { readonly kind: 'alias'; readonly personId: PersonId; readonly alias: string | null }
  | { readonly kind: 'wrong-pin'; readonly deviceId: DeviceId; readonly ref: Ref; readonly triesLeft: number }
  | { readonly kind: 'pin-changed'; readonly deviceId: DeviceId; readonly personId: PersonId }
  | { readonly kind: 'device'; readonly deviceId: DeviceId; readonly personId: PersonId; readonly state: DeviceState }
  | {
      readonly kind: 'alarm';
      readonly alarm: Alarm;
      readonly deviceId?: DeviceId;
      readonly ref: string;
      /** What was seen and what to do, where the advice for this kind of alarm alone does not say. */
      readonly detail?: string;
    }
  | {
      readonly kind: 'refund';
      readonly txn: Ref;
      /** Its key at the rail. */
      readonly key: string;
      readonly state: RefundState;
      readonly amount: Amount;
      readonly reason?: string;
    }
  /** An operator has said what became of a charge or refund in review. */
  | {
      readonly kind: 'resolved';
      readonly txn: Ref;
      readonly key: string;
      readonly moved: boolean;
      readonly reason: string;
    }
  /** A merchant got money that it had earned. */
  | { readonly kind: 'payout'; readonly merchantId: MerchantId; readonly reference: string; readonly amount: Amount }
  /** An operator has looked at a merchant or relying party that was suspended: it may ask again, also the people who said "not me". */
  | { readonly kind: 'merchant-resumed'; readonly merchantId: MerchantId; readonly reason: string }
  | { readonly kind: 'party-resumed'; readonly partyId: PartyId; readonly reason: string }
  /** An order of an operator to a phone. */
  | {
      readonly kind: 'order';
      readonly deviceId: DeviceId;
      readonly command: AdminCommand;
      readonly state: 'sent' | 'confirmed';
    }
  /** A difference between a rail's settlement and the service was not found again. */
  | {
      readonly kind: 'difference-ended';
      readonly rail: string;
      readonly key: string;
      readonly difference: DifferenceKind;
    }
  /** An operator has accepted a difference, which will never match. */
  | {
      readonly kind: 'difference-accepted';
      readonly rail: string;
      readonly key: string;
      readonly difference: DifferenceKind;
      readonly reason: string;
    }
  /** A bug or a broken file: one message or request was given up. */
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'undelivered'; readonly deviceId: DeviceId; readonly message: string; readonly reason: string };
