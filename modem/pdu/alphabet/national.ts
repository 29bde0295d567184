import type { CharacterTable } from './character-table.ts';
import { DEFAULT_EXTENSION, DEFAULT_TABLE } from './default-tables.ts';
import {
  PORTUGUESE_LOCKING,
  PORTUGUESE_SINGLE,
  SPANISH_SINGLE,
  TURKISH_LOCKING,
  TURKISH_SINGLE,
} from './european-tables.ts';
import type { SeptetAlphabet } from './gsm7.ts';
import {
  BENGALI,
  GUJARATI,
  HINDI,
  KANNADA,
  MALAYALAM,
  ORIYA,
  PUNJABI,
  type ScriptTables,
  TAMIL,
  TELUGU,
} from './indic-tables.ts';
import type { Language } from './language.ts';
import { URDU_LOCKING, URDU_SINGLE } from './urdu-tables.ts';

const TABLES: Readonly<Record<Language, ScriptTables>> = {
  turkish: { locking: TURKISH_LOCKING, single: TURKISH_SINGLE },
  spanish: { locking: DEFAULT_TABLE, single: SPANISH_SINGLE },
  portuguese: { locking: PORTUGUESE_LOCKING, single: PORTUGUESE_SINGLE },
  bengali: BENGALI,
  gujarati: GUJARATI,
  hindi: HINDI,
  kannada: KANNADA,
  malayalam: MALAYALAM,
  oriya: ORIYA,
  punjabi: PUNJABI,
  tamil: TAMIL,
  telugu: TELUGU,
  urdu: { locking: URDU_LOCKING, single: URDU_SINGLE },
};

/** The 7-bit alphabet under a locking and a single shift; undefined means the default table. */
export function nationalAlphabet(locking: Language | undefined, single: Language | undefined): SeptetAlphabet {
  const table: CharacterTable = locking === undefined ? DEFAULT_TABLE : TABLES[locking].locking;
  const extension: CharacterTable = single === undefined ? DEFAULT_EXTENSION : TABLES[single].single;
  return { table, extension };
}
