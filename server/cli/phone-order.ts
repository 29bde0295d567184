import { Command } from 'commander';
import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { findPerson, PersonAnswer, type PersonChoice, phonesText, withPerson } from './person-choice.ts';
import { wholeNumberOption } from './whole-number.ts';

const DESCRIPTIONS: Readonly<Record<AdminCommand, string>> = {
  lock: 'the phone is stolen or lost: from now on nothing is paid with it; it is told by SMS',
  unlock: 'the phone is back: it may pay again; it is told by SMS',
  wipe: 'revoke the phone, and let it erase its keys and payments: only a new activation helps',
};

const DONE: Readonly<Record<AdminCommand, string>> = {
  lock: 'is locked: nothing is paid with it from now on',
  unlock: 'is unlocked',
  wipe: 'is revoked: let them enrol again with "cash-server person activate"',
};

/** `cash-server person lock`, `unlock` and `wipe`. */
export function orderCommands(): readonly Command[] {
  return (['lock', 'unlock', 'wipe'] as const).map((order) =>
    withPerson(withServer(new Command(order)))
      .description(DESCRIPTIONS[order])
      .option('--device <id>', 'which phone, where the person has had several (person show)', wholeNumberOption)
      .action(async ({ device, ...options }: PersonChoice & { device?: number }, command: Command) => {
        const { id } = await findPerson(command, options);
        const path = `/v1/people/${id}/${order}`;
        const request = { method: 'POST', path, ...(device !== undefined && { body: { device } }) } as const;
        const person = await askService(command, request, PersonAnswer);
        outputOf(command).print(
          { event: 'order', command: order, ...person },
          [`The phone of person ${id}, ${person.name}, ${DONE[order]}`, ...phonesText(person)].join('\n'),
        );
      }),
  );
}
