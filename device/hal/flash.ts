/** The value of a section of the flash: JSON. */
export type FlashValue =
  | null
  | boolean
  | number
  | string
  | readonly FlashValue[]
  | { readonly [name: string]: FlashValue };

/**
 * The permanent memory of the phone: sections by name.
 * All calls are synchronous; when a write returns, its value survives a power cut.
 */
export interface Flash {
  /** The value of a section, or `undefined` if there is none. */
  read(name: string): FlashValue | undefined;
  /** The names of all sections. */
  names(): readonly string[];
  /** Replaces a section, all or nothing; `undefined` erases it. @throws FlashError `full` or `failed`, and then nothing has changed. */
  write(name: string, value: FlashValue | undefined): void;
}

/** Why the flash could not be used; `held`: another handset uses it. */
export type FlashErrorCode = 'full' | 'failed' | 'damaged' | 'held';

/** The flash could not be read or written. `message` is one line for a person. */
export class FlashError extends Error {
  override readonly name = 'FlashError';
  readonly code: FlashErrorCode;

  constructor(code: FlashErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The default capacity, in characters of JSON: that of a phone of 2009 for its applications. */
export const FLASH_CAPACITY = 1_000_000;

/** A flash that is lost when the process ends: for tests and simulations. */
export interface MemoryFlash extends Flash {
  /** All that is stored, as the text of a file of the first format. */
  dump(): string;
}

/** @param capacity characters of JSON. */
export function memoryFlash(capacity: number = FLASH_CAPACITY): MemoryFlash {
  let sections: Sections = new Map();
  return {
    read: (name) => sections.get(name),
    names: () => [...sections.keys()],
    write(name, value) {
      const changed = replaceSection(sections, name, value);
      checkCapacity(serialize(changed), capacity);
      sections = changed;
    },
    dump: () => serialize(sections),
  };
}

/** The sections of a flash by name. */
export type Sections = ReadonlyMap<string, FlashValue>;

/** The sections with one replaced, or erased by `undefined`. The value is copied, so that a later change of the caller's object does not change the flash. */
export function replaceSection(sections: Sections, name: string, value: FlashValue | undefined): Sections {
  const changed = new Map(sections);
  if (value === undefined) changed.delete(name);
  else changed.set(name, structuredClone(value));
  return changed;
}

/** The sections as JSON for people. */
export function serialize(sections: Sections): string {
  return `${JSON.stringify({ format: FLASH_FORMAT, sections: Object.fromEntries(sections) }, undefined, 2)}\n`;
}

/** @throws FlashError `full` */
export function checkCapacity(text: string, capacity: number): void {
  if (text.length > capacity) {
    throw new FlashError('full', `The flash holds ${capacity} characters and would need ${text.length}`);
  }
}

/** The name of the format that {@link serialize} writes, as part of the text: that of files of the first version. */
export const FLASH_FORMAT = 'cash-handset-flash-1';
