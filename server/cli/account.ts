import { Command, Option } from 'commander';
import { z } from 'zod';
import { CURRENCIES, type Currency } from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { AmountAnswer, balanceIn, balancesText, moneyText } from './money.ts';
import { findPerson, type PersonChoice, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

const DepositAnswer = z.looseObject({
  amount: AmountAnswer,
  repeated: z.boolean(),
  balances: z.array(AmountAnswer),
});

/** ISO 4217 letters of the currencies that the service knows. */
export function currencyOption(): Option {
  return new Option('--currency <letters>', 'ISO 4217').choices(Object.keys(CURRENCIES)).default('EUR');
}

/** `cash-server deposit` */
export function depositCommand(): Command {
  return withPerson(withServer(new Command('deposit')))
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
        const done = deposit.repeated
          ? `Reference ${reference} was booked before: nothing was booked again`
          : `Deposited ${moneyText(deposit.amount)} for ${name}, ${number}`;
        const balance = moneyText(balanceIn(deposit.balances, currency));
        outputOf(command).print({ event: 'deposit', person: id, ...deposit }, `${done}\nBalance: ${balance}`);
      },
    );
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
