import type { Command } from 'commander';
import { createProgram } from '../../modem/cli/program.ts';
import { clockCommand } from './clock.ts';
import { deliverCommand, sendCommand } from './deliver.ts';
import { diagramCommand, latencyCommand, logCommand, pcapCommand } from './evidence.ts';
import { faultCommand } from './fault.ts';
import { messagesCommand, servicesCommand } from './messages.ts';
import { modemsCommand } from './modems.ts';
import { personalitiesCommand } from './personalities.ts';
import { profileCommand } from './profile.ts';
import { scenarioCommand } from './scenario.ts';
import { serveCommand } from './serve.ts';
import { submittedCommand } from './submitted.ts';
import { subscribersCommand } from './subscribers.ts';

/** `gsm-sim`: a GSM network with virtual modems, and what one can do with it from outside. */
export function gsmSim(): Command {
  return createProgram('gsm-sim', 'A simulated GSM network whose modems any program can open as serial ports', [
    serveCommand(),
    scenarioCommand(),
    deliverCommand(),
    sendCommand(),
    submittedCommand(),
    messagesCommand(),
    subscribersCommand(),
    modemsCommand(),
    faultCommand(),
    clockCommand(),
    profileCommand(),
    logCommand(),
    pcapCommand(),
    diagramCommand(),
    latencyCommand(),
    servicesCommand(),
    personalitiesCommand(),
  ]);
}
