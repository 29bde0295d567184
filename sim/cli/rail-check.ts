#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { run } = await import('./rail-check-program.ts');
await run();
