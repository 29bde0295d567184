import { readFileSync } from 'node:fs';
import { UsageError } from '../../modem/cli/program.ts';
import { readPortrait } from '../../modem/portrait/index.ts';
import { personalities } from '../modem/personalities.ts';
import type { Personality } from '../modem/personality.ts';
import { personalityOfPortrait } from '../modem/portrayed.ts';

/** Personalities by their ids, or by files that `gsm-modem portrait` made. @throws UsageError */
export function personalitiesNamed(names: readonly string[]): readonly Personality[] {
  return names.map((name) => personalities[name] ?? portrayedIn(name));
}

function portrayedIn(name: string): Personality {
  if (!/[./\\]/.test(name)) {
    throw new UsageError(
      `--personality ${name}: it is none of gsm-sim personalities; a file of gsm-modem portrait has a path, or ends in .yaml.`,
    );
  }
  try {
    return personalityOfPortrait(readPortrait(readFileSync(name, 'utf8')));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--personality ${name}: ${isMissing ? 'there is no such file' : why}.`);
  }
}
