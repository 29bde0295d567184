#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { run } = await import('./card-host-program.ts');
await run();
