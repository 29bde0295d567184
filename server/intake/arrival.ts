/** How a frame reached the service. */
export interface Arrival {
  /** When the bearer handed it over, ms since 1970: what decides whether an answer is late. */
  readonly at: number;
  /** The same frame was handled before: the phone sent it again, because it has not received the answer. */
  readonly repeated: boolean;
}

/** How an ENROL reached the service. */
export interface EnrolArrival extends Arrival {
  /** The number that the network says it came from: as it is, and perhaps not true. */
  readonly originator: string;
}

/** A frame in the inbox. */
export interface StoredFrame {
  /** Of its row. */
  readonly id: number;
  /** ms since 1970. */
  readonly receivedAt: number;
  readonly originator: string;
  /** SHA-256 of the frame. */
  readonly digest: Uint8Array;
  readonly frame: Uint8Array;
}
