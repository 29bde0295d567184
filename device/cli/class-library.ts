import { join } from 'node:path';
import { readScript } from '../machine/scripts.ts';
import { bundle } from './suite-bundle.ts';

/** The class library as a script: as the build made it, or, where the sources run themselves, made of them. @throws Error in one line */
export async function readClassLibrary(): Promise<string> {
  if (!import.meta.filename.endsWith('.ts')) return readScript('library');
  const { script } = await bundle(join(import.meta.dirname, '../midp/machine.ts'), undefined);
  return script;
}
