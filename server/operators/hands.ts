import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { lockOperator, type Operator, revoked, rotateOperatorKey } from './operator.ts';

// Whoever makes the key of another operator may keep it, and act under both names. So four eyes look at hands, not at names: an operator
// whose key somebody else made is in the hand of that one, until a third operator confirms the key, whose fingerprint they were told.

/** Who may act under a name: the operator, whoever made their key, whoever made the key of that one, and so on. */
async function handsOf(tx: ReadTx, name: string): Promise<readonly string[]> {
  const hands = [name];
  for (let next = await handOf(tx, name); !hands.includes(next); next = await handOf(tx, next)) hands.push(next);
  return hands;
}

/** The last of {@link handsOf}: the same for all who count as one pair of eyes. */
export async function lastHandOf(tx: ReadTx, name: string): Promise<string> {
  return (await handsOf(tx, name)).at(-1) ?? name;
}

/**
 * Somebody confirms what another operator asked for: two names count as two only when no hand has the keys of both.
 * @param asked who asked for it, and in whose hand they were. @param what it is, as "this deposit of EUR 10.01"
 * @throws ServiceError `forbidden`
 */
export async function requireSecond(
  tx: ReadTx,
  asked: { readonly askedBy: string; readonly askedHand: string },
  by: string,
  what: string,
): Promise<void> {
  if (by === asked.askedBy) {
    throw new ServiceError('forbidden', `${by} asked for ${what}: another operator confirms it`);
  }
  const shared = (await handsOf(tx, by)).find((hand) => hand === asked.askedHand || hand === asked.askedBy);
  if (shared === undefined) return;
  const why = `${shared} may have the keys of both, until another operator confirms them (cash-server operator confirm)`;
  throw new ServiceError('forbidden', `${by} and ${asked.askedBy} do not count as two: ${why}`);
}

/** In whose hand this operator is: their own, or that of whoever made their key. */
async function handOf(tx: ReadTx, name: string): Promise<string> {
  const hand = await tx.get('SELECT hand FROM operator WHERE name = ?', (row) => row.optionalText('hand'), name);
  return hand ?? name;
}

/** Makes and changes no keys of others in the hand of somebody. @throws ServiceError `forbidden` */
export async function requireOwnHand(tx: ReadTx, name: string): Promise<void> {
  const hand = await handOf(tx, name);
  if (hand === name) return;
  throw new ServiceError('forbidden', `${hand} made the key of ${name}: first another operator has to confirm ${name}`);
}

/** Another key for another operator, who is in the hand of `by` from now on. @throws ServiceError */
export async function changeKeyOf(tx: Tx, name: string, keyHash: Uint8Array, by: string): Promise<Operator> {
  await lockBoth(tx, by, name);
  await requireOwnHand(tx, by);
  return rotateOperatorKey(tx, name, keyHash, by, false);
}

/** Two who change each other's key wait here, so that one of them comes into the hand of the other, and neither is left on their own. */
async function lockBoth(tx: Tx, one: string, other: string): Promise<void> {
  await tx.all(
    'SELECT name FROM operator WHERE name IN (?, ?) ORDER BY id FOR UPDATE',
    (row) => row.text('name'),
    one,
    other,
  );
}

/**
 * An operator changes their own key. The first one who does so is on their own by it, because nobody could confirm them; all others stay in the
 * hand that they are in. @param at ms since 1970. @throws ServiceError
 */
export async function changeOwnKey(tx: Tx, name: string, keyHash: Uint8Array, at: number): Promise<Operator> {
  const { hand } = await lockOperator(tx, name);
  const stays = hand !== undefined && (await somebodyCouldConfirm(tx, hand)) ? hand : undefined;
  if (hand !== undefined && stays === undefined) await noteOwn(tx, name, at);
  return rotateOperatorKey(tx, name, keyHash, stays, true);
}

/**
 * Somebody knows that the operator has a key that nobody else has.
 * @param fingerprint of the key that the operator made, as they say. @param by the operator who knows. @param at ms since 1970
 * @throws ServiceError `not-found`; `forbidden` to the operator and to whose hand they are in; `conflict` when the key is not their own, or another one
 */
export async function confirmOperator(
  tx: Tx,
  name: string,
  fingerprint: string,
  by: string,
  at: number,
): Promise<Operator> {
  await lockBoth(tx, by, name);
  const operator = await lockOperator(tx, name);
  if (operator.revokedAt !== undefined) throw revoked(name);
  const { hand } = operator;
  if (hand === undefined) return operator;
  if (by === name || by === hand) {
    throw new ServiceError(
      'forbidden',
      `${hand} made the key of ${name}: an operator who is neither of them confirms it`,
    );
  }
  await requireOwnHand(tx, by);
  if (!operator.ownKey) {
    const way = `${name} changes it first, with "cash-server operator rotate"`;
    throw new ServiceError('conflict', `${name} has the key that ${hand} made: ${way}`);
  }
  if (operator.fingerprint !== fingerprint) {
    throw new ServiceError('conflict', `the key of ${name} has another fingerprint: ask ${name}, not ${hand}`);
  }
  await noteOwn(tx, name, at);
  return { ...operator, hand: undefined };
}

async function noteOwn(tx: Tx, name: string, at: number): Promise<void> {
  await tx.run('UPDATE operator SET hand = NULL, own_at = coalesce(own_at, ?) WHERE name = ?', at, name);
}

/** Whether there is anybody who may confirm operators and is not in this hand, or was: whoever revokes the others is not alone by it. */
async function somebodyCouldConfirm(tx: ReadTx, hand: string): Promise<boolean> {
  const other = await tx.get(
    "SELECT name FROM operator WHERE own_at IS NOT NULL AND name <> ? AND role IN ('treasurer', 'admin') LIMIT 1",
    (row) => row.text('name'),
    hand,
  );
  return other !== undefined;
}
