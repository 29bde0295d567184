import { Command } from 'commander';
import { z } from 'zod';
import { outputOf } from '../../modem/cli/program.ts';
import { currencyOption } from './account.ts';
import { askService, serverOf, withServer } from './admin-api.ts';
import { wholeNumberOption } from './whole-number.ts';

interface MerchantOptions {
  readonly name: string;
  readonly currency: string;
  readonly person?: number;
  readonly idempotencyKey?: string;
}

interface ResumeOptions {
  readonly merchant: number;
  readonly reason: string;
}

const MerchantAnswer = z.looseObject({ id: z.int(), name: z.string() });

/** `cash-server merchant` */
export function merchantCommand(): Command {
  const add = withServer(new Command('add'))
    .description('register a merchant')
    .requiredOption('--name <name>', 'the payee as customers see it')
    .addOption(currencyOption())
    .option('--person <id>', 'the person whose phone may start payments', wholeNumberOption)
    .option('--idempotency-key <text>', 'the same key is the same merchant, and prints the same API key again')
    .action(async (options: MerchantOptions, command: Command) => {
      const { name, currency, person, idempotencyKey } = options;
      const request = {
        method: 'POST',
        path: '/v1/merchants',
        body: { name, currency, personId: person },
        ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
      } as const;
      const merchant = await askService(command, request, z.looseObject({ id: z.int(), apiKey: z.string() }));
      const shown = idempotencyKey === undefined ? 'shown this once' : 'shown again by the same --idempotency-key';
      outputOf(command).print(
        { event: 'merchant', ...merchant },
        [
          `Merchant ${merchant.id}: ${name}`,
          `API key, ${shown}: ${merchant.apiKey}`,
          `Page: ${serverOf(command)}/#key=${merchant.apiKey}`,
        ].join('\n'),
      );
    });
  const resume = withServer(new Command('resume'))
    .description('let a merchant ask again that was suspended, also the customers who said "not me"')
    .requiredOption('--merchant <id>', 'the merchant', wholeNumberOption)
    .requiredOption('--reason <text>', 'what you found out; it is kept in the journal')
    .action(async ({ merchant: id, reason }: ResumeOptions, command: Command) => {
      const request = { method: 'POST', path: `/v1/merchants/${id}/resume`, body: { reason } } as const;
      const merchant = await askService(command, request, MerchantAnswer);
      outputOf(command).print({ event: 'resumed', ...merchant }, `Merchant ${id}, ${merchant.name}, may ask again`);
    });
  return new Command('merchant')
    .addCommand(add)
    .addCommand(resume)
    .addCommand(rotateKeyCommand())
    .addCommand(revokeCommand());
}

function rotateKeyCommand(): Command {
  return withServer(new Command('rotate-key'))
    .description('print another API key of a merchant, also of one whose key was revoked')
    .requiredOption('--merchant <id>', 'the merchant', wholeNumberOption)
    .option('--keep-old-for <seconds>', 'how long the key before goes on working, at most a week', wholeNumberOption)
    .action(async ({ merchant: id, keepOldFor }: { merchant: number; keepOldFor?: number }, command: Command) => {
      const body = keepOldFor === undefined ? {} : { keepOldForSeconds: keepOldFor };
      const request = { method: 'POST', path: `/v1/merchants/${id}/rotate-key`, body } as const;
      const answer = MerchantAnswer.extend({ apiKey: z.string() });
      const merchant = await askService(command, request, answer);
      const { name, apiKey } = merchant;
      const old = keepOldFor === undefined ? 'opens nothing any more' : `works for ${keepOldFor} s more`;
      outputOf(command).print(
        { event: 'merchant-key', ...merchant },
        [
          `Merchant ${id}: ${name}`,
          `API key, shown this once: ${apiKey}`,
          `The key before ${old}`,
          `Page: ${serverOf(command)}/#key=${apiKey}`,
        ].join('\n'),
      );
    });
}

function revokeCommand(): Command {
  return withServer(new Command('revoke'))
    .description("from now on a merchant's keys open nothing, and it may ask nobody")
    .requiredOption('--merchant <id>', 'the merchant', wholeNumberOption)
    .action(async ({ merchant: id }: { merchant: number }, command: Command) => {
      const request = { method: 'POST', path: `/v1/merchants/${id}/revoke` } as const;
      const merchant = await askService(command, request, MerchantAnswer);
      const back = `the way back: merchant rotate-key --merchant ${id}, then merchant resume`;
      outputOf(command).print({ event: 'merchant-revoked', ...merchant }, `Merchant ${id} is revoked; ${back}`);
    });
}
