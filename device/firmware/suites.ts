import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import type { Boot, Machine } from '../machine/machine.ts';
import type { Host } from '../midp/index.ts';
import {
  compareVersions,
  type Descriptor,
  describe,
  InstallError,
  type MidletEntry,
  type Offer,
  type PushRegistration,
  parseJad,
  readJar,
  type SuiteContent,
} from '../suite/index.ts';
import { expectOwnNames, type Made } from './imitation.ts';
import { PushRegistrations } from './push-registry.ts';
import { eraseRecords, sectionName, suitesWithRecords } from './record-storage.ts';
import { readSection } from './section.ts';
import { isSameSigner, type Signer, signedBy, signerText, type Trust, trustOf } from './signer.ts';

/** The classes that are built into the phone, by the name that `MIDlet-n` gives, and how an application of each is started. */
export type BuiltInClasses = ReadonlyMap<string, Boot>;

/** How an application of a class of a downloaded suite is started. */
export type ScriptLoader = (script: string, className: string) => Boot;

/** A suite of applications in the phone. Name, vendor and signer are its identity. */
export interface Suite {
  /** Names its records and alarms in the flash; never that of another suite. */
  readonly id: string;
  readonly descriptor: Descriptor;
  readonly signer: Signer;
  readonly trust: Trust;
  /** The connections of the descriptor, and those that its applications have registered. */
  readonly push: readonly PushRegistration[];
  /** Where its descriptor was loaded from; absent for a suite of the phone's own classes. */
  readonly source?: string;
  /** A file of its JAR; a suite of the phone's own classes has none. */
  resource(path: string): Uint8Array | undefined;
  /** Starts a machine with a class of the suite. */
  boot(className: string, host: Host): Machine | Promise<Machine>;
}

/** One application of a suite. */
export interface SuiteMidlet {
  readonly suite: Suite;
  readonly midlet: MidletEntry;
}

/** What an installation did. */
export interface Installation {
  readonly suite: Suite;
  /** The suite that was replaced; its version may be newer. */
  readonly replaced?: Suite;
  /** Whether the version before was newer. */
  readonly isDowngrade: boolean;
}

/** What an installation would do to the suite of the same name and vendor. */
export interface Replacement {
  readonly before: Suite;
  readonly isDowngrade: boolean;
  /** The new suite begins without the records of the one before. */
  readonly erasesRecords: boolean;
}

/** The JAR of a downloaded suite, in base 64, and where its descriptor was loaded from. */
const code = z.object({ jar: z.base64(), source: z.string() });
type Code = z.output<typeof code>;

const SECTION = 'applications';
const attributes = z.record(z.string(), z.string());
/** By id. A suite of the phone's own classes is stored as its attributes alone, as in the first version of the flash. */
const stored = z.record(
  z.string(),
  z.union([z.strictObject({ attributes, signedBy: z.string().nullable(), code: code.exactOptional() }), attributes]),
);

type StoredSuites = z.output<typeof stored>;

/** The installed suites, whose descriptors are in the flash. */
export class Suites {
  readonly #flash: Flash;
  /** What applications have registered while they ran. */
  readonly registrations: PushRegistrations;
  readonly #classes: BuiltInClasses;
  readonly #scripts: ScriptLoader | undefined;
  readonly #trusted: ReadonlySet<string>;
  /** With the suites whose class this phone has no longer: they are kept, but not listed. */
  #stored: StoredSuites;
  #installed: readonly Suite[];

  /**
   * @param scripts absent: downloaded suites are refused (908). @param trustedKeys hexadecimal; what is signed with one of them is trusted
   * @throws FlashError `damaged`
   */
  constructor(flash: Flash, classes: BuiltInClasses, scripts?: ScriptLoader, trustedKeys: readonly string[] = []) {
    this.#flash = flash;
    this.#classes = classes;
    this.#scripts = scripts;
    this.#trusted = new Set(trustedKeys);
    this.registrations = new PushRegistrations(flash);
    const known = readSection(flash, SECTION, stored);
    this.#stored = known ?? {};
    this.#installed = this.#load();
    // Records of a suite that was replaced, when the power went before they were erased.
    if (known !== undefined) {
      for (const id of suitesWithRecords(flash)) if (!Object.hasOwn(known, id)) eraseRecords(flash, id);
    }
  }

  get installed(): readonly Suite[] {
    return this.#installed;
  }

  /** All applications of all suites, in the order of the descriptors. */
  get midlets(): readonly SuiteMidlet[] {
    return this.#installed.flatMap((suite) => suite.descriptor.midlets.map((midlet) => ({ suite, midlet })));
  }

  /** The suite that has registered a port. */
  registeredFor(port: number): Suite | undefined {
    return this.#installed.find(({ push }) => push.some((one) => one.port === port));
  }

  /**
   * Installs a suite from its descriptor, or updates an installed one of the same name and vendor. Records stay when the
   * same signer made both; those of an unsigned suite are erased. All permissions in the descriptor are granted, without
   * a question to the owner.
   * @throws InstallError
   */
  install(jad: string, signer: Signer = { kind: 'phone' }): Installation {
    return this.#put(parseJad(jad), signer);
  }

  /**
   * Installs a downloaded suite, as {@link install}. One write of the flash makes all of it: after a power cut the phone has the suite
   * of before or the new one.
   * @param jar the JAR that the content was read from. @param source where the descriptor was loaded from
   * @throws InstallError
   */
  installDownloaded(content: SuiteContent, jar: Uint8Array, source: string): Installation {
    return this.#put(content.descriptor, signedBy(content.signer), {
      jar: Buffer.from(jar).toString('base64'),
      source,
    });
  }

  /** What this phone makes of a signer. */
  trustOf(signer: Signer): Trust {
    return trustOf(signer, this.#trusted);
  }

  /** What the installation of an offer would replace. @throws InstallError 910 when it may not */
  replacedBy(offer: Pick<Offer, 'name' | 'vendor' | 'version' | 'signer'>): Replacement | undefined {
    const { name, vendor } = offer;
    const signer = signedBy(offer.signer);
    this.#expectOwnNames({ name, vendor, midlets: [], signer });
    return this.#replacement(offer, signer);
  }

  /** Removes a suite and its records. One write of the flash does it; the records go then, or at the next start. @throws FlashError */
  remove(suite: Suite): void {
    const all = Object.fromEntries(Object.entries(this.#stored).filter(([id]) => id !== suite.id));
    this.#flash.write(SECTION, all);
    this.#stored = all;
    this.#installed = this.#installed.filter(({ id }) => id !== suite.id);
    eraseRecords(this.#flash, suite.id);
  }

  /** Whether the phone has a suite of this id, also one whose class it has no longer. */
  has(id: string): boolean {
    return Object.hasOwn(this.#stored, id);
  }

  #put(descriptor: Descriptor, signer: Signer, downloaded?: Code): Installation {
    const replacement = this.#replacement(descriptor, signer);
    this.#expectOwnNames({ ...descriptor, signer });
    const { before, isDowngrade = false, erasesRecords = true } = replacement ?? {};
    const id = before === undefined || erasesRecords ? this.#freeId(descriptor.name) : before.id;
    const suite = this.#suite(id, descriptor, signer, downloaded);
    this.#expectClasses(descriptor, downloaded);
    this.#expectFreePorts(suite, before);
    this.#save(suite, before, downloaded);
    if (before !== undefined && erasesRecords) eraseRecords(this.#flash, before.id);
    return { suite, ...(before === undefined ? {} : { replaced: before }), isDowngrade };
  }

  #replacement(
    { name, vendor, version }: Pick<Descriptor, 'name' | 'vendor' | 'version'>,
    signer: Signer,
  ): Replacement | undefined {
    const before = this.#installed.find(({ descriptor: known }) => known.name === name && known.vendor === vendor);
    if (before === undefined) return undefined;
    if (before.signer.kind !== 'nobody' && !isSameSigner(before.signer, signer)) {
      throw new InstallError(
        910,
        `${name} in this phone is ${signerText(before.signer)}, and this one is ${signerText(signer)}`,
      );
    }
    return {
      before,
      isDowngrade: compareVersions(version, before.descriptor.version) < 0,
      erasesRecords: signer.kind === 'nobody' || !isSameSigner(before.signer, signer),
    };
  }

  #expectOwnNames(made: Made): void {
    if (this.trustOf(made.signer) !== 'trusted') expectOwnNames(made, this.#installed);
  }

  #save(suite: Suite, before: Suite | undefined, downloaded: Code | undefined): void {
    const { id, descriptor, signer } = suite;
    const form = [id, storedForm(descriptor, signer, downloaded)] as const;
    const all = Object.fromEntries(inPlace(form, Object.entries(this.#stored), ([known]) => known === before?.id));
    try {
      this.#flash.write(SECTION, all);
    } catch (error) {
      if (!(error instanceof FlashError) || error.code !== 'full') throw error;
      throw new InstallError(901, `There is no room for ${descriptor.name}`);
    }
    this.#stored = all;
    this.#installed = inPlace(suite, this.#installed, ({ id: known }) => known === before?.id);
  }

  #suite(id: string, descriptor: Descriptor, signer: Signer, downloaded: Code | undefined): Suite {
    const program = downloaded === undefined ? this.#builtIn() : this.#downloaded(downloaded);
    const { registrations } = this;
    return {
      id,
      descriptor,
      signer,
      trust: this.trustOf(signer),
      ...program,
      get push() {
        return [...descriptor.push, ...registrations.of(id, descriptor)];
      },
    };
  }

  #builtIn(): Pick<Suite, 'resource' | 'boot'> {
    return {
      resource: () => undefined,
      boot: (className, host) => {
        const boot = this.#classes.get(className);
        if (boot === undefined) throw new Error(`This phone has no class ${className}`);
        return boot(host);
      },
    };
  }

  #downloaded({ jar, source }: Code): Pick<Suite, 'resource' | 'boot' | 'source'> {
    let opened: ReturnType<typeof readJar> | undefined;
    const content = () => {
      opened ??= readJar(new Uint8Array(Buffer.from(jar, 'base64')));
      return opened;
    };
    return {
      source,
      resource: (path) => content().resources.get(path),
      boot: (className, host) => {
        if (this.#scripts === undefined) throw new Error('This phone runs no downloaded applications');
        return this.#scripts(content().script, className)(host);
      },
    };
  }

  #freeId(name: string): string {
    const first = sectionName(name);
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? first : `${first}~${number}`;
      if (!Object.hasOwn(this.#stored, id)) return id;
    }
  }

  #expectClasses({ midlets }: Descriptor, downloaded: Code | undefined): void {
    if (downloaded !== undefined) {
      if (this.#scripts === undefined) throw new InstallError(908, 'This phone runs no downloaded applications');
      return;
    }
    const missing = midlets.find(({ className }) => !this.#classes.has(className));
    if (missing !== undefined) throw new InstallError(908, `This phone has no class ${missing.className}`);
  }

  #expectFreePorts({ descriptor }: Suite, before: Suite | undefined): void {
    for (const { port, connection } of descriptor.push) {
      const owner = this.registeredFor(port);
      if (owner !== undefined && owner !== before) {
        throw new InstallError(911, `${connection} belongs to ${owner.descriptor.name}`);
      }
    }
  }

  #load(): readonly Suite[] {
    return Object.entries(this.#stored)
      .map(([id, value]) => this.#suite(id, storedDescriptor(value), signerOf(value), codeOf(value)))
      .filter(
        ({ source, descriptor }) =>
          source !== undefined || descriptor.midlets.every(({ className }) => this.#classes.has(className)),
      );
  }
}

/** @throws FlashError `damaged` for a descriptor that this phone would not have installed */
function storedDescriptor(value: StoredSuites[string]): Descriptor {
  try {
    return describe(attributesOf(value));
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    throw new FlashError('damaged', `The section ${SECTION} of the flash is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

function storedForm({ attributes: written }: Descriptor, signer: Signer, downloaded?: Code): StoredSuites[string] {
  if (signer.kind === 'phone') return { ...written };
  return {
    attributes: { ...written },
    signedBy: signer.kind === 'key' ? signer.id : null,
    ...(downloaded === undefined ? {} : { code: downloaded }),
  };
}

function isSignedForm(value: StoredSuites[string]): value is Exclude<StoredSuites[string], Record<string, string>> {
  return typeof value['attributes'] === 'object';
}

function attributesOf(value: StoredSuites[string]): Readonly<Record<string, string>> {
  return isSignedForm(value) ? value.attributes : value;
}

function codeOf(value: StoredSuites[string]): Code | undefined {
  return isSignedForm(value) ? value.code : undefined;
}

function signerOf(value: StoredSuites[string]): Signer {
  return isSignedForm(value) ? signedBy(value.signedBy ?? undefined) : { kind: 'phone' };
}

/** All with an item in the place of the old one, so that an update stays where it was in the menu; or behind them. */
function inPlace<T>(item: T, all: readonly T[], isOld: (one: T) => boolean): readonly T[] {
  return all.some(isOld) ? all.map((one) => (isOld(one) ? item : one)) : [...all, item];
}
