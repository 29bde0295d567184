import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { wholeProgram } from '../../../modem/cli/executable.ts';
import { gsmSim } from '../../../sim/cli/gsm-sim-program.ts';

const program = await wholeProgram(gsmSim);

function within(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(within)];
}

it.each(within(program).map((command) => [command.name(), command] as const))(
  '%s --help writes defaults as one would write them',
  (_name, command) => {
    const help = command.helpInformation().replaceAll(/\s+/g, ' ');
    expect(help).not.toMatch(/\(default: ([{[]|\d{4})/);
  },
);

it('serve and submitted say theirs', () => {
  const help = (name: string) => program.commands.find((command) => command.name() === name)?.helpInformation();
  expect(help('serve')).toMatch(/--clock .*\(default:\s+real\)[\s\S]*--personality [\s\S]*\(default:\s+standard\)/);
  expect(help('submitted')).toMatch(/--timeout .*\(default: 30s\)/);
});
