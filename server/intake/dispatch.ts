import { announceAnew, announceKeys, receiptKeySaid } from '../outgoing/announce.ts';
import { sendNak } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { confirmOrder, remindOfOrder } from '../outgoing/phone-order.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { NO_REF, refOf } from '../vocabulary/ids.ts';
import type { Arrival, EnrolArrival, StoredFrame } from './arrival.ts';
import { takeCounter, tellsOfOldCounter } from './counters.ts';
import { type OpenedBox, type OpenedFrame, type OrdinaryType, openFrame, type UpMessages, wipeEnrol } from './open.ts';
import { mayAnswerUnbidden } from './unbidden.ts';
import { timesDealtWith } from './undealt.ts';

type OpenedMessage = Extract<OpenedFrame, { kind: 'opened' }>;
type OutdatedMessage = Extract<OpenedFrame, { kind: 'outdated' }>;
type MalformedMessage = Extract<OpenedFrame, { kind: 'malformed' }>;

/** A message of one type, from a phone that proved its key. */
export type Opened<Type extends OrdinaryType> = Omit<OpenedMessage, 'message'> & { readonly message: UpMessages[Type] };

type OrdinaryHandlers = {
  readonly [Type in OrdinaryType]: (tx: Tx, opened: Opened<Type>, arrival: Arrival) => Promise<void>;
};

/** What a message of each type leads to, inside the transaction that reads it. The floors above fill it in. */
export interface MessageHandlers extends OrdinaryHandlers {
  /** @returns what came of it, for people */
  readonly ENROL: (tx: Tx, device: Device, message: UpMessages['ENROL'], arrival: EnrolArrival) => Promise<string>;
}

/**
 * Handles one frame, inside a transaction. The same frame may come in two SMS, also at once: whoever has locked the device second
 * learns that the other one was dealt with.
 * @param stored the row of the frame in the inbox. @param box as in {@link openFrame}
 * @returns one line for people about the message
 */
export async function dispatch(
  tx: Tx,
  context: Context,
  handlers: MessageHandlers,
  stored: StoredFrame,
  box?: OpenedBox,
): Promise<string> {
  const { receivedAt: at } = stored;
  const opened = await openFrame(tx, context, stored.frame, box);
  switch (opened.kind) {
    case 'ignored':
      return `ignored: ${opened.reason}`;
    case 'outdated':
      return `ignored: sealed to a key that does not count${await outdated(tx, context, opened, stored)}`;
    case 'malformed':
      return `malformed: ${opened.reason}${await malformed(tx, context, opened, stored)}`;
    case 'enrol': {
      try {
        // A stranger can seal an ENROL, so it takes no counter.
        const times = await timesBefore(tx, stored);
        if (times > context.limits.repeats) return 'ENROL: repeated-too-often';
        const arrival = { at, repeated: times > 0, originator: stored.originator };
        return await handlers.ENROL(tx, opened.device, opened.message, arrival);
      } finally {
        wipeEnrol(opened.message);
      }
    }
    case 'opened':
      return `${opened.message.type}${await ordinary(tx, context, handlers, opened, stored)}`;
  }
}

/** Nothing that such a phone says is dealt with; but it is told the keys that count, and an order that it has. @returns what came of it, for people */
async function outdated(tx: Tx, context: Context, opened: OutdatedMessage, stored: StoredFrame): Promise<string> {
  const { device, recipient } = opened;
  if (await isRepeated(tx, stored)) return ', repeated';
  const isTold = await announceAnew(tx, context, recipient);
  if (device.orderRef !== undefined) await remindOfOrder(tx, context, recipient);
  return isTold ? ', and the phone is told the keys' : '';
}

/** A message without a counter that can be believed: the same frame is answered once. @returns what came of it, for people */
async function malformed(tx: Tx, context: Context, opened: MalformedMessage, stored: StoredFrame): Promise<string> {
  const { device, recipient } = opened;
  if (await isRepeated(tx, stored)) return ', repeated';
  await announceKeys(tx, context, recipient);
  if (device.orderRef !== undefined) await remindOfOrder(tx, context, recipient);
  if (mayDoNothing(device)) return KEPT_OUT;
  if (!(await mayAnswerUnbidden(tx, context, device))) return TOO_MANY;
  await sendNak(tx, context, recipient, NO_REF, 'malformed');
  return '';
}

async function isRepeated(tx: Tx, stored: StoredFrame): Promise<boolean> {
  return (await timesBefore(tx, stored)) > 0;
}

/** How often a frame that takes no counter came before; from now on the inbox knows it by its digest. */
async function timesBefore(tx: Tx, stored: StoredFrame): Promise<number> {
  await tx.run('UPDATE inbox SET by_digest = 1 WHERE id = ?', stored.id);
  return timesDealtWith(tx, stored);
}

async function ordinary(
  tx: Tx,
  context: Context,
  handlers: OrdinaryHandlers,
  before: OpenedMessage,
  stored: StoredFrame,
): Promise<string> {
  const { device, message } = before;
  const { type } = message;
  return onceACounter(tx, context, before, stored, async (repeated) => {
    const opened = await withReceiptKey(tx, context, await withLatestKey(tx, context, before));
    await announceKeys(tx, context, opened.recipient);
    const obeyed = await hearOfOrder(tx, context, opened);
    if (obeyed !== undefined) return obeyed;
    const mayAnswer = type === 'APPROVE' || type === 'REFUSE' || (await mayAnswerUnbidden(tx, context, device));
    if (mayAnswer) await handle(tx, handlers, type, opened, { at: stored.receivedAt, repeated });
    return mayAnswer ? '' : TOO_MANY;
  });
}

/**
 * Handles what a phone has sealed, once a counter, and the same frame as often as its answer may be sent again.
 * @param handle returns why the message led to nothing; '' when it led to something
 */
async function onceACounter(
  tx: Tx,
  context: Context,
  { device, recipient, message: { ctr } }: OpenedMessage,
  stored: StoredFrame,
  handle: (repeated: boolean) => Promise<string>,
): Promise<string> {
  const counter = await takeCounter(tx, context, device, ctr, stored);
  switch (counter) {
    case 'fresh':
      return handle(false);
    case 'repeated':
      return (await handle(true)) || ', repeated';
    case 'used':
      if (!(await isRepeated(tx, stored)) && (await mayAnswerUnbidden(tx, context, device)))
        await context.journal.record(tx, { kind: 'alarm', alarm: 'reused-counter', deviceId: device.id, ref: NO_REF });
      return ': its counter is used';
    case 'too-old':
      if (await tellsOfOldCounter(tx, device, stored))
        await sendNak(tx, context, recipient, NO_REF, 'old-counter', device.highestCtr);
      return ': its counter is too-old';
    case 'repeated-too-often':
      return `: its counter is ${counter}`;
  }
}

/** The first message that a phone seals to a new key: from now on it gets its answers under this one. */
async function withLatestKey(tx: Tx, context: Context, opened: OpenedMessage): Promise<OpenedMessage> {
  const { device, recipient, message, kid } = opened;
  if (!(await context.ring.isLater(tx, 'sealing', kid, device.sealingKid))) return opened;
  await tx.run('UPDATE device SET sealing_kid = ?, sealing_from = ? WHERE id = ?', kid, message.ctr, device.id);
  return { ...opened, recipient: { ...recipient, sealingKid: kid } };
}

/** The receipt key that the phone has now: from a frame that was overtaken by another nothing is learned. */
async function withReceiptKey(tx: Tx, context: Context, opened: OpenedMessage): Promise<OpenedMessage> {
  const { device, recipient, message, receiptKid } = opened;
  if (receiptKid === undefined || message.ctr <= device.highestCtr) return opened;
  return { ...opened, recipient: await receiptKeySaid(tx, context, recipient, receiptKid) };
}

const TOO_MANY = ': the phone asks too much';
const KEPT_OUT = ': the phone is locked or revoked';

/** A phone that is locked or wiped: it confirms orders, and nothing else. */
function mayDoNothing({ lockedAt, state }: Device): boolean {
  return lockedAt !== undefined || state === 'revoked';
}

/**
 * A phone that has an order confirms it, or is told it again: the SMS may have been lost.
 * @returns what came of the message when it leads to nothing else, for people
 */
async function hearOfOrder(tx: Tx, context: Context, opened: OpenedMessage): Promise<string | undefined> {
  const { device, recipient, message } = opened;
  const isConfirmation = message.type === 'STATUS_QUERY' && message.kind === 'request';
  const said = isConfirmation ? await confirmOrder(tx, context, device.id, refOf(message.ref)) : 'none';
  if (said === 'earlier' || (said === 'none' && device.orderRef !== undefined))
    await remindOfOrder(tx, context, recipient);
  if (said !== 'none') return said === 'latest' ? ': it has obeyed' : ': it has not heard of a later order';
  return mayDoNothing(device) ? KEPT_OUT : undefined;
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
