import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { ask } from './control-client.ts';
import { controlOf, group, lengthOfTime, withControl } from './options.ts';

interface ModemView {
  readonly number: string;
  readonly personality: string;
  readonly registered: boolean;
  readonly plugged: boolean;
  readonly open: boolean;
  readonly tty?: string;
  readonly codes?: string;
  readonly tcp?: string;
}

/** `gsm-sim modems`: where programs open them, and what happens to them. */
export function modemsCommand(): Command {
  return group('modems', listCommand())
    .addCommand(rebootCommand())
    .addCommand(unplugCommand())
    .addCommand(plugCommand());
}

function listCommand(): Command {
  const command = new Command('list').description('the modems, and where other programs open them');
  return withControl(command).action(async () => {
    const views: readonly ModemView[] = JSON.parse(await ask(controlOf(command), 'GET', '/modems'));
    for (const view of views) print(command, view);
  });
}

function rebootCommand(): Command {
  const command = new Command('reboot')
    .description('switch a modem off and on again')
    .argument('<number>', 'a number of the network');
  return withControl(command).action((number: string) => tell(command, number, 'reboot'));
}

function unplugCommand(): Command {
  const command = new Command('unplug')
    .description('pull a modem out of its host')
    .argument('<number>', 'a number of the network')
    .option('--for <time>', 'it comes back after so long: 5s; default: when it is plugged in', lengthOfTime)
    .option('--renamed', 'it comes back under another name');
  return withControl(command).action((number: string) => {
    const { for: away, renamed } = command.opts<{ for?: number; renamed?: true }>();
    return tell(command, number, 'unplug', { for: away, renamed });
  });
}

function plugCommand(): Command {
  const command = new Command('plug')
    .description('put a modem back into its host')
    .argument('<number>', 'a number of the network')
    .option('--renamed', 'under another name');
  return withControl(command).action((number: string) => {
    const { renamed } = command.opts<{ renamed?: true }>();
    return tell(command, number, 'plug', { renamed });
  });
}

async function tell(command: Command, number: string, what: string, body?: object): Promise<void> {
  const path = `/modems/${encodeURIComponent(number)}/${what}`;
  print(command, JSON.parse(await ask(controlOf(command), 'POST', path, body)));
}

function print(command: Command, view: ModemView): void {
  const { number, personality, registered, plugged, open, tty = 'no tty', codes, tcp = '' } = view;
  const state = plugged ? `${registered ? 'registered' : 'not registered'}, ${open ? 'open' : 'closed'}` : 'unplugged';
  const ttys = codes === undefined ? tty : `${tty} ${codes}`;
  outputOf(command).print(view, `${number.padEnd(16)} ${personality.padEnd(16)} ${state.padEnd(22)} ${ttys} ${tcp}`);
}
