import type { Command } from 'commander';
import { createProgram } from '../../modem/cli/program.ts';
import { deliverCommand } from './deliver.ts';
import { coverageCommand, faultCommand } from './disturb.ts';
import { logCommand, submittedCommand } from './evidence.ts';
import { personalitiesCommand } from './personalities.ts';
import { serveCommand } from './serve.ts';

/** `gsm-sim`: a GSM network with virtual modems, and what one can do with it from outside. */
export function gsmSim(): Command {
  const program = createProgram('gsm-sim', 'A simulated GSM network whose modems any program can open as serial ports');
  const commands = [
    serveCommand(),
    deliverCommand(),
    submittedCommand(),
    logCommand(),
    faultCommand(),
    coverageCommand(),
    personalitiesCommand(),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}
