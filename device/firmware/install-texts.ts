import english from './install-texts/en.json' with { type: 'json' };
import italian from './install-texts/it.json' with { type: 'json' };
import type { Language } from './languages.ts';

/** The words of an installation; `{}` stands for what is filled in. */
export type InstallTexts = typeof english;

/** The words of an installation in each language. */
export const INSTALL_TEXTS: Readonly<Record<Language, InstallTexts>> = { en: english, it: italian };
