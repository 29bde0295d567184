import { Command, type Displayable } from '../midp/index.ts';

/** A command of one of the phone's own screens, and what it does. */
export interface OwnCommand {
  readonly label: string;
  readonly type: 'OK' | 'SCREEN' | 'BACK' | 'CANCEL';
  does(): void;
}

/** Puts commands on a screen of the phone. */
export function addCommands(displayable: Displayable, commands: readonly OwnCommand[]): void {
  const actions = new Map(commands.map(({ label, type, does }) => [new Command(label, type, 1), does]));
  for (const command of actions.keys()) displayable.addCommand(command);
  displayable.setCommandListener((command) => actions.get(command)?.());
}
