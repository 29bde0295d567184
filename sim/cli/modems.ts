import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { ask } from './control-client.ts';
import { controlOf, withControl } from './options.ts';

interface ModemView {
  readonly number: string;
  readonly personality: string;
  readonly registered: boolean;
  readonly open: boolean;
  readonly tty?: string;
  readonly tcp?: string;
}

/** `gsm-sim modems`: where programs open them, and what happens to them. */
export function modemsCommand(): Command {
  return new Command('modems')
    .description('list the modems, and where other programs open them; press what is on them')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(rebootCommand());
}

function listCommand(): Command {
  const command = new Command('list').description('the modems, and where other programs open them');
  return withControl(command).action(async () => {
    const views: readonly ModemView[] = JSON.parse(await ask(controlOf(command), 'GET', '/modems'));
    const output = outputOf(command);
    for (const view of views) {
      const { number, personality, registered, open, tty = 'no tty', tcp = '' } = view;
      const state = `${registered ? 'registered' : 'not registered'}, ${open ? 'open' : 'closed'}`;
      output.print(view, `${number.padEnd(16)} ${personality.padEnd(16)} ${state.padEnd(22)} ${tty} ${tcp}`);
    }
  });
}

function rebootCommand(): Command {
  const command = new Command('reboot')
    .description('switch a modem off and on again')
    .argument('<number>', 'a number of the network');
  return withControl(command).action(async (number: string) => {
    await ask(controlOf(command), 'POST', `/modems/${encodeURIComponent(number)}/reboot`);
    outputOf(command).print({ event: 'reboot', number }, `The modem of ${number} starts again`);
  });
}
