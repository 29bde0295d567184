import { z } from 'zod';
import type { Flash } from '../hal/index.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { readSection } from './section.ts';

/** What the owner of the phone has chosen. */
export interface Settings {
  readonly language: Language;
  /** Ask "Open now?" before a message opens an application. */
  readonly askBeforeOpening: boolean;
}

const SECTION = 'settings';
const stored = z.object({ language: z.enum(LANGUAGES), askBeforeOpening: z.boolean() });

/** The stored choices; a new phone stores the given ones. @throws FlashError */
export function loadSettings(flash: Flash, otherwise: Settings): Settings {
  const known = readSection(flash, SECTION, stored);
  if (known === undefined) saveSettings(flash, otherwise);
  return known ?? otherwise;
}

/** @throws FlashError */
export function saveSettings(flash: Flash, settings: Settings): void {
  flash.write(SECTION, { language: settings.language, askBeforeOpening: settings.askBeforeOpening });
}
