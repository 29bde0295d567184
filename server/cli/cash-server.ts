#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { cashServer } = await import('./cash-server-program.ts');
const { runProgram } = await import('../../modem/cli/program.ts');
await runProgram(cashServer());
