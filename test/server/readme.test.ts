import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { systemClock } from '../../modem/index.ts';
import { createWorld, openLines } from '../../sim/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'server/README.md'), 'utf8');

it('the example in the README runs as it stands there', async () => {
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(README) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const world = createWorld({ seed: 1, clock: systemClock });
  world.addModem({ number: '+393330000001' });
  const lines = await openLines(world.modems, join(folder, 'modems'));
  const file = join(folder, 'example.ts');
  writeFileSync(
    file,
    example
      .replace('/tmp/gsm/modem1', lines.lines[0]?.tcp ?? '')
      .replaceAll(/'cash-mobile\/(\w+)'/g, (_, room: string) => `'${join(ROOT, room, 'index.ts')}'`),
  );
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toMatch(/^Anna types \S{8,9} into her phone/);
    expect(stdout).toContain('MIDlet-Name: Cash-Mobile');
    expect(stdout).toMatch(/\nServiceError: The customer cannot be asked: [^\n]*\n$/);
  } finally {
    await lines.close();
  }
});
