#!/usr/bin/env node
import './node-version.ts';

const { gsmModem } = await import('./gsm-modem-program.ts');
const { runExecutable } = await import('./executable.ts');
await runExecutable(gsmModem);
