import { Command } from 'commander';
import { z } from 'zod';
import { outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { findPerson, type PersonChoice, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

const ConsentAnswer = z.looseObject({
  party: z.int(),
  givenAt: z.string().optional(),
  quietUntil: z.string().optional(),
});
type ConsentAnswer = z.infer<typeof ConsentAnswer>;

const ConsentsAnswer = z.object({ consents: z.array(ConsentAnswer) });

/** `cash-server person consents`, `person revoke-consent` and `person lift-refusal`. */
export function consentCommands(): readonly Command[] {
  return [listCommand(), revokeCommand(), liftCommand()];
}

function listCommand(): Command {
  return withPerson(withServer(new Command('consents')))
    .description('print the relying parties that have asked a person, and whether they may')
    .action(async (options: PersonChoice, command: Command) => {
      const { id } = await findPerson(command, options);
      const request = { method: 'GET', path: `/v1/people/${id}/consents` } as const;
      const { consents } = await askService(command, request, ConsentsAnswer);
      outputOf(command).print({ event: 'consents', person: id, consents }, consents.map(lineOf).join('\n') || 'None.');
    });
}

function lineOf({ party, givenAt, quietUntil }: ConsentAnswer): string {
  if (givenAt !== undefined) return `Relying party ${party} may ask since ${givenAt}`;
  if (quietUntil === undefined) return `Relying party ${party} may not ask before it has consent`;
  return `Relying party ${party} may not ask, and not for consent before ${quietUntil}`;
}

function liftCommand(): Command {
  return withPerson(withServer(new Command('lift-refusal')))
    .description(
      'a person lets a relying party, which they have refused, ask again whether it may; before the 30 days are over',
    )
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .action(async ({ party, ...options }: PersonChoice & { party: number }, command: Command) => {
      const { id } = await findPerson(command, options);
      const request = { method: 'POST', path: `/v1/people/${id}/consents/lift-refusal`, body: { party } } as const;
      const { consents } = await askService(command, request, ConsentsAnswer);
      outputOf(command).print(
        { event: 'consents', person: id, consents },
        `Relying party ${party} may ask person ${id} again whether it may`,
      );
    });
}

function revokeCommand(): Command {
  return withPerson(withServer(new Command('revoke-consent')))
    .description('a person takes back that a relying party may ask them; for 30 days it cannot even ask for consent')
    .requiredOption('--party <id>', 'the relying party', wholeNumberOption)
    .action(async ({ party, ...options }: PersonChoice & { party: number }, command: Command) => {
      const { id } = await findPerson(command, options);
      const request = { method: 'POST', path: `/v1/people/${id}/consents/revoke`, body: { party } } as const;
      const { consents } = await askService(command, request, ConsentsAnswer);
      outputOf(command).print(
        { event: 'consents', person: id, consents },
        `Relying party ${party} may not ask person ${id} any more`,
      );
    });
}
