import type { Command } from 'commander';
import { z } from 'zod';
import type { Amount } from '../../device/safe-mobile/index.ts';
import { UsageError } from '../../modem/cli/program.ts';
import { askService } from './admin-api.ts';
import { AmountAnswer } from './money.ts';
import { numberOption } from './number-option.ts';
import { wholeNumberOption } from './whole-number.ts';

/** A phone as the service shows it. */
interface PhoneAnswer {
  readonly deviceId: number;
  readonly state: string;
  readonly lockedAt?: string | undefined;
  readonly order?: { readonly command: string; readonly confirmedAt?: string | undefined } | undefined;
}

const PhoneAnswer: z.ZodType<PhoneAnswer> = z.looseObject({
  deviceId: z.int(),
  state: z.string(),
  lockedAt: z.string().optional(),
  order: z.looseObject({ command: z.string(), confirmedAt: z.string().optional() }).optional(),
});

/** A line for each phone of a person. */
export function phonesText({ devices }: Pick<PersonAnswer, 'devices'>): readonly string[] {
  return devices.map(({ deviceId, state, lockedAt, order }) => {
    const locked = lockedAt === undefined ? '' : `, locked since ${lockedAt}`;
    const told =
      order === undefined
        ? ''
        : `, ${order.command} ${order.confirmedAt === undefined ? 'not confirmed yet' : `confirmed ${order.confirmedAt}`}`;
    return `Phone ${deviceId}: ${state}${locked}${told}`;
  });
}

/** What the commands need of a person as the service shows them. */
export interface PersonAnswer {
  readonly id: number;
  readonly number: string;
  readonly alias?: string | undefined;
  readonly name: string;
  readonly devices: readonly PhoneAnswer[];
  readonly balances: readonly Amount[];
}

export const PersonAnswer: z.ZodType<PersonAnswer> = z.looseObject({
  id: z.int(),
  number: z.string(),
  alias: z.string().optional(),
  name: z.string(),
  devices: z.array(PhoneAnswer),
  balances: z.array(AmountAnswer),
});

/** How a command names a person. */
export interface PersonChoice {
  readonly person?: number;
  readonly number?: string;
}

/** Gives a command the two options that name a person. */
export function withPerson(command: Command): Command {
  return command
    .option('--person <id>', 'the person, by id', wholeNumberOption)
    .option('--number <number>', 'the person, by number with +', numberOption);
}

/** The person whom the command's options name. @throws UsageError unless one option is given; Error when there is none */
export async function findPerson(command: Command, { person, number }: PersonChoice): Promise<PersonAnswer> {
  if ((person === undefined) === (number === undefined)) throw new UsageError('give either --person or --number');
  if (number === undefined) {
    return askService(command, { method: 'GET', path: `/v1/people/${person}` }, PersonAnswer);
  }
  const path = `/v1/people?number=${encodeURIComponent(number)}`;
  const { people } = await askService(command, { method: 'GET', path }, z.object({ people: z.array(PersonAnswer) }));
  const [found] = people;
  if (found === undefined) throw new Error(`there is no person with the number ${number}`);
  return found;
}
