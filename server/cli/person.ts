import { Command, Option } from 'commander';
import { z } from 'zod';
import { outputOf } from '../../modem/cli/program.ts';
import { LANGUAGES } from '../vocabulary/person-fields.ts';
import { askService, serverOf, withServer } from './admin-api.ts';
import { aliasCommand } from './alias.ts';
import { consentCommands } from './consent.ts';
import { balancesText } from './money.ts';
import { numberOption } from './number-option.ts';
import { findPerson, PersonAnswer, type PersonChoice, phonesText, withPerson } from './person-choice.ts';
import { orderCommands } from './phone-order.ts';
import { wholeNumberOption } from './whole-number.ts';

const ActivationAnswer = z.looseObject({
  deviceId: z.int(),
  activationCode: z.string(),
  expiresAt: z.string(),
  descriptor: z.string(),
});

/** `cash-server person` */
export function personCommand(): Command {
  const commands = [
    addCommand(),
    activateCommand(),
    showCommand(),
    listCommand(),
    ...orderCommands(),
    ...consentCommands(),
    aliasCommand(),
  ];
  return commands.reduce((person, command) => person.addCommand(command), new Command('person'));
}

function addCommand(): Command {
  return withServer(new Command('add'))
    .description('register a person, and with --activate let them enrol a phone')
    .requiredOption('--number <number>', 'the number with +', numberOption)
    .requiredOption('--name <name>', 'the name')
    .addOption(new Option('--language <language>', 'what the phone speaks').choices(LANGUAGES).default('en'))
    .option('--activate', 'print an activation code as well')
    .action(async (options: { number: string; name: string; language: string; activate?: true }, command: Command) => {
      const { number, name, language } = options;
      const request = { method: 'POST', path: '/v1/people', body: { number, name, language } } as const;
      const person = await askService(command, request, PersonAnswer);
      const line = `Person ${person.id}: ${name}, ${number}`;
      if (options.activate !== true) {
        outputOf(command).print({ event: 'person', ...person }, line);
        return;
      }
      const { activation, text } = await activate(command, person.id);
      outputOf(command).print({ event: 'person', ...person, activation }, `${line}\n${text}`);
    });
}

function activateCommand(): Command {
  return withPerson(withServer(new Command('activate')))
    .description(
      'print a new activation code: for a new phone, or when the code was lost; a code not used yet is dead then',
    )
    .action(async (options: PersonChoice, command: Command) => {
      const person = await findPerson(command, options);
      const { activation, text } = await activate(command, person.id);
      outputOf(command).print(
        { event: 'activation', personId: person.id, ...activation },
        `Person ${person.id}: ${person.name}, ${person.number}\n${text}`,
      );
    });
}

function showCommand(): Command {
  return withPerson(withServer(new Command('show')))
    .description('print a person, their phones and balances')
    .action(async (options: PersonChoice, command: Command) => {
      const person = await findPerson(command, options);
      const phones = phonesText(person);
      outputOf(command).print(
        { event: 'person', ...person },
        [
          `Person ${person.id}: ${person.name}, ${person.number}${person.alias === undefined ? '' : `, ${person.alias}`}`,
          ...(phones.length === 0 ? ['No phone yet'] : phones),
          `Balance: ${balancesText(person.balances)}`,
        ].join('\n'),
      );
    });
}

function listCommand(): Command {
  return withServer(new Command('list'))
    .description('print people in the order of their registration, a line each')
    .option('--limit <count>', 'how many, 200 at most', wholeNumberOption, 20)
    .option('--after <id>', 'only those after this person', wholeNumberOption, 0)
    .action(async (options: { limit: number; after: number }, command: Command) => {
      const path = `/v1/people?limit=${options.limit}&after=${options.after}`;
      const answer = z.object({ people: z.array(PersonAnswer), next: z.int().optional() });
      const { people, next } = await askService(command, { method: 'GET', path }, answer);
      const lines = people.map(
        ({ id, number, name, balances }) => `${id}\t${number}\t${name}\t${balancesText(balances)}`,
      );
      if (people.length === 0) lines.push('Nobody.');
      if (next !== undefined) lines.push(`There are more: --after ${next}`);
      outputOf(command).print({ event: 'people', people, ...(next === undefined ? {} : { next }) }, lines.join('\n'));
    });
}

async function activate(command: Command, person: number) {
  const request = { method: 'POST', path: `/v1/people/${person}/activations` } as const;
  const answer = await askService(command, request, ActivationAnswer);
  const activation = { ...answer, descriptor: `${serverOf(command)}${answer.descriptor}` };
  const until = activation.expiresAt.slice(0, 16).replace('T', ' ');
  const text = [
    `Install ${activation.descriptor} and type ${activation.activationCode}`,
    `The code is good until ${until} UTC, for one phone`,
  ].join('\n');
  return { activation, text };
}
