import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { PaymentAnswer } from './payments.ts';

interface ResolveOptions {
  readonly moved?: true;
  readonly notMoved?: true;
  readonly reason: string;
}

/** `cash-server payment` */
export function paymentCommand(): Command {
  return new Command('payment').addCommand(resolveCommand());
}

function resolveCommand(): Command {
  return withServer(new Command('resolve'))
    .description('say what became of a payment or refund in review; it is kept in the journal')
    .argument('<txn>', 'the payment: 16 hexadecimal digits')
    .option('--moved', 'the money of the charge or refund moved')
    .option('--not-moved', 'it did not')
    .requiredOption('--reason <text>', 'how you know')
    .action(async (txn: string, { moved, notMoved, reason }: ResolveOptions, command: Command) => {
      if ((moved === undefined) === (notMoved === undefined))
        throw new UsageError('give either --moved or --not-moved');
      const body = { moved: moved === true, reason };
      const request = { method: 'POST', path: `/v1/payments/${encodeURIComponent(txn)}/resolve`, body } as const;
      const payment = await askService(command, request, PaymentAnswer);
      outputOf(command).print({ event: 'resolved', ...payment }, `Payment ${payment.txn} is ${payment.state}`);
    });
}
