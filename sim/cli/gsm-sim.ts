#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { gsmSim } = await import('./gsm-sim-program.ts');
const { runProgram } = await import('../../modem/cli/program.ts');
await runProgram(gsmSim());
