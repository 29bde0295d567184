import type { Command } from 'commander';
import { createProgram } from '../../modem/cli/program.ts';
import { depositCommand, merchantCommand, personCommand } from './administer.ts';
import { initCommand } from './init.ts';
import { serveCommand } from './serve.ts';

/** The command line of `cash-server`. */
export function cashServer(): Command {
  return createProgram('cash-server', 'The Cash-Mobile service: payments by encrypted SMS.', [
    initCommand(),
    serveCommand(),
    personCommand(),
    merchantCommand(),
    depositCommand(),
  ]);
}
