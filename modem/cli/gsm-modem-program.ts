import type { Command } from 'commander';
import { consoleCommand } from './console.ts';
import { doctorCommand } from './doctor.ts';
import { listCommand } from './list.ts';
import { pduCommand } from './pdu.ts';
import { probeCommand } from './probe.ts';
import { createProgram } from './program.ts';
import { receiveCommand } from './receive.ts';
import { replayCommand } from './replay.ts';
import { sendCommand } from './send.ts';
import { traceCommand } from './trace.ts';
import { ussdCommand } from './ussd.ts';

/** The command line of `gsm-modem`. */
export function gsmModem(): Command {
  return createProgram('gsm-modem', 'Uses a GSM modem on a serial port, a PTY or tcp://host:port.', [
    listCommand(),
    probeCommand(),
    doctorCommand(),
    sendCommand(),
    receiveCommand(),
    ussdCommand(),
    consoleCommand(),
    traceCommand(),
    replayCommand(),
    pduCommand(),
  ]);
}
