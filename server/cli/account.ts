import { Argument, Command, Option } from 'commander';
import { z } from 'zod';
import { CURRENCIES, type Currency } from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { AmountAnswer, balanceIn, balancesText, moneyText } from './money.ts';
import { findPerson, type PersonChoice, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

const DepositAnswer = z.looseObject({
  pending: z.int().optional(),
  amount: AmountAnswer,
  repeated: z.boolean(),
  balances: z.array(AmountAnswer),
});

const PendingAnswer = z.looseObject({
  id: z.int(),
  personId: z.int(),
  amount: AmountAnswer,
  reference: z.string(),
  askedBy: z.string(),
  askedAt: z.string(),
});

/** ISO 4217 letters of the currencies that the service knows. */
export function currencyOption(): Option {
  return new Option('--currency <letters>', 'ISO 4217').choices(Object.keys(CURRENCIES)).default('EUR');
}

/** `cash-server deposit` */
export function depositCommand(): Command {
  return new Command('deposit')
    .addCommand(addCommand(), { isDefault: true })
    .addCommand(pendingCommand())
    .addCommand(confirmCommand())
    .addCommand(rejectCommand())
    .addHelpText('after', '\n"add" may be left out: cash-server deposit --person 1 --minor 5000 --reference first');
}

function addCommand(): Command {
  return withPerson(withServer(new Command('add')))
    .description("put money in a person's account, once a reference")
    .requiredOption('--minor <units>', 'whole minor units of the currency: 5000 is 50.00 EUR', wholeNumberOption)
    .addOption(currencyOption())
    .requiredOption('--reference <text>', 'the same reference is the same deposit')
    .action(
      async (options: PersonChoice & { minor: number; currency: Currency; reference: string }, command: Command) => {
        const { minor, currency, reference } = options;
        const { id, name, number } = await findPerson(command, options);
        const body = { amount: { minor, currency }, reference };
        const request = { method: 'POST', path: `/v1/people/${id}/deposits`, body } as const;
        const deposit = await askService(command, request, DepositAnswer);
        const text = `${moneyText(deposit.amount)} for ${name}, ${number}`;
        const done = deposit.repeated
          ? `Reference ${reference} was booked before: nothing was booked again`
          : deposit.pending === undefined
            ? `Deposited ${text}`
            : `Not booked: ${text} waits for another operator (cash-server deposit confirm ${deposit.pending})`;
        const balance = moneyText(balanceIn(deposit.balances, currency));
        outputOf(command).print({ event: 'deposit', person: id, ...deposit }, `${done}\nBalance: ${balance}`);
      },
    );
}

function pendingCommand(): Command {
  return withServer(new Command('pending'))
    .description('print the deposits that wait for another operator')
    .action(async (_: object, command: Command) => {
      const request = { method: 'GET', path: '/v1/deposits/pending' } as const;
      const { deposits } = await askService(command, request, z.looseObject({ deposits: z.array(PendingAnswer) }));
      const lines = deposits.map(({ id, personId, amount, reference, askedBy, askedAt }) =>
        [id, moneyText(amount), `person ${personId}`, reference, `asked by ${askedBy}`, askedAt].join('\t'),
      );
      const text = lines.length === 0 ? 'No deposit waits.' : lines.join('\n');
      outputOf(command).print({ event: 'pending-deposits', deposits }, text);
    });
}

function confirmCommand(): Command {
  return withServer(new Command('confirm'))
    .description('book a deposit that another operator asked for')
    .addArgument(pendingArgument())
    .action(async (id: number, _: object, command: Command) => {
      const request = { method: 'POST', path: `/v1/deposits/${id}/confirm` } as const;
      const deposit = await askService(command, request, DepositAnswer);
      const text = `Deposit ${id}, ${moneyText(deposit.amount)}, ${deposit.repeated ? 'was booked before' : 'is booked'}`;
      outputOf(command).print({ event: 'deposit-confirmed', id, ...deposit }, text);
    });
}

function rejectCommand(): Command {
  return withServer(new Command('reject'))
    .description('take a deposit off the list of those that wait')
    .addArgument(pendingArgument())
    .action(async (id: number, _: object, command: Command) => {
      const request = { method: 'POST', path: `/v1/deposits/${id}/reject` } as const;
      const deposit = await askService(command, request, PendingAnswer);
      const text = `Deposit ${id}, ${moneyText(deposit.amount)}, is rejected`;
      outputOf(command).print({ event: 'deposit-rejected', ...deposit }, text);
    });
}

function pendingArgument(): Argument {
  return new Argument('<number>', 'as "deposit pending" prints it').argParser(wholeNumberOption);
}

/** `cash-server balance` */
export function balanceCommand(): Command {
  return withPerson(withServer(new Command('balance'))).action(async (options: PersonChoice, command: Command) => {
    const { id, name, number, balances } = await findPerson(command, options);
    outputOf(command).print(
      { event: 'balance', person: id, number, balances },
      `${name}, ${number}: ${balancesText(balances)}`,
    );
  });
}
