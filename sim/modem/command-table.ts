import type { Command } from './command.ts';
import { acknowledgeCommands } from './commands/acknowledge.ts';
import { cardFileCommands } from './commands/card-file.ts';
import { clockCommands } from './commands/clock.ts';
import { controlCommands } from './commands/control.ts';
import { identityCommands } from './commands/identity.ts';
import { keptCommands } from './commands/kept.ts';
import { networkCommands } from './commands/network.ts';
import { phonebookCommands } from './commands/phonebook.ts';
import { sendCommands } from './commands/send.ts';
import { simCommands } from './commands/sim.ts';
import { smsSettingCommands } from './commands/sms-settings.ts';
import { storeCommands } from './commands/store.ts';
import { ussdCommands } from './commands/ussd.ts';

const commands: readonly Command[] = [
  ...controlCommands,
  ...identityCommands,
  ...simCommands,
  ...networkCommands,
  ...cardFileCommands,
  ...keptCommands,
  ...clockCommands,
  ...phonebookCommands,
  ...smsSettingCommands,
  ...acknowledgeCommands,
  ...storeCommands,
  ...sendCommands,
  ...ussdCommands,
  {
    name: '+CLAC',
    errors: 'CME',
    // All commands, one a line (3GPP TS 27.007, 8.37).
    execute: ({ respond }) => respond(...Array.from(commandTable.keys(), (name) => `AT${name}`)),
    test: '',
  },
];

/** Every command the virtual modem knows, by its name. */
export const commandTable: ReadonlyMap<string, Command> = new Map(commands.map((command) => [command.name, command]));
