#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { gsmSim } = await import('./gsm-sim-program.ts');
const { runExecutable } = await import('../../modem/cli/executable.ts');
await runExecutable(gsmSim);
