#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { run } = await import('./loop-program.ts');
await run();
