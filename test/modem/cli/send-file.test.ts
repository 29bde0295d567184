import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBatch } from '../../../modem/cli/batch-file.ts';
import { sendBatch } from '../../../modem/cli/send-file.ts';
import { createBench } from '../driver/bench.ts';
import { line } from '../scripted-modem.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'send-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

function file(content: string): string {
  const path = join(folder, 'messages');
  writeFileSync(path, content);
  return path;
}

describe('a file of messages', () => {
  test.each([
    ['{"number":"+391","text":"a, \\"b\\""}', '+391', 'a, "b"'],
    ['+391,hello', '+391', 'hello'],
    ['+391,hello, world', '+391', 'hello, world'],
    ['"+391","say ""hi"", Anna"', '+391', 'say "hi", Anna'],
    ['4410,', '4410', ''],
    ['number,text\r\n+391,è€\r\n\r\n', '+391', 'è€'],
  ])('%j', async (content, number, text) => {
    expect(await readBatch(file(content))).toEqual([{ line: content.startsWith('number') ? 2 : 1, number, text }]);
  });

  test.each([
    ['number,text\nnumber,text', 'line 2'],
    ['+391,a\nnumber,text', 'line 2'],
    ['+391', 'line 1'],
    ['+391,a\n{"number":"+391"}', 'line 2'],
    ['+391,a\n{"number":391,"text":"a"}', 'line 2'],
    ['+391,a\n\n{oops', 'line 3'],
    [',a', 'line 1'],
    ['+391,"a', 'line 1'],
    ['\n', 'no messages'],
  ])('%j is refused: %s', async (content, words) => {
    await expect(readBatch(file(content))).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(words),
    });
  });

  test('has 100,000 messages at most', async () => {
    const rows = '+391,a\n'.repeat(100_000);
    expect(await readBatch(file(rows))).toHaveLength(100_000);
    await expect(readBatch(file(`${rows}+391,a\n`))).rejects.toThrow('has more than 100000 messages');
  });

  test('one that is not there is refused', async () => {
    await expect(readBatch(join(folder, 'nothing'))).rejects.toThrow('cannot be read');
  });
});

describe('sending it', () => {
  test('tells each outcome, counts them, and fails unless all were sent', async () => {
    const bench = createBench();
    const modem = await bench.open();
    bench.script.when(/^AT\+CMGS=/, '\r\n> ', line('+CMS ERROR: 21'), '\r\n> ');
    const records: object[] = [];
    const texts: (string | undefined)[] = [];
    const print = (record: object, text?: string) => {
      records.push(record);
      texts.push(text);
    };
    const messages = [1, 2, 3].map((each) => ({ line: each, number: `+39${each}`, text: 'x'.repeat(each * 100) }));
    await bench.run(sendBatch(modem, messages, { json: true, print }));
    expect(records).toEqual([
      { event: 'outcome', line: 1, number: '+391', outcome: 'sent', references: [1] },
      expect.objectContaining({ event: 'outcome', line: 2, number: '+392', outcome: 'failed' }),
      { event: 'outcome', line: 3, number: '+393', outcome: 'sent', references: [2, 3] },
      expect.objectContaining({ event: 'rate', messages: 3, sent: 2, failed: 1, unknown: 0, segments: 3 }),
    ]);
    expect(texts).toEqual([
      undefined,
      expect.stringMatching(/^line 2, not sent to \+392: segment 1 of 2: /),
      undefined,
      expect.stringMatching(/^2 of 3 sent, 1 failed, 0 unknown: 3 SMS in /),
    ]);
    expect(process.exitCode).toBe(1);
  });

  test('each message is written as the options say', async () => {
    const bench = createBench();
    const modem = await bench.open();
    const messages = [{ line: 1, number: '1', text: '“a”' }];
    const output = { json: true, print: () => {} };
    await bench.run(sendBatch(modem, messages, output, { transliterate: true, messageClass: 0 }));
    expect(bench.script.typed).toContain('0001000181F1001003A2B008^Z');
  });
});
