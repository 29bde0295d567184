import { createGuest, type Guest } from './guest.ts';
import type { Host } from './host.ts';
import * as midp from './index.ts';
import type { MIDlet } from './midlet.ts';

/** The functions of the phone as a virtual machine has them: values alone cross, so a view goes as JSON. */
export type MachineHost = Omit<Host, 'show'> & { show(view: string): void };

/** The script of a suite: takes the class library from `require('midp')` and puts its classes on `exports`. */
export type SuiteScript = (exports: Record<string, unknown>, require: (module: string) => unknown) => void;

/**
 * Runs the script of a suite inside a virtual machine and gives the entry into one of its applications.
 * @throws Error when the script exports no such class
 */
export function bootSuite(host: MachineHost, script: SuiteScript, className: string): Guest {
  const exports: Record<string, unknown> = {};
  Math.random = () => fraction(host.random(8));
  script(exports, requireLibrary);
  const midletClass = exports[className];
  if (!isMidletClass(midletClass)) throw new Error(`The suite exports no class ${className}`);
  return createGuest(
    { ...host, show: (view) => host.show(JSON.stringify(view)) },
    (context) => new midletClass(context),
  );
}

function requireLibrary(module: string): unknown {
  if (module !== 'midp') throw new Error(`The phone has no module ${module}`);
  return midp;
}

function isMidletClass(value: unknown): value is new (...context: ConstructorParameters<typeof MIDlet>) => MIDlet {
  return typeof value === 'function' && value.prototype instanceof midp.MIDlet;
}

/** A number from 0 to below 1, of 53 bits. */
function fraction(octets: Uint8Array): number {
  return (
    octets.slice(1).reduce((sum, octet, index) => sum + (index === 0 ? octet & 0x1f : octet) * 256 ** (6 - index), 0) /
    2 ** 53
  );
}
