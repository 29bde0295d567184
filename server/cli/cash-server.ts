#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { cashServer } = await import('./cash-server-program.ts');
const { runExecutable } = await import('../../modem/cli/executable.ts');
await runExecutable(cashServer);
