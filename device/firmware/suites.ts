import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import type { MIDlet, MidletContext } from '../midp/index.ts';
import { type Descriptor, describe, InstallError, parseJad } from '../suite/index.ts';
import { readSection } from './section.ts';

/** Makes an application of a class that is built into the phone. */
export type MidletFactory = (context: MidletContext) => MIDlet;

/** The classes that are built into the phone, by the name that `MIDlet-1` gives. */
export type BuiltInClasses = ReadonlyMap<string, MidletFactory>;

/** An application in the phone. */
export interface Suite {
  readonly descriptor: Descriptor;
  readonly create: MidletFactory;
}

const SECTION = 'applications';
const stored = z.record(z.string(), z.record(z.string(), z.string()));

/** The installed applications (JSR-118 calls them MIDlet suites), whose descriptors are in the flash. */
export class Suites {
  readonly #flash: Flash;
  readonly #classes: BuiltInClasses;
  #installed: ReadonlyMap<string, Suite>;

  /** @throws FlashError `damaged` */
  constructor(flash: Flash, classes: BuiltInClasses) {
    this.#flash = flash;
    this.#classes = classes;
    this.#installed = new Map(this.#load().map((suite) => [suite.descriptor.name, suite]));
  }

  get installed(): readonly Suite[] {
    return [...this.#installed.values()];
  }

  /** The application that messages to this port start. */
  registeredFor(port: number): Suite | undefined {
    return this.installed.find(({ descriptor }) => descriptor.push.some((push) => push.port === port));
  }

  /**
   * Installs an application from its descriptor, or gives an installed application of the same name new attributes; its
   * records stay. All permissions in the descriptor are granted, without a question to the owner.
   * @throws InstallError
   */
  install(jad: string): Suite {
    const suite = this.#suite(parseJad(jad));
    const { name } = suite.descriptor;
    this.#expectFreePorts(suite);
    const installed = new Map(this.#installed).set(name, suite);
    try {
      this.#flash.write(
        SECTION,
        Object.fromEntries([...installed].map(([key, value]) => [key, value.descriptor.attributes])),
      );
    } catch (error) {
      if (error instanceof FlashError && error.code === 'full')
        throw new InstallError(901, `There is no room for ${name}`);
      throw error;
    }
    this.#installed = installed;
    return suite;
  }

  #suite(descriptor: Descriptor): Suite {
    const create = this.#classes.get(descriptor.className);
    if (create === undefined) throw new InstallError(908, `This phone has no class ${descriptor.className}`);
    return { descriptor, create };
  }

  #expectFreePorts({ descriptor }: Suite): void {
    for (const { port, connection } of descriptor.push) {
      const owner = this.registeredFor(port);
      if (owner !== undefined && owner.descriptor.name !== descriptor.name) {
        throw new InstallError(911, `${connection} belongs to ${owner.descriptor.name}`);
      }
    }
  }

  // An application whose class is not built into this phone any more stays in the flash, and is not listed.
  #load(): readonly Suite[] {
    const descriptors = Object.values(readSection(this.#flash, SECTION, stored) ?? {}).map(describe);
    return descriptors
      .filter(({ className }) => this.#classes.has(className))
      .map((descriptor) => this.#suite(descriptor));
  }
}
