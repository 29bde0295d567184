import type { Operator } from './operators.ts';
import type { Account } from './ussd.ts';

/** The phone's answer to a message that arrives: RP-ACK, or RP-ERROR with TP-FCS (3GPP TS 23.040, 9.2.3.22). */
export type DeliveryAnswer = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly cause: number };

/** A phone, as the network sees it. */
export interface MobileStation {
  /** A DELIVER or STATUS-REPORT arrives. Returns a promise when the phone waits for its host's `+CNMA`. */
  receive(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer>;
  /** What the phone hears of networks changed: coverage, the operator, or whether its SIM is let in. */
  coverageChanged(): void;
  /** Somebody switches it off, or on again. */
  setPowered(on: boolean): void;
}

/**
 * The answer to a submission, as the phone sees it: RP-ACK; RP-ERROR with the number that `+CMS ERROR` shows (an RP cause
 * below 128, TP-FCS from there on, 300 and up the phone's own); or no answer, and the network may have the message.
 */
export type SubmitAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly cause: number }
  | { readonly kind: 'lost' };

/** `+CMS ERROR`: network timeout (3GPP TS 27.005, 3.2.5). The one refusal after which the network may have the message. */
export const NETWORK_TIMEOUT = 332;

/** How well a phone receives the network. In `shadow` (a lift, a tunnel) it is still registered, and nothing gets through. */
export type Reception = 'good' | 'weak' | 'moving' | 'shadow' | 'none';

/** Whether a SIM may register with the network where it is: as a subscriber, as a guest, or not at all. */
export type Admission = 'home' | 'roaming' | 'denied';

/** The network, as a phone sees it. */
export interface RadioLink {
  /** Whether there is a cell here to register with. */
  readonly covered: boolean;
  readonly reception: Reception;
  readonly admission: Admission;
  /** The operator of the cells. */
  readonly operator: Operator;
  /** The number of the service centre, as the operator writes it on its SIMs. */
  readonly smsc: string;
  /** Quarters of an hour that the network's local time is ahead of UTC. */
  readonly zone: number;
  /** What the operator knows of the subscriber. */
  readonly account: Account;
  /** Registers: messages that waited begin to arrive. */
  attach(): void;
  detach(): void;
  /** Sends a SUBMIT or COMMAND. `began` is told its number in the log before the log has it. */
  submit(tpdu: Uint8Array, began?: (sms: number) => void): Promise<SubmitAnswer>;
  /** RP-SMMA: there is room again for messages that were refused. */
  memoryAvailable(): void;
}
