#!/usr/bin/env node
import './node-version.ts';

const { gsmModem } = await import('./gsm-modem-program.ts');
const { runProgram } = await import('./program.ts');
await runProgram(gsmModem());
