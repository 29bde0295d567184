#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { cashAuthenticate } = await import('./cash-authenticate-program.ts');
const { runExecutable } = await import('../../modem/cli/executable.ts');
await runExecutable(cashAuthenticate);
