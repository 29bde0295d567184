import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import { type HostFailure, parseSmsAddress, type Registration } from '../midp/index.ts';
import type { Descriptor, PushRegistration } from '../suite/index.ts';
import { readSection } from './section.ts';
import type { Suite, Suites } from './suites.ts';

const SECTION = 'push-registry';
/** By the id of the suite. */
const stored = z.record(
  z.string(),
  z.array(z.object({ connection: z.string(), port: z.int(), className: z.string(), filter: z.string() })),
);

/** Connections of a suite at most. */
const REGISTRATION_LIMIT = 16;
/** Characters of the longest filter. */
const FILTER_LIMIT = 64;

/** The connections that applications have registered while they ran (JSR-118, `PushRegistry.registerConnection`), in the flash. */
export class PushRegistrations {
  readonly #flash: Flash;
  #bySuite: Readonly<Record<string, readonly PushRegistration[]>>;

  /** @throws FlashError `damaged` */
  constructor(flash: Flash) {
    this.#flash = flash;
    this.#bySuite = readSection(flash, SECTION, stored) ?? {};
  }

  /** Those of a suite whose class its present version has. @param suite its id */
  of(suite: string, { midlets }: Pick<Descriptor, 'midlets'>): readonly PushRegistration[] {
    return this.#all(suite).filter(({ className }) => midlets.some((midlet) => midlet.className === className));
  }

  #all(suite: string): readonly PushRegistration[] {
    return Object.hasOwn(this.#bySuite, suite) ? (this.#bySuite[suite] ?? []) : [];
  }

  /** @throws FlashError */
  add(suite: string, registration: PushRegistration): void {
    this.#save({ ...this.#bySuite, [suite]: [...this.#all(suite), registration] });
  }

  /** @returns whether the suite had registered it. @throws FlashError */
  remove(suite: string, connection: string): boolean {
    const kept = this.#all(suite).filter((registration) => registration.connection !== connection);
    if (kept.length === this.#all(suite).length) return false;
    this.#save({ ...this.#bySuite, [suite]: kept });
    return true;
  }

  /** Forgets those of suites that the phone has no longer. @throws FlashError */
  retain(has: (suite: string) => boolean): void {
    const kept = Object.entries(this.#bySuite).filter(([suite]) => has(suite));
    if (kept.length < Object.keys(this.#bySuite).length) this.#save(Object.fromEntries(kept));
  }

  #save(bySuite: Readonly<Record<string, readonly PushRegistration[]>>): void {
    const sections = Object.entries(bySuite).map(([suite, all]) => [suite, all.map((one) => ({ ...one }))] as const);
    this.#flash.write(SECTION, sections.length === 0 ? undefined : Object.fromEntries(sections));
    this.#bySuite = bySuite;
  }
}

/** Registers a connection for an application that runs; what is wrong, otherwise (JSR-118, `PushRegistry.registerConnection`). */
export function registerPush(
  suites: Suites,
  suite: Suite,
  { connection, className, filter }: Registration & { readonly connection: string },
): HostFailure | undefined {
  const permission = 'javax.microedition.io.PushRegistry';
  if (!suite.descriptor.permissions.includes(permission))
    return { code: 'security', reason: `The application has no permission ${permission}` };
  const port = portOf(connection);
  if (typeof port !== 'number') return port;
  if (!/^[0-9+*?]+$/.test(filter) || filter.length > FILTER_LIMIT)
    return { code: 'illegal-argument', reason: `A filter has digits, +, * and ?, not ${filter}` };
  const missing = missingClass(suite, className);
  if (missing !== undefined) return missing;
  if (suites.registeredFor(port) !== undefined) return { code: 'io', reason: `${connection} is registered already` };
  if (suite.push.length >= REGISTRATION_LIMIT)
    return { code: 'io', reason: `A suite has ${REGISTRATION_LIMIT} connections at most` };
  try {
    suites.registrations.add(suite.id, { connection, port, className, filter });
    return undefined;
  } catch (error) {
    if (!(error instanceof FlashError)) throw error;
    return { code: 'io', reason: error.message };
  }
}

/** Takes back what {@link registerPush} did. @returns whether the connection was registered, and is not any more */
export function unregisterPush({ registrations }: Suites, { id }: Suite, connection: string): boolean {
  try {
    return registrations.remove(id, connection);
  } catch (error) {
    if (!(error instanceof FlashError)) throw error;
    return false;
  }
}

/** What a suite has registered for a connection. */
export function registrationOf({ push }: Suite, connection: string): Registration | undefined {
  const found = push.find((registration) => registration.connection === connection);
  return found === undefined ? undefined : { className: found.className, filter: found.filter };
}

/** A refusal when a suite has no application of a class. */
export function missingClass({ descriptor }: Suite, className: string): HostFailure | undefined {
  if (descriptor.midlets.some((midlet) => midlet.className === className)) return undefined;
  return { code: 'class-not-found', reason: `The suite has no MIDlet ${className}` };
}

function portOf(connection: string): number | HostFailure {
  try {
    const { number, port } = parseSmsAddress(connection);
    if (number === undefined && port !== undefined) return port;
  } catch (error) {
    if (error instanceof Error && error.name === 'SecurityException')
      return { code: 'security', reason: error.message };
  }
  return { code: 'illegal-argument', reason: `Expected a connection as sms://:5000, not ${connection}` };
}
