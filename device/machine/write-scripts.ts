import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { packageFile } from '../../modem/package-file.ts';
import { bundle } from '../cli/suite-bundle.ts';
import { type ScriptName, scriptFile } from './scripts.ts';

// A step of `npm run build`.
await write('library', 'device/midp/machine.ts', undefined);
await write('cashMobile', 'device/cash-mobile/index.ts', packageFile('device/midp/index.ts'));

async function write(name: ScriptName, entry: string, library: string | undefined): Promise<void> {
  const { script } = await bundle(packageFile(entry), library);
  const file = scriptFile(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script);
}
