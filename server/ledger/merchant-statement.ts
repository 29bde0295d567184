import type { Currency } from '../../device/safe-mobile/index.ts';
import type { ReadTx } from '../store/store.ts';
import type { MerchantId } from '../vocabulary/ids.ts';
import { payoutReference } from './payout.ts';
import { type Period, type StatementLine, statementOf } from './statement.ts';

/** What moves the account of a merchant. */
export type MerchantMovement = 'payment' | 'refund' | 'payout';

/** One movement of a merchant's account, by the names that the merchant knows. */
export interface MerchantLine extends Pick<StatementLine, 'at' | 'txn' | 'minor' | 'balance'> {
  readonly movement: MerchantMovement;
  /** The merchant's key of the payment (mref), or the reference of the payout. */
  readonly reference: string;
  /** By which rail the customer paid. */
  readonly rail: string | undefined;
}

/** What happened to a merchant's account in a period. */
export interface MerchantStatement {
  /** Minor units that the merchant was owed at the beginning. */
  readonly opening: number;
  /** In the order in which the money moved. */
  readonly lines: readonly MerchantLine[];
  /** Minor units that the merchant is owed at the end. */
  readonly closing: number;
  /** How many movements of a kind, and their minor units; below zero what the account lost. */
  readonly sums: Readonly<Record<MerchantMovement, { readonly count: number; readonly minor: number }>>;
}

/** The statement of a merchant in one currency. */
export async function statementOfMerchant(
  tx: ReadTx,
  merchant: MerchantId,
  currency: Currency,
  period: Period,
): Promise<MerchantStatement> {
  const { opening, lines: movements, closing } = await statementOf(tx, `merchant:${merchant}`, currency, period);
  const lines = movements.map((line) => merchantLine(merchant, line));
  const sumOf = (movement: MerchantMovement) => {
    const own = lines.filter((line) => line.movement === movement);
    return { count: own.length, minor: own.reduce((sum, { minor }) => sum + minor, 0) };
  };
  return {
    ...{ opening, lines, closing },
    sums: { payment: sumOf('payment'), refund: sumOf('refund'), payout: sumOf('payout') },
  };
}

function merchantLine(merchant: MerchantId, line: StatementLine): MerchantLine {
  const { at, txn, minor, balance, payment, transfer } = line;
  const paidOut = payoutReference(merchant, transfer);
  const movement = paidOut !== undefined ? 'payout' : minor < 0 ? 'refund' : 'payment';
  const reference = paidOut ?? payment?.mref ?? transfer;
  return { at, movement, reference, rail: payment?.rail, txn, minor, balance };
}
