#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { cashHandset } = await import('./cash-handset-program.ts');
const { runProgram } = await import('../../modem/cli/program.ts');
await runProgram(cashHandset());
