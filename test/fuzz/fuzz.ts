import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../modem/index.ts';
import { seededRandom } from '../../sim/index.ts';
import { bent } from './bend.ts';
import type { OpenTarget, Target } from './target.ts';

/** Where findings are kept, one file each, which `npm test` tries again. */
export const REGRESSIONS: string = join(import.meta.dirname, 'regressions');

/** How long it is fuzzed: so many inputs, or so many ms. */
export interface FuzzPlan {
  readonly target: string;
  readonly open: OpenTarget;
  readonly seed: string;
  readonly count: number;
  readonly limitMs: number;
  readonly clock: Clock;
  /** Where findings are written. */
  readonly folder: string;
  /** Hears of each finding at once. */
  readonly onFinding: (finding: FoundInput) => void;
}

/** An input that caused something that no input may cause. */
export interface FoundInput {
  /** Makes it again: the seed of the run and the number of the input. */
  readonly seed: string;
  readonly reason: string;
  readonly file: string;
}

/** After so many findings the run ends: they are mostly the same one. */
const ENOUGH = 5;

/** Bends valid inputs until the time is over. Input `n` is made of `SEED/n` alone. @returns how many were tried, and what was found */
export async function fuzz(
  plan: FuzzPlan,
): Promise<{ readonly inputs: number; readonly findings: readonly FoundInput[] }> {
  const findings: FoundInput[] = [];
  const reasons = new Set<string>();
  let target = await plan.open();
  // To open a target takes seconds on a slow machine, which are not counted.
  const end = plan.clock.now() + plan.limitMs;
  let inputs = 0;
  while (inputs < plan.count && plan.clock.now() < end && findings.length < ENOUGH) {
    const seed = `${plan.seed}/${inputs}`;
    const input = bent(seededRandom(seed), target.corpus);
    inputs += 1;
    const reason = await reasonOf(target, input);
    if (reason === undefined) continue;
    await target.close?.();
    target = await plan.open();
    if (reasons.has(reason)) continue;
    reasons.add(reason);
    const finding = { seed, reason, file: keep(plan, input, seed, reason) };
    findings.push(finding);
    plan.onFinding(finding);
  }
  await target.close?.();
  return { inputs, findings };
}

/** Why an input is a finding, or `undefined`. */
async function reasonOf(target: Target, input: Uint8Array): Promise<string | undefined> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

const Regression = z.object({ target: z.string(), seed: z.string(), reason: z.string(), input: z.hex() });

/** An input that was a finding once. */
export interface Regression {
  readonly file: string;
  readonly target: string;
  readonly reason: string;
  readonly input: Uint8Array;
}

function keep({ target, folder }: FuzzPlan, input: Uint8Array, seed: string, reason: string): string {
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = join(folder, `${target}-${digest}.json`);
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ target, seed, reason, input: Buffer.from(input).toString('hex') }, undefined, 2);
  writeFileSync(file, `${text}\n`);
  return file;
}

/** The findings of a folder. */
export function regressions(folder: string = REGRESSIONS): readonly Regression[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const { input, ...rest } = Regression.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      return { file, ...rest, input: new Uint8Array(Buffer.from(input, 'hex')) };
    });
}
