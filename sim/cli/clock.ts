import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { ask } from './control-client.ts';
import { controlOf, group, lengthOfTime, withControl } from './options.ts';

/** A step may take long: everything in it happens, ms. */
const STEP_WITHIN_MS = 3_600_000;

/** `gsm-sim clock`: what time it is in the network, and how it goes. */
export function clockCommand(): Command {
  return group('clock', showCommand())
    .addCommand(paceCommand('pause', 'stop the clock', 'stopped'))
    .addCommand(paceCommand('run', 'let it go in real time', 'real'))
    .addCommand(paceCommand('fast', 'as fast as it goes, while no program talks to a modem', 'fast'))
    .addCommand(speedCommand())
    .addCommand(stepCommand());
}

function showCommand(): Command {
  const command = new Command('show').description('what time it is, and how it goes');
  return withControl(command).action(async () => print(command, await ask(controlOf(command), 'GET', '/clock')));
}

function paceCommand(name: string, description: string, pace: 'stopped' | 'real' | 'fast'): Command {
  const command = new Command(name).description(description);
  return withControl(command).action(async () =>
    print(command, await ask(controlOf(command), 'PUT', '/clock', { pace })),
  );
}

function speedCommand(): Command {
  const command = new Command('speed')
    .description('let it go so many times as fast as real time')
    .argument('<factor>', 'from 0.001 to 100000');
  return withControl(command).action(async (factor: string) =>
    print(command, await ask(controlOf(command), 'PUT', '/clock', { pace: `x${factor.replace(/^x/, '')}` })),
  );
}

function stepCommand(): Command {
  const command = new Command('step')
    .description('move on by a length of time at once; then the pace is as before')
    .argument('<time>', '10s, 5m, 2h, 7d', lengthOfTime);
  return withControl(command).action(async (by: number) =>
    print(command, await ask(controlOf(command), 'POST', '/clock/step', { by }, STEP_WITHIN_MS)),
  );
}

function print(command: Command, answer: string): void {
  const time: { now: string; pace: string } = JSON.parse(answer);
  outputOf(command).print(time, `${time.now} ${time.pace}`);
}
