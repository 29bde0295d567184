import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../../sim/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PROGRAM = join(ROOT, 'dist/sim/cli/gsm-sim.js');
const FOLDER = join(ROOT, 'sim/examples/scenarios');
const files = globSync('*.yaml', { cwd: FOLDER }).toSorted();
const run = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), 'scenarios-'));

/** Plays an example in a process of its own. @returns what it printed, and its log */
async function played(example: string, ...options: readonly string[]) {
  const log = join(mkdtempSync(join(folder, 'run-')), 'log');
  const args = ['scenario', 'run', join(FOLDER, example), '--json', '--log', log, ...options];
  const { stdout } = await run(process.execPath, [PROGRAM, ...args]);
  return { stdout, log: readFileSync(log, 'utf8') };
}

const plays = new Map<string, ReturnType<typeof played>>();

/** The first play of an example, which several tests look at. */
function firstPlay(example: string): ReturnType<typeof played> {
  const play = plays.get(example) ?? played(example);
  plays.set(example, play);
  return play;
}

describe('the examples', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
  });

  it.each(files)('%s comes as it expects', { timeout: 60_000 }, async (file) => {
    const result = JSON.parse((await firstPlay(file)).stdout);
    expect(result).toMatchObject({ event: 'scenario', ok: true });
    expect(result.judgements.length).toBeGreaterThan(0);
  });

  it('have the schema of the program beside them, for editors', () => {
    const schema: unknown = JSON.parse(readFileSync(join(FOLDER, 'scenario.schema.json'), 'utf8'));
    expect(schema).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});

describe('the same seed', () => {
  it('gives the same log in another process, octet for octet', { timeout: 60_000 }, async () => {
    const { log } = await firstPlay('thousand-phones.yaml');
    expect(log.split('\n').length).toBeGreaterThan(80_000);
    expect((await played('thousand-phones.yaml')).log === log).toBe(true);
  });

  it('and another seed another log', { timeout: 60_000 }, async () => {
    const { log } = await firstPlay('lost-answer.yaml');
    expect((await played('lost-answer.yaml', '--seed', 'another')).log).not.toBe(log);
  });
});
