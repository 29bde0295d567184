import type { Command } from 'commander';
import { probeCommand } from './probe.ts';
import { createProgram } from './program.ts';
import { receiveCommand } from './receive.ts';
import { replayCommand } from './replay.ts';
import { sendCommand } from './send.ts';
import { traceCommand } from './trace.ts';

/** The command line of `gsm-modem`. */
export function gsmModem(): Command {
  const program = createProgram('gsm-modem', 'Uses a GSM modem on a serial port, a PTY or tcp://host:port.');
  for (const command of [probeCommand(), sendCommand(), receiveCommand(), traceCommand(), replayCommand()]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
