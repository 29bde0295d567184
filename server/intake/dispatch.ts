import { sendNak } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { type Ref, ref } from '../vocabulary/ids.ts';
import type { Arrival, StoredFrame } from './arrival.ts';
import { takeCounter, tellsOfOldCounter } from './counters.ts';
import { type OpenedFrame, type OrdinaryType, openFrame, type UpMessages } from './open.ts';
import { wasDealtWith } from './undealt.ts';

/** The ref in a NAK to a message that could not be read. */
const NO_REF: Ref = ref('0000000000000000');

type OpenedMessage = Extract<OpenedFrame, { kind: 'opened' }>;

/** A message of one type, from a phone that proved its key. */
export type Opened<Type extends OrdinaryType> = Omit<OpenedMessage, 'message'> & { readonly message: UpMessages[Type] };

type OrdinaryHandlers = {
  readonly [Type in OrdinaryType]: (tx: Tx, opened: Opened<Type>, arrival: Arrival) => Promise<void>;
};

/** What a message of each type leads to, inside the transaction that reads it. The floors above fill it in. */
export interface MessageHandlers extends OrdinaryHandlers {
  /** @returns what came of it, for people */
  readonly ENROL: (tx: Tx, device: Device, message: UpMessages['ENROL'], arrival: Arrival) => Promise<string>;
}

/**
 * Handles one frame, inside a transaction. The same frame may come in two SMS, also at once: whoever has locked the device second
 * learns that the other one was dealt with.
 * @param stored the row of the frame in the inbox. @returns one line for people about the message
 */
export async function dispatch(
  tx: Tx,
  context: Context,
  handlers: MessageHandlers,
  stored: StoredFrame,
): Promise<string> {
  const at = stored.receivedAt;
  const opened = await openFrame(tx, context, stored.frame);
  switch (opened.kind) {
    case 'ignored':
      return `ignored: ${opened.reason}`;
    case 'malformed':
      await sendNak(tx, context, opened.recipient, NO_REF, 'malformed');
      return `malformed: ${opened.reason}`;
    case 'enrol': {
      const repeated = await wasDealtWith(tx, stored);
      // A stranger can seal an ENROL, so it takes no counter.
      await tx.run('UPDATE inbox SET by_digest = 1 WHERE id = ?', stored.id);
      return handlers.ENROL(tx, opened.device, opened.message, { at, repeated });
    }
    case 'opened': {
      const { device, message } = opened;
      const { type } = message;
      const counter = await takeCounter(tx, device, message.ctr, stored);
      switch (counter) {
        case 'fresh':
          await handle(tx, handlers, type, opened, { at, repeated: false });
          return type;
        case 'repeated':
          await handle(tx, handlers, type, opened, { at, repeated: true });
          return `${type}, repeated`;
        case 'used':
          await context.journal.record(tx, {
            kind: 'alarm',
            alarm: 'reused-counter',
            deviceId: device.id,
            ref: NO_REF,
          });
          return `${type}: its counter is used`;
        case 'too-old':
          if (await tellsOfOldCounter(tx, device, stored))
            await sendNak(tx, context, opened.recipient, NO_REF, 'old-counter', device.highestCtr);
          return `${type}: its counter is too-old`;
      }
    }
  }
}

function handle<Type extends OrdinaryType>(
  tx: Tx,
  handlers: OrdinaryHandlers,
  type: Type,
  opened: Opened<Type>,
  arrival: Arrival,
): Promise<void> {
  return handlers[type](tx, opened, arrival);
}
