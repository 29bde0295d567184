import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { LANGUAGES } from '../people/people.ts';

/** Where the administrator's key is looked for: never on the command line. */
const KEY_VARIABLE = 'CASH_SERVER_ADMIN_KEY';

const Problem = z.object({ detail: z.string() });

/** `cash-server person add` */
export function personCommand(): Command {
  const add = withServer(new Command('add'))
    .description('register a person, and with --activate let them enrol a phone')
    .requiredOption('--number <number>', 'the number with +')
    .requiredOption('--name <name>', 'the name')
    .addOption(new Option('--language <language>', 'what the phone speaks').choices(LANGUAGES).default('en'))
    .option('--activate', 'print an activation code as well')
    .action(async (options: { number: string; name: string; language: string; activate?: true }, command: Command) => {
      const { number, name, language } = options;
      const person = await post(command, '/v1/people', { number, name, language }, z.looseObject({ id: z.int() }));
      if (options.activate !== true) {
        outputOf(command).print({ event: 'person', ...person }, `Person ${person.id}: ${name}, ${number}`);
        return;
      }
      const answer = z.looseObject({ deviceId: z.int(), activationCode: z.string(), descriptor: z.string() });
      const activation = await post(command, `/v1/people/${person.id}/activations`, {}, answer);
      outputOf(command).print(
        { event: 'person', ...person, activation },
        `Person ${person.id}: ${name}, ${number}\nInstall ${serverOf(command)}${activation.descriptor} and type ${activation.activationCode}`,
      );
    });
  return new Command('person').addCommand(add);
}

/** `cash-server merchant add` */
export function merchantCommand(): Command {
  const add = withServer(new Command('add'))
    .description('register a merchant')
    .requiredOption('--name <name>', 'the payee as customers see it')
    .option('--currency <letters>', 'ISO 4217', 'EUR')
    .option('--person <id>', 'the person whose phone may start payments', idOption)
    .action(async (options: { name: string; currency: string; person?: number }, command: Command) => {
      const body = { name: options.name, currency: options.currency, personId: options.person };
      const answer = z.looseObject({ id: z.int(), apiKey: z.string() });
      const merchant = await post(command, '/v1/merchants', body, answer);
      outputOf(command).print(
        { event: 'merchant', ...merchant },
        `Merchant ${merchant.id}: ${options.name}\nAPI key, shown this once: ${merchant.apiKey}`,
      );
    });
  return new Command('merchant').addCommand(add);
}

/** `cash-server deposit` */
export function depositCommand(): Command {
  return withServer(new Command('deposit'))
    .requiredOption('--person <id>', 'whose account', idOption)
    .requiredOption('--minor <units>', 'whole minor units (cents)', idOption)
    .option('--currency <letters>', 'ISO 4217', 'EUR')
    .requiredOption('--reference <text>', 'the same reference is the same deposit')
    .action(
      async (options: { person: number; minor: number; currency: string; reference: string }, command: Command) => {
        const { person, minor, currency, reference } = options;
        const body = { amount: { minor, currency }, reference };
        const deposit = await post(command, `/v1/people/${person}/deposits`, body, z.looseObject({}));
        outputOf(command).print(
          { event: 'deposit', person, ...deposit },
          `Deposited ${minor} ${currency} (minor units)`,
        );
      },
    );
}

function withServer(command: Command): Command {
  return command
    .option('--server <url>', 'where the service listens', 'http://127.0.0.1:8080')
    .addHelpText('after', `\nThe administrator's key is taken from ${KEY_VARIABLE}.`);
}

function serverOf(command: Command): string {
  return String(command.opts()['server']).replace(/\/+$/, '');
}

/** @throws Error with the service's own sentence when it refuses */
async function post<Answer>(command: Command, path: string, body: object, answer: z.ZodType<Answer>): Promise<Answer> {
  const key = process.env[KEY_VARIABLE];
  if (key === undefined || key === '') throw new UsageError(`put the administrator's key into ${KEY_VARIABLE}`);
  const server = serverOf(command);
  const response = await fetch(`${server}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error(`no service answers at ${server}: is "cash-server serve" running?`);
  });
  const content: unknown = await response.json();
  if (response.ok) return answer.parse(content);
  const problem = Problem.safeParse(content);
  throw new Error(problem.success ? problem.data.detail : `${server} answered ${response.status}`);
}

function idOption(text: string): number {
  if (/^[1-9][0-9]{0,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number above zero.');
}
