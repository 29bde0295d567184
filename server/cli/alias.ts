import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { findPerson, PersonAnswer, type PersonChoice, withPerson } from './person-choice.ts';

/** `cash-server person alias` */
export function aliasCommand(): Command {
  return withPerson(withServer(new Command('alias')))
    .description(
      'give a person an alias, which merchants and relying parties may say in the place of the number; nobody else ever gets it',
    )
    .option('--alias <letters>', '1 to 7 letters, in place of the alias before')
    .option('--none', 'take the alias away')
    .action(async (options: PersonChoice & { alias?: string; none?: true }, command: Command) => {
      const { alias, none, ...choice } = options;
      if ((alias === undefined) === (none === undefined)) throw new UsageError('give --alias LETTERS, or --none');
      const { id } = await findPerson(command, choice);
      const request = { method: 'POST', path: `/v1/people/${id}/alias`, body: { alias: alias ?? null } } as const;
      const person = await askService(command, request, PersonAnswer);
      const line = `Person ${id} ${person.alias === undefined ? 'has no alias' : `is ${person.alias}`}`;
      outputOf(command).print({ event: 'person', ...person }, line);
    });
}
