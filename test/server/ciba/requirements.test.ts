import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REQUIREMENTS } from './requirements.ts';

const SECTIONS = ['4', '5', '7', '7.1', '7.1.1', '7.1.2', '7.2', '7.3', '7.4', '8', '9'];
const LATER_SECTIONS = ['10.1', '10.1.1', '10.2', '10.3', '11', '12', '13'];

describe('the requirements of CIBA Core 1.0', () => {
  it('are of each section from 4 to 13 that asks for something', () => {
    expect([...new Set(REQUIREMENTS.map(({ section }) => section))]).toEqual([...SECTIONS, ...LATER_SECTIONS]);
  });

  it.each(
    REQUIREMENTS.flatMap(({ section, says, test }) => ('none' in test ? [] : [[section, says, ...test] as const])),
  )('%s %s: %s has the test "%s"', (_section, _says, file, title) => {
    const source = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
    const texts = Array.from(source.matchAll(/'([^'\n]+)'/g), ([, text = '']) => text);
    expect(texts.filter((text) => text.startsWith(title))).not.toEqual([]);
  });
});
