import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Currency } from '../../device/safe-mobile/index.ts';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { type AccountBalance, balancesAfter, balancesOf } from '../ledger/balances.ts';
import { breachText, checkLedger } from '../ledger/invariants.ts';
import { type Account, isAccount } from '../ledger/ledger.ts';
import { type StatementLine, statementOf } from '../ledger/statement.ts';
import { readDatabase } from '../store/read-database.ts';
import { currencyOption } from './account.ts';
import { serviceDatabase, withData } from './data-folder.ts';
import { moneyText } from './money.ts';
import { type DaysChoice, dayOption, periodOf } from './period-option.ts';
import { wholeNumberOption } from './whole-number.ts';

/** Accounts that are read at a time. */
const PAGE = 1_000;

const ACCOUNTS = 'person:1, merchant:1, clearing:card, cash';

/** `cash-server ledger` */
export function ledgerCommand(): Command {
  return new Command('ledger').addCommand(checkCommand()).addCommand(balanceCommand()).addCommand(statementCommand());
}

function checkCommand(): Command {
  return withData(new Command('check'))
    .description('check every rule of the ledger over all of its history; exit code 1 when one is broken')
    .action(async ({ data }: { data?: string }, command: Command) => {
      const breaches = await readDatabase(serviceDatabase(data), checkLedger);
      const output = outputOf(command);
      for (const breach of breaches) output.print({ event: 'breach', ...breach }, breachText(breach));
      if (breaches.length > 0) process.exitCode = 1;
      else output.print({ event: 'checked' }, 'The ledger keeps all of its rules.');
    });
}

interface BalanceOptions {
  readonly data?: string;
  readonly person?: number;
  readonly merchant?: number;
}

function balanceCommand(): Command {
  return withData(new Command('balance'))
    .description('print what accounts have and what is set aside for pending payments; without an account, of all')
    .addArgument(accountArgument('[account]'))
    .option('--person <id>', 'the prepaid account of a person', wholeNumberOption)
    .option('--merchant <id>', 'what a merchant earned', wholeNumberOption)
    .action(async (argument: Account | undefined, options: BalanceOptions, command: Command) => {
      const account = oneAccount(argument, options);
      const output = outputOf(command);
      await readDatabase(serviceDatabase(options.data), async (tx) => {
        if (account !== undefined) {
          const balances = await balancesOf(tx, account);
          if (balances.length === 0) throw new Error(`the ledger has no account ${account}`);
          printBalances(output, balances);
          return;
        }
        let after: Parameters<typeof balancesAfter>[1] | undefined = { account: '', currency: '' };
        while (after !== undefined) {
          const page: AccountBalance[] = await balancesAfter(tx, after, PAGE);
          printBalances(output, page);
          const last = page.at(-1);
          after = last === undefined ? undefined : { account: last.account, currency: last.posted.currency };
        }
      });
    });
}

function oneAccount(argument: Account | undefined, { person, merchant }: BalanceOptions): Account | undefined {
  const named: Account[] = [];
  if (argument !== undefined) named.push(argument);
  if (person !== undefined) named.push(`person:${person}`);
  if (merchant !== undefined) named.push(`merchant:${merchant}`);
  if (named.length > 1) throw new UsageError('name one account: as an argument, with --person or with --merchant');
  return named[0];
}

function printBalances(output: Output, balances: readonly AccountBalance[]): void {
  for (const { account, posted, pending } of balances) {
    const aside = pending.minor === 0 ? '' : `, ${moneyText(pending)} set aside`;
    output.print(
      { event: 'balance', account, posted, pending },
      `${account.padEnd(16)} ${moneyText(posted).padStart(20)}${aside}`,
    );
  }
}

interface StatementOptions extends DaysChoice {
  readonly data?: string;
  readonly currency: Currency;
}

function statementCommand(): Command {
  return withData(new Command('statement'))
    .description('print the movements of an account, with the balance after each')
    .addArgument(accountArgument('<account>'))
    .addOption(currencyOption())
    .option('--from <day>', 'the first day (UTC), as 2026-11-01', dayOption)
    .option('--to <day>', 'the last day (UTC), as 2026-11-30', dayOption)
    .action(async (account: Account, options: StatementOptions, command: Command) => {
      const { currency } = options;
      const period = periodOf(options);
      const { opening, lines, closing } = await readDatabase(serviceDatabase(options.data), async (tx) => {
        const known = await balancesOf(tx, account);
        if (known.some(({ posted }) => posted.currency === currency)) return statementOf(tx, account, currency, period);
        throw new Error(`the ledger has no account ${account} in ${currency}`);
      });
      const output = outputOf(command);
      const money = (minor: number) => ({ minor, currency });
      output.print(
        { event: 'opening', account, balance: money(opening) },
        row(['', '', 'opening balance', '', moneyText(money(opening))]),
      );
      for (const line of lines) printLine(output, line, currency);
      output.print(
        { event: 'closing', account, balance: money(closing) },
        row(['', '', 'closing balance', '', moneyText(money(closing))]),
      );
    });
}

function printLine(
  output: Output,
  { at, transfer, txn, counterpart, minor, balance }: StatementLine,
  currency: Currency,
) {
  const time = new Date(at).toISOString();
  const amount = { minor, currency };
  const after = { minor: balance, currency };
  output.print(
    { event: 'movement', at: time, transfer, ...(txn !== undefined && { txn }), counterpart, amount, balance: after },
    row([`${time.slice(0, 19)}Z`, transfer, counterpart, moneyText(amount), moneyText(after)]),
  );
}

/** Columns: time, transfer, counterpart, amount, balance. */
function row([time = '', transfer = '', counterpart = '', amount = '', balance = '']: readonly string[]): string {
  return [time.padEnd(20), transfer.padEnd(26), counterpart.padEnd(16), amount.padStart(18), balance.padStart(18)].join(
    ' ',
  );
}

function accountArgument(name: string): Argument {
  return new Argument(name, `one of the kind ${ACCOUNTS}`).argParser((text) => {
    if (isAccount(text)) return text;
    throw new InvalidArgumentError(`Give an account: ${ACCOUNTS}.`);
  });
}
