#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

// What it writes (database, copies, keys) is for the eyes of its user only.
process.umask(0o077);
const { cashServer } = await import('./cash-server-program.ts');
const { runExecutable } = await import('../../modem/cli/executable.ts');
await runExecutable(cashServer);
