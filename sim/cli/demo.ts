#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

// Without it React checks itself as it draws, and takes twice as long to load.
process.env['NODE_ENV'] ??= 'production';

const { run } = await import('./demo-program.ts');
await run();
