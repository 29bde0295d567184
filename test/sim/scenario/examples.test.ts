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

async function gsmSim(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [PROGRAM, ...args]);
  return stdout;
}

describe('the examples', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
  });

  it.each(files)('%s comes as it expects', { timeout: 60_000 }, async (file) => {
    const result = JSON.parse(await gsmSim('scenario', 'run', join(FOLDER, file), '--json'));
    expect(result).toMatchObject({ event: 'scenario', ok: true });
    expect(result.judgements.length).toBeGreaterThan(0);
  });

  it('have the schema of the program beside them, for editors', () => {
    const schema: unknown = JSON.parse(readFileSync(join(FOLDER, 'scenario.schema.json'), 'utf8'));
    expect(schema).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});

describe('the same seed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scenarios-'));

  /** The log of an example, played in a process of its own. */
  async function logOf(example: string, ...options: readonly string[]): Promise<string> {
    const log = join(folder, 'log');
    await gsmSim('scenario', 'run', join(FOLDER, example), '--log', log, ...options);
    return readFileSync(log, 'utf8');
  }

  it('gives the same log in another process, octet for octet', { timeout: 60_000 }, async () => {
    const first = await logOf('thousand-phones.yaml');
    expect(first.split('\n').length).toBeGreaterThan(80_000);
    expect((await logOf('thousand-phones.yaml')) === first).toBe(true);
  });

  it('and another seed another log', { timeout: 60_000 }, async () => {
    const first = await logOf('lost-answer.yaml');
    expect(await logOf('lost-answer.yaml', '--seed', 'another')).not.toBe(first);
  });
});
