import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../cli/suite-bundle.ts';
import { SCRIPTS } from './scripts.ts';

// A step of `npm run build`: makes the scripts beside this file, from the compiled modules.
const device = join(import.meta.dirname, '..');
const library = await bundle(join(device, 'midp/machine.js'), undefined);
writeFileSync(join(import.meta.dirname, SCRIPTS.library), library.script);
const cashMobile = await bundle(join(device, 'cash-mobile/index.js'), join(device, 'midp/index.js'));
writeFileSync(join(import.meta.dirname, SCRIPTS.cashMobile), cashMobile.script);
