import { z } from 'zod';
import type { Flash } from '../hal/index.ts';
import { readSection } from './section.ts';
import type { Suite } from './suites.ts';

/** When the owner is asked: never more, once a run, each time; `no`: never, and the answer is no (JSR-118, interaction modes). */
export type Interaction = 'blanket' | 'session' | 'oneshot' | 'no';

/** What the owner lets an application do, as far as its descriptor asks for it. */
export interface Grants {
  /** Send messages, to other numbers than its service's. */
  readonly send: Interaction;
  /** Receive messages on its ports. */
  readonly receive: Interaction;
  /** Be started by a message or an alarm; a session is until the phone is switched off. */
  readonly start: Interaction;
}

const SECTION = 'permissions';
const interaction = z.enum(['blanket', 'session', 'oneshot', 'no']);
const stored = z.record(
  z.string(),
  z.object({ send: interaction, receive: interaction, start: interaction.exactOptional() }),
);

type Choices = Readonly<Record<keyof Grants, readonly [Interaction, ...Interaction[]]>>;

const TRUSTED_START: Choices['start'] = ['blanket', 'session', 'oneshot', 'no'];
const OTHER_START: Choices['start'] = ['oneshot', 'session', 'no'];

/**
 * What the owner can choose; the first is that of a new application. One that nobody signed never sends without a question, and one
 * whose key the phone does not know never starts without one: anybody can make a key.
 */
const SIGNED: Omit<Choices, 'start'> = {
  send: ['session', 'blanket', 'oneshot', 'no'],
  receive: ['blanket', 'session', 'no'],
};
const UNSIGNED: Choices = { send: ['oneshot', 'no'], receive: ['session', 'no'], start: OTHER_START };
const BUILT_IN: Choices = { send: ['blanket'], receive: ['blanket'], start: ['blanket'] };

/** What the owner can choose for an application of a suite. */
export function choicesFor({ signer, trust }: Suite): Choices {
  switch (signer.kind) {
    case 'phone':
      return BUILT_IN;
    case 'key':
      return { ...SIGNED, start: trust === 'trusted' ? TRUSTED_START : OTHER_START };
    case 'nobody':
      return UNSIGNED;
  }
}

/** Whether a number is that of the service of a signed suite, which the suite sends to without a question. */
export function isServiceOf({ signer, descriptor }: Suite, number: string): boolean {
  return signer.kind === 'key' && descriptor.attributes['Safe-Mobile-Service'] === number;
}

/** What the owner has chosen, by the id of the suite, in the flash. */
export class Permissions {
  readonly #flash: Flash;
  #chosen: z.output<typeof stored>;

  /** @throws FlashError `damaged` */
  constructor(flash: Flash) {
    this.#flash = flash;
    this.#chosen = readSection(flash, SECTION, stored) ?? {};
  }

  /** What an application of a suite may do now. */
  of(suite: Suite): Grants {
    const choices = choicesFor(suite);
    const chosen = Object.hasOwn(this.#chosen, suite.id) ? this.#chosen[suite.id] : undefined;
    const grant = (what: keyof Grants) => choices[what].find((choice) => choice === chosen?.[what]) ?? choices[what][0];
    return { send: grant('send'), receive: grant('receive'), start: grant('start') };
  }

  /** @throws FlashError */
  set({ id }: Suite, grants: Grants): void {
    this.#save({ ...this.#chosen, [id]: { ...grants } });
  }

  /** Forgets those of suites that the phone has no longer. @throws FlashError */
  retain(has: (suite: string) => boolean): void {
    const kept = Object.entries(this.#chosen).filter(([suite]) => has(suite));
    if (kept.length < Object.keys(this.#chosen).length) this.#save(Object.fromEntries(kept));
  }

  #save(chosen: z.output<typeof stored>): void {
    this.#flash.write(SECTION, Object.keys(chosen).length === 0 ? undefined : chosen);
    this.#chosen = chosen;
  }
}
