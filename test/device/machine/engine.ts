import { join } from 'node:path';
import { bundle } from '../../../device/cli/suite-bundle.ts';
import { QuickJsEngine } from '../../../device/index.ts';
import { MACHINE_LIMITS, type MachineLimits } from '../../../device/machine/watch.ts';

const DEVICE = join(import.meta.dirname, '../../../device');

/** An engine with the class library of the sources, not with that of the last build. */
export async function openEngine(limits: Partial<MachineLimits> = {}): Promise<QuickJsEngine> {
  return QuickJsEngine.open(await libraryScript(), { ...MACHINE_LIMITS, ...limits });
}

/** The class library as a script. */
export async function libraryScript(): Promise<string> {
  const { script } = await bundle(join(DEVICE, 'midp/machine.ts'), undefined);
  return script;
}

/** The payment application as the script of a suite. */
export async function cashMobileScript(): Promise<string> {
  const { script } = await bundle(join(DEVICE, 'cash-mobile/index.ts'), join(DEVICE, 'midp/index.ts'));
  return script;
}
