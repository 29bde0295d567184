import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBatch } from '../../../modem/cli/batch-file.ts';
import { sendBatch } from '../../../modem/cli/send-file.ts';
import { type SendOutcome, systemClock } from '../../../modem/index.ts';
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
    ['"4410","a"', '4410', 'a'],
    ['"4410",', '4410', ''],
    ['4410,""', '4410', ''],
    ['  {"number":"44 10","text":""}', '4410', ''],
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
    ['+391,"a"b', 'line 1'],
    ['{"number":"+391","text":1}', 'line 1'],
    ['{"number":"Mamma","text":"a"}', 'line 1'],
    ['Mamma,a', 'line 1'],
    ['', 'no messages'],
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

  test('one in another encoding is refused with its line', async () => {
    const path = join(folder, 'messages');
    writeFileSync(path, Buffer.from('+391,a\n+392,\xe8\n', 'latin1'));
    await expect(readBatch(path)).rejects.toMatchObject({
      name: 'UsageError',
      message: `${path}, line 2: not UTF-8`,
    });
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

describe('the end of a batch', () => {
  const sent = (...references: readonly number[]): SendOutcome => ({ kind: 'sent', references });
  const failed: SendOutcome = { kind: 'failed', reason: 'barred', retry: false };
  const unknown: SendOutcome = { kind: 'unknown', reason: 'no answer' };

  /** Sends so many messages, each of which takes a second of the machine's clock. @returns what was printed, and shown on the terminal */
  async function batch(outcomes: readonly SendOutcome[], isTerminal = false) {
    vi.useFakeTimers({ now: 0 });
    const shown: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
    const terminal = process.stderr.isTTY;
    process.stderr.isTTY = isTerminal;
    const left = [...outcomes];
    const atOnce = { now: 0, most: 0 };
    const send = async () => {
      atOnce.now += 1;
      atOnce.most = Math.max(atOnce.most, atOnce.now);
      await Promise.resolve();
      atOnce.now -= 1;
      vi.setSystemTime(systemClock.now() + 1_000);
      return left.shift() ?? failed;
    };
    const lines: string[] = [];
    const messages = outcomes.map((_, i) => ({ line: i + 1, number: '+391', text: 'x' }));
    try {
      await sendBatch({ send }, messages, { json: false, print: (_record, text) => text && lines.push(text) });
    } finally {
      process.stderr.isTTY = terminal;
      vi.useRealTimers();
    }
    return { lines, shown, atOnce: atOnce.most };
  }

  test.each([
    [[sent(1)], undefined, ['1 of 1 sent, 0 failed, 0 unknown: 1 SMS in 1 s, 60 a minute']],
    [
      [sent(1, 2), unknown],
      3,
      ['line 2, perhaps sent to +391: no answer', '1 of 2 sent, 0 failed, 1 unknown: 2 SMS in 2 s, 60 a minute'],
    ],
    [
      [unknown, failed, sent(1)],
      1,
      [
        'line 1, perhaps sent to +391: no answer',
        'line 2, not sent to +391: barred',
        '1 of 3 sent, 1 failed, 1 unknown: 1 SMS in 3 s, 20 a minute',
      ],
    ],
  ])('after %j the exit code is %s', async (outcomes, exitCode, lines) => {
    const { lines: printed, shown } = await batch(outcomes);
    expect([process.exitCode, printed, shown]).toEqual([exitCode, lines, []]);
  });

  test('a terminal shows how far it is, and only the last line stays', async () => {
    const { shown } = await batch([sent(1), failed, unknown], true);
    expect(shown.filter((text) => text !== '\r\x1b[K')).toEqual([
      '\r\x1b[K1 of 3 sent, 20 SMS a minute',
      '\r\x1b[K1 of 3 sent, 1 failed, 0 unknown, 20 SMS a minute',
      '\r\x1b[K1 of 3 sent, 1 failed, 1 unknown, 20 SMS a minute',
    ]);
    expect(shown.at(-1)).toBe('\r\x1b[K');
  });

  test('64 messages are given to the modems at a time', async () => {
    expect((await batch(new Array<SendOutcome>(200).fill(sent(1)))).atOnce).toBe(64);
  });
});
