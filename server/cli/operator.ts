import { Command, Option } from 'commander';
import { z } from 'zod';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { ROLES, type Role } from '../vocabulary/roles.ts';
import { askService, withServer } from './admin-api.ts';
import { confirmAtMachine } from './at-machine.ts';

const OperatorAnswer = z.looseObject({
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: z.string(),
  revokedAt: z.string().optional(),
  keyMadeBy: z.string().optional(),
  fingerprint: z.string(),
});
const KeyAnswer = OperatorAnswer.extend({ apiKey: z.string() });

/** `cash-server operator` */
export function operatorCommand(): Command {
  return new Command('operator')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addCommand(rotateCommand())
    .addCommand(confirmCommand());
}

function addCommand(): Command {
  return withServer(new Command('add'))
    .description('register an operator, and print their key once')
    .requiredOption('--name <name>', 'small letters; it is given once')
    .addOption(new Option('--role <role>', 'each may do what those before it may').choices(ROLES).makeOptionMandatory())
    .action(async ({ name, role }: { name: string; role: Role }, command: Command) => {
      const body = { name, role };
      const operator = await askService(command, { method: 'POST', path: '/v1/operators', body }, KeyAnswer);
      printKey(command, 'operator', operator);
    });
}

function listCommand(): Command {
  return withServer(new Command('list'))
    .description('print all operators, those who were revoked as well')
    .action(async (_: object, command: Command) => {
      const answer = z.looseObject({ operators: z.array(OperatorAnswer) });
      const { operators } = await askService(command, { method: 'GET', path: '/v1/operators' }, answer);
      const lines = operators.map(({ name, role, createdAt, revokedAt, keyMadeBy }) =>
        [
          ...[name, role, `since ${createdAt}`],
          ...(revokedAt === undefined ? [] : [`revoked ${revokedAt}`]),
          ...(keyMadeBy === undefined ? [] : [`key made by ${keyMadeBy}, not confirmed`]),
        ].join('\t'),
      );
      const text = lines.length === 0 ? 'No operators but the admin of the key file.' : lines.join('\n');
      outputOf(command).print({ event: 'operators', operators }, text);
    });
}

function revokeCommand(): Command {
  return withServer(new Command('revoke'))
    .description("from now on an operator's key opens nothing")
    .requiredOption('--name <name>', 'the operator')
    .action(async ({ name }: { name: string }, command: Command) => {
      const path = `/v1/operators/${encodeURIComponent(name)}/revoke`;
      const operator = await askService(command, { method: 'POST', path }, OperatorAnswer);
      outputOf(command).print({ event: 'operator-revoked', ...operator }, `Operator ${name} is revoked`);
    });
}

function rotateCommand(): Command {
  return withServer(new Command('rotate'))
    .description('print another key; the one before opens nothing any more')
    .option('--name <name>', 'the operator; without: yourself')
    .action(async ({ name }: { name?: string }, command: Command) => {
      const path = name === undefined ? '/v1/operator' : `/v1/operators/${encodeURIComponent(name)}`;
      const operator = await askService(command, { method: 'POST', path: `${path}/rotate-key` }, KeyAnswer);
      printKey(command, 'operator-key', operator, name === undefined);
    });
}

function confirmCommand(): Command {
  return withServer(new Command('confirm'))
    .description('say that an operator has a key that nobody else has: by one who did not make it')
    .requiredOption('--name <name>', 'the operator')
    .requiredOption(
      '--fingerprint <digits>',
      'of the key that the operator made with "operator rotate", as they tell you',
    )
    .option(
      '--data <folder>',
      'what "cash-server init" made: you have the machine, and no operator is left who could confirm this one; the service is stopped (on PostgreSQL it may run)',
    )
    .option(
      '--vault-key-command <command>',
      'with --data: prints the vault key, when it is not in keys.json (HSM, KMS), as "serve" takes it',
    )
    .action(async (options: Confirmation, command: Command) => {
      outputOf(command).print(
        { event: 'operator-confirmed', ...(await confirmed(options, command)) },
        `Operator ${options.name} is confirmed`,
      );
    });
}

interface Confirmation {
  readonly name: string;
  readonly fingerprint: string;
  readonly data?: string;
  readonly vaultKeyCommand?: string;
}

async function confirmed(
  { name, fingerprint, data, vaultKeyCommand }: Confirmation,
  command: Command,
): Promise<object> {
  if (data !== undefined) {
    const { role } = await confirmAtMachine({ data, vaultKeyCommand }, name, fingerprint);
    return { name, role, fingerprint };
  }
  if (vaultKeyCommand !== undefined)
    throw new UsageError('--vault-key-command goes with --data: a service that runs has its vault key');
  const path = `/v1/operators/${encodeURIComponent(name)}/confirm`;
  return askService(command, { method: 'POST', path, body: { fingerprint } }, OperatorAnswer);
}

function printKey(command: Command, event: string, operator: z.infer<typeof KeyAnswer>, isOwn = false): void {
  const { name, role, apiKey, keyMadeBy, fingerprint } = operator;
  const lines = [`Operator ${name}, ${role}`, `API key, shown this once: ${apiKey}`];
  if (keyMadeBy !== undefined) lines.push(isOwn ? confirmationNeeded(name, keyMadeBy, fingerprint) : CHANGES_IT);
  outputOf(command).print({ event, ...operator }, lines.join('\n'));
}

const CHANGES_IT = 'They change it first: cash-server operator rotate';

/** What is left to do before an operator counts as another one than whoever made their key. */
function confirmationNeeded(name: string, maker: string, fingerprint: string): string {
  const command = `cash-server operator confirm --name ${name} --fingerprint ${fingerprint}`;
  return [
    `An operator who is not ${maker} confirms it: ${command}`,
    'When there is none: the same with --data FOLDER, by whoever has the machine of the service',
  ].join('\n');
}
