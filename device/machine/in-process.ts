import { createGuest, type MIDlet, type MidletContext } from '../midp/index.ts';
import type { Boot } from './machine.ts';

/** Makes an application of a class of this program. */
export type MidletFactory = (context: MidletContext) => MIDlet;

/** Runs an application beside the phone, in the phone's own memory: fast, and without limits. For code that is trusted, and for tests. */
export function inProcess(create: MidletFactory): Boot {
  return (host) => {
    const guest = createGuest(host, create);
    return { enter: guest, memory: () => 0, fuel: () => 0, end: () => {} };
  };
}
