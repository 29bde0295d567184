import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { run } from '../../../sim/cli/loop-program.ts';
import { Diary } from '../../../sim/loop/diary.ts';
import { planEpisode } from '../../../sim/loop/episode.ts';
import { programInProcess } from '../../in-process.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/loop.js');
const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-loop-test-'));
const results = join(folder, 'results.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

interface Line {
  readonly event: string;
  readonly [name: string]: unknown;
}

interface Ended {
  readonly code: number | string;
  readonly lines: readonly Line[];
  readonly err: string;
}

/** The loop in the process of the tests. */
async function loop(...args: readonly string[]): Promise<Ended> {
  const { code, out, err } = await programInProcess('npm run loop', ['--json', ...args], run);
  return { code, lines: linesOf(out), err };
}

/** The loop as a program. */
function program(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, '--json', ...args], (error, out, err) => {
      resolve({ code: error?.code ?? 0, lines: linesOf(out), err });
    });
  });
}

function linesOf(out: string): readonly Line[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const SERIES = ['--payments', '9', '--episode', '6', '--customers', '3', '--shops', '1', '--seed', 'cli'] as const;

it('plays episodes until there are as many payments, and goes on where it was ended', async () => {
  const whole = await program(...SERIES, '--results', results);
  expect(whole).toMatchObject({ code: 0, err: '' });
  const episodes = whole.lines.filter(({ event }) => event === 'episode');
  expect(episodes.map(({ seed }) => seed)).toEqual(['cli/1', 'cli/2']);
  expect(whole.lines.at(-1)).toMatchObject({ event: 'sum', seed: 'cli', violations: 0 });
  const taken = episodes.reduce((sum, episode) => sum + Number(episode['taken']), 0);
  expect(whole.lines.at(-1)?.['taken']).toBe(taken);

  const [first] = readFileSync(results, 'utf8').split('\n');
  writeFileSync(results, `${first}\n`);
  const rest = await loop(...SERIES, '--results', results);
  expect(rest.lines.filter(({ event }) => event === 'episode')).toEqual(episodes.slice(1));
  expect(rest.lines.at(-1)).toEqual(whole.lines.at(-1));
});

it('plays an episode of a series again from its script, with the same digest', async () => {
  const script = join(folder, 'script.json');
  writeFileSync(script, JSON.stringify(planEpisode('cli/1', { payments: 6, customers: 3, shops: 1 })));
  const { code, lines } = await loop('--script', script);
  const played = readFileSync(results, 'utf8').split('\n')[0] ?? '';
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ event: 'episode', seed: 'cli/1', digest: JSON.parse(played).digest }]);
});

it('shrinks a failure, writes its evidence into a folder, and breaks the same rule when that script is played', async () => {
  const failures = join(folder, 'failures');
  // A phone that says "Declined" of what was paid.
  const { note } = Diary.prototype;
  vi.spyOn(Diary.prototype, 'note').mockImplementation(function (this: Diary, story, event) {
    note.call(this, story, event.kind === 'read' && event.title === 'Paid' ? { ...event, title: 'Declined' } : event);
  });
  const rule = 'the last receipt on the phone tells the truth';
  const place = join(failures, 'cli-1');
  const { code, lines } = await loop(...SERIES.slice(2), '--payments', '6', '--failures', failures);
  expect(code).toBe(1);
  const failure = lines.find(({ event }) => event === 'failure');
  expect(failure).toMatchObject({ rule, folder: place, faults: 0 });
  expect(readFileSync(join(place, 'failure.txt'), 'utf8')).toContain(`broken: ${rule}\n`);

  const again = await loop('--script', join(place, 'script.json'), '--failures', join(folder, 'again'));
  expect(again.code).toBe(1);
  expect(again.lines.find(({ event }) => event === 'failure')).toMatchObject({
    rule,
    folder: join(folder, 'again/cli-1'),
  });
  expect(readFileSync(join(folder, 'again/cli-1/timeline.txt'))).toEqual(readFileSync(join(place, 'timeline.txt')));
});

it('says in one line what is wrong with its files', async () => {
  writeFileSync(results, 'nothing\n');
  const wrong = await loop('--results', results);
  const message = `${results}: line 1 is no result of an episode`;
  expect(wrong).toMatchObject({ code: 2, lines: [], err: `${JSON.stringify({ event: 'error', message })}\n` });
  expect(await loop('--script', join(folder, 'none'))).toMatchObject({ code: 2, lines: [] });
});
