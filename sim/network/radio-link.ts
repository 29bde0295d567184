/** The phone's answer to a message that arrives: RP-ACK, or RP-ERROR with TP-FCS (3GPP TS 23.040, 9.2.3.22). */
export type DeliveryAnswer = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly cause: number };

/** A phone, as the network sees it. */
export interface MobileStation {
  /** A DELIVER or STATUS-REPORT arrives. */
  receive(tpdu: Uint8Array): Promise<DeliveryAnswer>;
  /** The phone went in or out of coverage. */
  coverageChanged(): void;
}

/**
 * What became of a submission, as the phone sees it: RP-ACK; RP-ERROR with the number that `+CMS ERROR` shows (an RP cause
 * below 128, else TP-FCS); or no answer, and the network may have the message.
 */
export type SubmitAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly cause: number }
  | { readonly kind: 'lost' };

/** The network, as a phone sees it. */
export interface RadioLink {
  /** Whether there is a cell here to register with. */
  readonly covered: boolean;
  /** The number of the service centre, as the operator writes it on its SIMs. */
  readonly smsc: string;
  /** Quarters of an hour that the network's local time is ahead of UTC. */
  readonly zone: number;
  /** Registers: messages that waited begin to arrive. */
  attach(): void;
  detach(): void;
  /** Sends a SUBMIT or COMMAND. */
  submit(tpdu: Uint8Array): Promise<SubmitAnswer>;
  /** RP-SMMA: there is room again for messages that were refused. */
  memoryAvailable(): void;
}
