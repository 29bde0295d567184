/** What a host has written into its book. */
export interface Booked {
  /** For programs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** For people, without the name of the host. */
  readonly text: string;
  /** The same in a few words. */
  readonly brief: string;
}

/** The double of a payment host, as the demonstration has it. */
export interface PurseHost {
  readonly name: 'card' | 'paypal';
  /** As people call it. */
  readonly title: string;
  /** What it does wrong with the next order. */
  misbehave(fault: 'declined' | 'answer-lost'): void;
  /** Hears of each entry of its book, and of each change of it, until the returned function is called. */
  listen(listener: (booked: Booked) => void): () => void;
}

/** An amount of a host's book in whole units, without its currency. */
export function inUnits(minor: number): string {
  return (minor / 100).toFixed(2);
}
