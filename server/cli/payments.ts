import { Command, Option } from 'commander';
import { z } from 'zod';
import type { Amount } from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { PAYMENT_STATES } from '../vocabulary/payment-states.ts';
import { askService, withServer } from './admin-api.ts';
import { AmountAnswer, moneyText } from './money.ts';
import { findPerson, type PersonChoice, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

/** What the commands need of a payment as the service shows it. */
export interface PaymentAnswer {
  readonly txn: string;
  readonly mref: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly payee: string;
  readonly amount: Amount;
  readonly refunds: readonly { readonly state: string; readonly amount: Amount }[];
  readonly createdAt: string;
}

export const PaymentAnswer: z.ZodType<PaymentAnswer> = z.looseObject({
  txn: z.string(),
  mref: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  payee: z.string(),
  amount: AmountAnswer,
  refunds: z.array(z.looseObject({ state: z.string(), amount: AmountAnswer })),
  createdAt: z.string(),
});

const PaymentsAnswer = z.object({ payments: z.array(PaymentAnswer), next: z.string().optional() });

interface PaymentsOptions extends PersonChoice {
  readonly state?: string;
  readonly mref?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `cash-server payments` */
export function paymentsCommand(): Command {
  return withPerson(withServer(new Command('payments')))
    .addOption(
      new Option(
        '--state <state>',
        'only those in this state; REVIEW without a person: all that wait for an operator, also refunds',
      ).choices(Object.keys(PAYMENT_STATES)),
    )
    .option('--mref <text>', 'only the one with this key of the merchant')
    .option('--limit <count>', 'how many, 200 at most', wholeNumberOption, 20)
    .option('--after <txn>', 'only those after this payment in the list')
    .action(async (options: PaymentsOptions, command: Command) => {
      const query = new URLSearchParams({ limit: String(options.limit) });
      for (const name of ['state', 'mref', 'after'] as const) {
        const value = options[name];
        if (value !== undefined) query.set(name, value);
      }
      const { id, path } = await listOf(command, options, query);
      const { payments, next } = await askService(command, { method: 'GET', path }, PaymentsAnswer);
      const lines = payments.map(lineOf);
      if (payments.length === 0) lines.push('No payments.');
      if (next !== undefined) lines.push(`There are more: --after ${next}`);
      const record = {
        event: 'payments',
        ...(id !== undefined && { person: id }),
        payments,
        ...(next === undefined ? {} : { next }),
      };
      outputOf(command).print(record, lines.join('\n'));
    });
}

/** Where the list is: the payments of a person, or without one those that wait for an operator. */
async function listOf(command: Command, options: PaymentsOptions, query: URLSearchParams) {
  const { person, number, state, mref } = options;
  if (person !== undefined || number !== undefined || state !== 'REVIEW' || mref !== undefined) {
    const { id } = await findPerson(command, options);
    return { id, path: `/v1/people/${id}/payments?${query}` };
  }
  query.delete('state');
  return { id: undefined, path: `/v1/reviews?${query}` };
}

function lineOf({ txn, mref, state, reason, payee, amount, refunds, createdAt }: PaymentAnswer): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  const inReview = refunds.filter((refund) => refund.state === 'review');
  const refund = inReview.map((each) => `, refund of ${moneyText(each.amount)} in review`).join('');
  return `${createdAt.slice(0, 19)}Z\t${txn}\t${moneyText(amount)}\t${payee}\t${state}${why}${refund}\t${mref}`;
}
