import { Command } from 'commander';
import { z } from 'zod';
import type { Currency } from '../../device/safe-mobile/index.ts';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { balancesOf } from '../ledger/balances.ts';
import { type MerchantLine, statementOfMerchant } from '../ledger/merchant-statement.ts';
import { merchantById } from '../merchants/merchants.ts';
import { readDatabase } from '../store/read-database.ts';
import { currencyOption } from './account.ts';
import { askService, withServer } from './admin-api.ts';
import { serviceDatabase, withData } from './data-folder.ts';
import { AmountAnswer, moneyText } from './money.ts';
import { type DaysChoice, dayOption, periodOf } from './period-option.ts';
import { wholeNumberOption } from './whole-number.ts';

interface PayoutOptions {
  readonly merchant: number;
  readonly reference: string;
  readonly minor?: number;
  readonly currency: Currency;
}

interface StatementOptions extends DaysChoice {
  readonly data?: string;
  readonly merchant: number;
  readonly currency: Currency;
}

const PayoutAnswer = z.looseObject({ reference: z.string(), amount: AmountAnswer, repeated: z.boolean() });

/** `cash-server payout` */
export function payoutCommand(): Command {
  return new Command('payout')
    .addCommand(addCommand(), { isDefault: true })
    .addCommand(statementCommand())
    .addHelpText('after', '\n"add" may be left out: cash-server payout --merchant 1 --reference march');
}

function addCommand(): Command {
  return withServer(new Command('add'))
    .description('book that a merchant got what it earned, once a reference; you send the money yourself')
    .requiredOption('--merchant <id>', 'the merchant', wholeNumberOption)
    .requiredOption('--reference <text>', 'the same reference is the same payout')
    .option('--minor <units>', 'whole minor units; default: all that the merchant is owed', wholeNumberOption)
    .addOption(currencyOption())
    .action(async ({ merchant, reference, minor, currency }: PayoutOptions, command: Command) => {
      if (minor === undefined && command.getOptionValueSource('currency') === 'cli')
        throw new UsageError(
          '--currency is of --minor: without it all that the merchant is owed in its own currency is paid out',
        );
      const body = { reference, ...(minor !== undefined && { amount: { minor, currency } }) };
      const request = { method: 'POST', path: `/v1/merchants/${merchant}/payouts`, body } as const;
      const payout = await askService(command, request, PayoutAnswer);
      const text = `${moneyText(payout.amount)} to merchant ${merchant}`;
      outputOf(command).print(
        { event: 'payout', ...payout },
        payout.repeated
          ? `Reference ${reference} was booked before, ${text}: nothing was booked again`
          : `Booked: ${text}`,
      );
    });
}

function statementCommand(): Command {
  return withData(new Command('statement'))
    .description('print what a merchant earned, gave back and got; also while the service runs')
    .requiredOption('--merchant <id>', 'the merchant', wholeNumberOption)
    .addOption(currencyOption())
    .option('--from <day>', 'the first day (UTC), as 2026-11-01', dayOption)
    .option('--to <day>', 'the last day (UTC), as 2026-11-30', dayOption)
    .action(async (options: StatementOptions, command: Command) => {
      const { currency } = options;
      const period = periodOf(options);
      const { name, id, statement } = await readDatabase(serviceDatabase(options.data), async (tx) => {
        const merchant = await merchantById(tx, options.merchant);
        const known = await balancesOf(tx, `merchant:${merchant.id}`);
        if (known.length > 0 && !known.some(({ posted }) => posted.currency === currency)) {
          const others = known.map(({ posted }) => posted.currency).join(', ');
          throw new Error(`merchant ${merchant.id} never had ${currency}: give --currency ${others}`);
        }
        return { ...merchant, statement: await statementOfMerchant(tx, merchant.id, currency, period) };
      });
      const output = outputOf(command);
      const money = (minor: number) => ({ minor, currency });
      const { opening, closing, lines, sums } = statement;
      output.print(
        { event: 'opening', merchant: id, name, balance: money(opening) },
        `Merchant ${id}, ${name}\n${row(['', 'owed at the beginning', '', '', moneyText(money(opening))])}`,
      );
      for (const line of lines) printLine(output, line, currency);
      const { payment, refund, payout } = sums;
      const sumOf = ({ count, minor }: typeof payment) => ({ count, amount: money(minor) });
      const words = ({ count, minor }: typeof payment, what: string) => `${count} ${what} ${moneyText(money(minor))}`;
      output.print(
        {
          ...{ event: 'closing', merchant: id, name, balance: money(closing) },
          ...{ payments: sumOf(payment), refunds: sumOf(refund), payouts: sumOf(payout) },
        },
        [
          row(['', 'owed at the end', '', '', moneyText(money(closing))]),
          [words(payment, 'payments'), words(refund, 'refunds'), words(payout, 'payouts')].join(', '),
        ].join('\n'),
      );
    });
}

function printLine(output: Output, line: MerchantLine, currency: Currency): void {
  const { movement, reference, rail, txn } = line;
  const time = new Date(line.at).toISOString();
  const amount = { minor: line.minor, currency };
  const balance = { minor: line.balance, currency };
  output.print(
    { event: movement, at: time, reference, ...(rail && { rail }), ...(txn && { txn }), amount, balance },
    row([`${time.slice(0, 19)}Z`, `${movement} ${reference}`, rail, moneyText(amount), moneyText(balance)]),
  );
}

/** Columns: time, movement, rail, amount, balance. */
function row([time = '', movement = '', rail = '', amount = '', balance = '']: readonly (
  | string
  | undefined
)[]): string {
  return [time.padEnd(20), movement.padEnd(30), rail.padEnd(8), amount.padStart(18), balance.padStart(18)].join(' ');
}
