import { type LogEntry, type PhoneMessage, VIRTUAL_START, type VirtualModem, type World } from '../../../sim/index.ts';
import { quietWorld } from '../host.ts';

export const ALICE = '+393330000001';
export const BOB = '+393330000002';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

type Of<Kind extends LogEntry['kind']> = Extract<LogEntry, { readonly kind: Kind }>;

/** Alice and Bob in a world on a virtual clock, with what a test asks of it. */
export interface Network {
  readonly world: World;
  readonly alice: VirtualModem;
  readonly bob: VirtualModem;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** Alice sends Bob a text; the answer is there when nothing takes time. Says its number in the log. */
  send(text: string, more?: Partial<PhoneMessage>): Promise<number>;
  /** The entries of a kind, in order, with their times in ms since the beginning. */
  entries<Kind extends LogEntry['kind']>(kind: Kind): readonly Of<Kind>[];
  /** TP-ST of the reports to Alice, in order. */
  statuses(): readonly number[];
}

export function networkOf(options: Parameters<typeof quietWorld>[0] = {}): Network {
  const { world, clock } = quietWorld(options);
  const [alice, bob] = [world.addModem({ number: ALICE }), world.addModem({ number: BOB, simCapacity: 3 })];
  const entries = <Kind extends LogEntry['kind']>(kind: Kind) =>
    world.log
      .entries()
      .filter((entry): entry is Of<Kind> => entry.kind === kind)
      .map((entry) => ({ ...entry, at: entry.at - VIRTUAL_START }));
  return {
    world,
    alice,
    bob,
    pass: (ms) => clock.advance(ms),
    async send(text, more = {}) {
      let sms = 0;
      const message = { from: ALICE, to: BOB, content: { kind: 'text', text }, statusReport: true, ...more } as const;
      const sending = world.send(message, (id) => {
        sms = id;
      });
      void sending;
      await clock.advance(0);
      return sms;
    },
    entries,
    statuses: () => entries('report').map(({ status }) => status),
  };
}
