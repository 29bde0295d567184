#!/usr/bin/env node
import '../../modem/cli/node-version.ts';

const { run } = await import('./demo-program.ts');
await run();
