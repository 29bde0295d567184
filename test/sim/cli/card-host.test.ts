import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { obey, run } from '../../../sim/cli/card-host-program.ts';
import { CardBook } from '../../../sim/hosts/card-book.ts';
import { HOST_FAULTS } from '../../../sim/hosts/example-host.ts';
import { CardHost, VirtualClock } from '../../../sim/index.ts';
import { programInProcess } from '../../in-process.ts';

describe('card:host', () => {
  it.each<readonly [args: readonly string[], words: RegExp]>([
    [['--port', '65536'], /It must be a whole number from 0 to 65535/],
    [['--book', '/nowhere/at/all'], /--book \/nowhere\/at\/all cannot be used: ENOENT/],
  ])('is not started with %j', async (args, words) => {
    const { code, err } = await programInProcess('card:host', args, run);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });

  it('begins a new book in a file that is empty', () => {
    const folder = mkdtempSync(join(tmpdir(), 'card-book-'));
    const file = join(folder, 'book.jsonl');
    writeFileSync(file, '');
    expect(() => new CardBook(file)).not.toThrow();
    rmSync(folder, { recursive: true });
  });

  it.each<readonly [string, string | undefined]>([
    ...HOST_FAULTS.map((fault) => [`fault ${fault}`, 'Done'] as const),
    ['fault without-terminal', 'Done'],
    ['fault 51', 'Done'],
    ['decide moved', 'Done'],
    ['decide declined', 'Done'],
    ['cut-off', 'Done'],
    ['miscount 700', 'Done'],
    ['statement', 'terminal,trace,reference,kind,minor,currency,time'],
    ['fault of mine', undefined],
    ['decide', undefined],
    ['miscount', undefined],
    ['miscount -1', undefined],
    ['cut-off 2', undefined],
    ['', undefined],
  ])('reads a line: "%s" is answered %s', (line, answer) => {
    const speech = { variant: 'ascii', lengthCountsItself: false, tpdu: false } as const;
    expect(obey(new CardHost({ clock: new VirtualClock(), speech, merchant: 'M' }), line)).toBe(answer);
  });
});
