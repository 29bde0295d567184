#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { cashHandset } = await import('./cash-handset-program.ts');
const { runExecutable } = await import('../../modem/cli/executable.ts');
await runExecutable(cashHandset);
