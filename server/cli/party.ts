import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { type ClientJwks, readClientJwks } from '../parties/client-jwks.ts';
import { AUTHENTICATION_KINDS, type AuthenticationKind } from '../vocabulary/authentication-states.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { isNotificationEndpoint } from '../vocabulary/notification-endpoint.ts';
import { askService, withServer } from './admin-api.ts';
import { readSettings } from './settings-file.ts';
import { wholeNumberOption } from './whole-number.ts';

interface AddOptions {
  readonly name: string;
  readonly shortName: string;
  readonly kinds: readonly AuthenticationKind[];
  readonly requestsADay: number;
}

const PartyAnswer = z.looseObject({
  id: z.int(),
  name: z.string(),
  shortName: z.string(),
  kinds: z.array(z.string()),
  requestsADay: z.int(),
  suspended: z.boolean(),
  tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'private_key_jwt']),
});

const KeyAnswer = PartyAnswer.extend({ apiKey: z.string() });

/** `cash-server party` */
export function partyCommand(): Command {
  return new Command('party')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(notifyCommand())
    .addCommand(jwksCommand())
    .addCommand(rotateKeyCommand())
    .addCommand(revokeCommand())
    .addCommand(resumeCommand());
}

function addCommand(): Command {
  return withServer(new Command('add'))
    .description('register a relying party: who asks people to log in or to sign')
    .requiredOption('--name <name>', 'its full name')
    .requiredOption('--short-name <name>', 'as phones show it, at most 24 octets; 14 with sign')
    .addOption(
      new Option('--kinds <kinds>', `what it may ask for, with commas between: ${AUTHENTICATION_KINDS.join(', ')}`)
        .argParser(kindsOption)
        .default(['login'], 'login'),
    )
    .option('--requests-a-day <number>', 'its budget; a request is 2 to 10 SMS', wholeNumberOption, 1_000)
    .action(async (options: AddOptions, command: Command) => {
      const { name, shortName, kinds, requestsADay } = options;
      const request = { method: 'POST', path: '/v1/parties', body: { name, shortName, kinds, requestsADay } } as const;
      const party = await askService(command, request, KeyAnswer);
      outputOf(command).print(
        { event: 'party', ...party },
        [`Relying party ${party.id}: ${name}`, `API key, shown this once: ${party.apiKey}`].join('\n'),
      );
    });
}

/** Kinds in any order, each once. */
function kindsOption(text: string): readonly AuthenticationKind[] {
  const named = text.split(',');
  const kinds = AUTHENTICATION_KINDS.filter((kind) => named.includes(kind));
  if (kinds.length === named.length) return kinds;
  throw new InvalidArgumentError(
    `Give one or more of ${AUTHENTICATION_KINDS.join(', ')}, each once, with commas between.`,
  );
}

function listCommand(): Command {
  return withServer(new Command('list'))
    .description('print all relying parties')
    .action(async (_options: object, command: Command) => {
      const answer = z.object({ parties: z.array(PartyAnswer) });
      const { parties } = await askService(command, { method: 'GET', path: '/v1/parties' }, answer);
      for (const party of parties) {
        const { id, name, shortName, kinds, requestsADay, suspended, tokenEndpointAuthMethod } = party;
        const standing = `${tokenEndpointAuthMethod === 'private_key_jwt' ? '  public keys (private_key_jwt)' : ''}${suspended ? '  suspended' : ''}`;
        outputOf(command).print(
          { event: 'party', ...party },
          `${id}  ${name} (${shortName})  ${kinds.join(', ')}  ${requestsADay} a day${standing}`,
        );
      }
    });
}

function notifyCommand(): Command {
  return withServer(new Command('notify'))
    .description('say where a relying party hears that a login by OpenID CIBA has ended (ping mode)')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .addOption(new Option('--at <url>', 'its notification endpoint, https').argParser(endpointOption).conflicts('poll'))
    .option('--poll', 'nowhere: it polls')
    .action(async ({ party: id, at, poll }: { party: number; at?: string; poll?: true }, command: Command) => {
      if (at === undefined && poll !== true) throw new UsageError('give --at URL, or --poll');
      const request = {
        method: 'POST',
        path: `/v1/parties/${id}/notification-endpoint`,
        body: { url: at ?? null },
      } as const;
      const party = await askService(command, request, PartyAnswer);
      outputOf(command).print(
        { event: 'party', ...party },
        `Relying party ${id} ${at === undefined ? 'polls' : `is told at ${at}`}`,
      );
    });
}

function endpointOption(text: string): string {
  if (isNotificationEndpoint(text)) return text;
  throw new InvalidArgumentError('Give an https URL, or http on 127.0.0.1.');
}

function jwksCommand(): Command {
  return withServer(new Command('jwks'))
    .description('say by which public keys OpenID CIBA knows a relying party (private_key_jwt), and not by its API key')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .addOption(new Option('--file <path>', 'a JWK Set: {"keys":[…]}').conflicts('none'))
    .option('--none', 'by none: it gives its API key again')
    .action(async ({ party: id, file, none }: { party: number; file?: string; none?: true }, command: Command) => {
      if (file === undefined && none !== true) throw new UsageError('give --file PATH, or --none');
      const jwks = file === undefined ? null : publicKeysIn(file);
      const request = { method: 'POST', path: `/v1/parties/${id}/jwks`, body: { jwks } } as const;
      const party = await askService(command, request, PartyAnswer);
      outputOf(command).print({ event: 'party', ...party }, `CIBA knows relying party ${id} by ${methodOf(jwks)}`);
    });
}

function methodOf(jwks: ClientJwks | null): string {
  if (jwks === null) return 'its API key';
  const { length } = jwks.keys;
  return `${length} public ${length === 1 ? 'key' : 'keys'}, and not by its API key any more`;
}

/** Looked at here, so that no private key leaves this machine. @throws UsageError */
function publicKeysIn(file: string): ClientJwks {
  try {
    return readClientJwks(readSettings('--file', file, z.unknown()));
  } catch (error) {
    if (error instanceof ServiceError) throw new UsageError(`--file ${file}: ${error.message}`);
    throw error;
  }
}

function rotateKeyCommand(): Command {
  return withServer(new Command('rotate-key'))
    .description('print another API key of a relying party, also of one whose key was revoked')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .option('--keep-old-for <seconds>', 'how long the key before goes on working, at most a week', wholeNumberOption)
    .action(async ({ party: id, keepOldFor }: { party: number; keepOldFor?: number }, command: Command) => {
      const body = keepOldFor === undefined ? {} : { keepOldForSeconds: keepOldFor };
      const request = { method: 'POST', path: `/v1/parties/${id}/rotate-key`, body } as const;
      const party = await askService(command, request, KeyAnswer);
      const old = keepOldFor === undefined ? 'opens nothing any more' : `works for ${keepOldFor} s more`;
      outputOf(command).print(
        { event: 'party-key', ...party },
        [
          `Relying party ${id}: ${party.name}`,
          `API key, shown this once: ${party.apiKey}`,
          `The key before ${old}`,
        ].join('\n'),
      );
    });
}

function revokeCommand(): Command {
  return withServer(new Command('revoke'))
    .description('from now on the keys of a relying party open nothing, and it may ask nobody')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .action(async ({ party: id }: { party: number }, command: Command) => {
      const request = { method: 'POST', path: `/v1/parties/${id}/revoke` } as const;
      const party = await askService(command, request, PartyAnswer);
      const back = `the way back: party rotate-key --party ${id}, then party resume`;
      outputOf(command).print({ event: 'party-revoked', ...party }, `Relying party ${id} is revoked; ${back}`);
    });
}

function resumeCommand(): Command {
  return withServer(new Command('resume'))
    .description('let a relying party ask again that was suspended, also the people who said "not me"')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .requiredOption('--reason <text>', 'what you found out; it is kept in the journal')
    .action(async ({ party: id, reason }: { party: number; reason: string }, command: Command) => {
      const request = { method: 'POST', path: `/v1/parties/${id}/resume`, body: { reason } } as const;
      const party = await askService(command, request, PartyAnswer);
      outputOf(command).print({ event: 'resumed', ...party }, `Relying party ${id}, ${party.name}, may ask again`);
    });
}
