import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLES = join(ROOT, 'sim/examples/ci');
const run = promisify(execFile);
const bin = mkdtempSync(join(tmpdir(), 'bin-'));
const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, LC_ALL: 'C.UTF-8' };

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** The executables, as an installed package has them. */
beforeAll(() => {
  for (const [name, room] of [
    ['gsm-sim', 'sim'],
    ['gsm-modem', 'modem'],
  ] as const) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist', room, 'cli', name)}.js' "$@"\n`);
    chmodSync(path, 0o755);
  }
});

describe('the examples for CI', () => {
  it('in a shell', { timeout: 60_000 }, async () => {
    const { stdout } = await run(join(EXAMPLES, 'assert-sms.sh'), [], { env: environment });
    expect(stdout).toMatch(/"text":"Your code is 1234".*Your balance is 10 €.*SMS work\n$/s);
  });

  it.skipIf(!isThere('python3'))('in Python', { timeout: 60_000 }, async () => {
    const options = { cwd: EXAMPLES, env: { ...environment, PYTHONDONTWRITEBYTECODE: '1' } };
    const { stderr } = await run('python3', ['-m', 'unittest', 'test_sms'], options);
    expect(stderr).toMatch(/Ran 2 tests in .*OK/s);
  });

  it('in GitHub Actions: what the job runs', { timeout: 60_000 }, async () => {
    const workflow = z
      .object({ jobs: z.object({ sms: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }) })
      .parse(parse(readFileSync(join(EXAMPLES, 'github-actions.yml'), 'utf8')));
    const commands = workflow.jobs.sms.steps.flatMap((step) => step.run ?? []);
    const [install, serve, failure] = commands;
    expect(install).toBe('npm ci && npm pack && npm install --global ./cash-mobile-*.tgz');
    const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
    const inCheckout = { cwd: folder, env: environment };
    writeFileSync(join(folder, 'assert-sms.sh'), readFileSync(join(EXAMPLES, 'assert-sms.sh')), { mode: 0o755 });
    expect((await run('sh', ['-c', serve ?? 'false'], inCheckout)).stdout).toContain('SMS work');
    expect((await run('sh', ['-c', failure ?? 'false'], inCheckout)).stdout).toContain('Your code is 1234');
  });
});
