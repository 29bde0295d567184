import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readScenario, runScenario } from '../../../sim/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const README = readFileSync(join(ROOT, 'sim/README.md'), 'utf8');

/** What stands in the README between fences of this language. */
function blocks(language: string): readonly string[] {
  return Array.from(README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')), ([, text]) => text ?? '');
}

it('the test in the README of sim is the example that is run', () => {
  expect(blocks('ts')).toContain(readFileSync(join(ROOT, 'sim/examples/vitest/sms.test.ts'), 'utf8'));
});

it('the scenario in the README of sim comes as it expects', async () => {
  const [text = ''] = blocks('yaml');
  const read = readScenario(text);
  if (!read.ok) throw new Error(read.faults.map(({ message }) => message).join());
  expect((await runScenario(read.scenario)).judgements).toMatchObject([{ ok: true }]);
});
