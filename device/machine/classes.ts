import type { Host, HostFailure } from '../midp/index.ts';
import { InstallError, type SuiteContent } from '../suite/index.ts';
import type { QuickJsEngine } from './quickjs.ts';

const REFUSED: HostFailure = { code: 'failed', reason: 'The application is not started' };

/** A phone that refuses everything: the program of a suite is only loaded in it. */
const NOBODY: Host = {
  show: () => {},
  sound: () => {},
  rmsOpen: () => REFUSED,
  rmsPut: () => REFUSED,
  rmsDelete: () => REFUSED,
  rmsRemove: () => REFUSED,
  rmsList: () => [],
  rmsRoom: () => 0,
  listen: () => REFUSED,
  closePort: () => {},
  take: () => undefined,
  segments: () => 0,
  send: () => REFUSED,
  connections: () => [],
  alarm: () => undefined,
  register: () => REFUSED,
  unregister: () => false,
  registration: () => undefined,
  now: () => 0,
  offset: () => 0,
  random: (count) => new Uint8Array(count),
  timer: () => {},
  clearTimer: () => {},
  property: () => undefined,
  resource: () => undefined,
  attribute: () => undefined,
  request: () => REFUSED,
  permission: () => 0,
  serial: () => {},
  ended: () => {},
};

/**
 * Loads the program of a suite, without starting an application, and looks for the classes that its descriptor names.
 * @throws InstallError 907 when the program cannot be loaded or has not all of them
 */
export async function expectClasses(
  { descriptor, script }: SuiteContent,
  engine: Pick<QuickJsEngine, 'boot'>,
): Promise<void> {
  for (const { className } of descriptor.midlets) {
    try {
      const machine = await engine.boot(script, className)(NOBODY);
      machine.end();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InstallError(907, `The program of the JAR does not run: ${reason}`);
    }
  }
}
