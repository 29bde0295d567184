import { Command, Option } from 'commander';
import { z } from 'zod';
import { outputOf } from '../../modem/cli/program.ts';
import { PAYMENT_STATES } from '../payments/transitions.ts';
import { askService, withServer } from './admin-api.ts';
import { AmountAnswer, moneyText } from './money.ts';
import { findPerson, type PersonChoice, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

const PaymentAnswer = z.looseObject({
  txn: z.string(),
  mref: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  payee: z.string(),
  amount: AmountAnswer,
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
    .addOption(new Option('--state <state>', 'only those in this state').choices(Object.keys(PAYMENT_STATES)))
    .option('--mref <text>', 'only the one with this key of the merchant')
    .option('--limit <count>', 'how many, 200 at most', wholeNumberOption, 20)
    .option('--after <txn>', 'only those after this payment in the list')
    .action(async (options: PaymentsOptions, command: Command) => {
      const { id } = await findPerson(command, options);
      const query = new URLSearchParams({ limit: String(options.limit) });
      for (const name of ['state', 'mref', 'after'] as const) {
        const value = options[name];
        if (value !== undefined) query.set(name, value);
      }
      const path = `/v1/people/${id}/payments?${query}`;
      const { payments, next } = await askService(command, { method: 'GET', path }, PaymentsAnswer);
      const lines = payments.map(lineOf);
      if (payments.length === 0) lines.push('No payments.');
      if (next !== undefined) lines.push(`There are more: --after ${next}`);
      const record = { event: 'payments', person: id, payments, ...(next === undefined ? {} : { next }) };
      outputOf(command).print(record, lines.join('\n'));
    });
}

function lineOf({ txn, mref, state, reason, payee, amount, createdAt }: z.infer<typeof PaymentAnswer>): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `${createdAt.slice(0, 19)}Z\t${txn}\t${moneyText(amount)}\t${payee}\t${state}${why}\t${mref}`;
}
