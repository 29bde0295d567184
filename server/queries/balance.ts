import { type Amount, BALANCE_AMOUNTS, type Balance, encodeDown, type Nak } from '../../device/safe-mobile/index.ts';
import { availableOf } from '../ledger/ledger.ts';
import { ANSWER_USEFUL_MS, composeNak, queueFrame, type Recipient, sealTo } from '../outgoing/compose.ts';
import { type Context, unixTime } from '../outgoing/context.ts';
import { isUnsent } from '../outgoing/unsent.ts';
import type { Device } from '../people/devices.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type Ref, refOctets } from '../vocabulary/ids.ts';

/** Balances that one phone is told within {@link DAY_MS}; each is an SMS that the service pays for. */
const DAILY_LIMIT = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How often a stored answer is sent again when the phone asks; after that the phone gets no answer. */
const REPEAT_LIMIT = 3;

/** The largest amount that a message can say, minor units: 5 octets. */
const LARGEST_MINOR = 2 ** 40 - 1;

const ANSWERS = ['BALANCE', 'NAK'] as const;

interface StoredAnswer {
  readonly message: (typeof ANSWERS)[number];
  readonly frame: Uint8Array;
  readonly repeats: number;
}

/**
 * STATUS_QUERY of the kind `balance`: a prepaid customer asks what there is to spend. The same `ref` gets the same
 * answer, octet by octet; a blocked phone and one that asks too often get a NAK; one that is not active yet gets nothing.
 */
export async function answerBalanceQuery(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  ref: Ref,
): Promise<void> {
  const stored = await storedAnswer(tx, recipient, ref);
  if (stored !== undefined) await repeat(tx, context, recipient, ref, stored);
  else if (device.state === 'blocked')
    await answer(tx, context, recipient, ref, await composeNak(tx, context, recipient, ref, 'blocked'));
  else if (device.state === 'active')
    await answer(tx, context, recipient, ref, await balanceOrLimit(tx, context, recipient, ref));
}

async function balanceOrLimit(tx: ReadTx, context: Context, recipient: Recipient, ref: Ref): Promise<Balance | Nak> {
  if ((await countOfToday(tx, context, recipient)) >= DAILY_LIMIT)
    return composeNak(tx, context, recipient, ref, 'limit');
  const amounts = toShow(await availableOf(tx, `person:${recipient.personId}`));
  return { type: 'BALANCE', time: unixTime(context), ref: refOctets(ref), amounts };
}

/** The amounts that fit a message; when there are more currencies, those with money come first. */
function toShow(available: readonly Amount[]): Amount[] {
  return available
    .toSorted((one, other) => Math.sign(other.minor) - Math.sign(one.minor))
    .slice(0, BALANCE_AMOUNTS)
    .map(({ minor, currency }) => ({ minor: Math.min(minor, LARGEST_MINOR), currency }));
}

async function answer(tx: Tx, context: Context, recipient: Recipient, ref: Ref, message: Balance | Nak): Promise<void> {
  const { clock } = context;
  const frame = await sealTo(tx, context, recipient, encodeDown(message));
  await tx.run(
    'INSERT INTO balance_answer (ref, device_id, message, frame, at) VALUES (?, ?, ?, ?, ?)',
    ref,
    recipient.id,
    message.type,
    frame,
    clock.now(),
  );
  await queueFrame(tx, context, recipient, message.type, ref, frame, clock.now() + ANSWER_USEFUL_MS);
}

async function repeat(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  { message, frame, repeats }: StoredAnswer,
): Promise<void> {
  if (repeats >= REPEAT_LIMIT || (await isUnsent(tx, message, ref))) return;
  await tx.run('UPDATE balance_answer SET repeats = repeats + 1 WHERE device_id = ? AND ref = ?', recipient.id, ref);
  await queueFrame(tx, context, recipient, message, ref, frame, context.clock.now() + ANSWER_USEFUL_MS);
}

async function countOfToday(tx: ReadTx, { clock }: Context, { id }: Recipient): Promise<number> {
  const count = await tx.get(
    "SELECT count(*) AS n FROM balance_answer WHERE device_id = ? AND message = 'BALANCE' AND at > ?",
    (row) => row.integer('n'),
    id,
    clock.now() - DAY_MS,
  );
  return count ?? 0;
}

async function storedAnswer(tx: ReadTx, { id }: Recipient, ref: Ref): Promise<StoredAnswer | undefined> {
  return tx.get(
    'SELECT message, frame, repeats FROM balance_answer WHERE device_id = ? AND ref = ?',
    readStoredAnswer,
    id,
    ref,
  );
}

function readStoredAnswer(row: Row): StoredAnswer {
  return {
    message: row.oneOf('message', ANSWERS),
    frame: row.octets('frame'),
    repeats: row.integer('repeats'),
  };
}
