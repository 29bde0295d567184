import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../modem/cli/program.ts';
import { HOST_FAULTS } from '../hosts/example-host.ts';
import type { EpisodePlan } from '../loop/episode.ts';
import { ROTATED_KEYS } from '../loop/operator.ts';
import { FULL_MOMENTS, KILL_MOMENTS } from '../loop/service-life.ts';
import { LOOP_DEPTHS } from '../loop/service-line.ts';
import { LOOP_RAILS } from '../loop/town.ts';

const whole = z.int();
const at = whole.min(0);
const ms = whole.min(0);
const customer = whole.min(0);

const action = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal(['drop', 'duplicate', 'reorder', 'corrupt', 'lose-answer', 'lose-acknowledgement']),
  }),
  z.strictObject({ kind: z.literal('delay'), ms }),
  z.strictObject({ kind: z.literal('refuse'), cause: whole.min(0) }),
]);

const lineAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal(['swallow', 'repeat', 'reboot']) }),
  z.strictObject({ kind: z.literal(['merge', 'late', 'stall']), ms }),
  z.strictObject({ kind: z.literal('split'), atMost: whole.min(1), gapMs: ms }),
  z.strictObject({ kind: z.literal('unplug'), ms: whole.min(1), renamed: z.literal([0, 1]) }),
  z.strictObject({ kind: z.literal('lose-octets'), share: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('garbage'), octets: whole.min(1) }),
  z.strictObject({ kind: z.literal('noise'), code: z.string() }),
]);

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ at, kind: z.literal('network'), action, times: whole.min(1) }),
  z.strictObject({ at, kind: z.literal('line'), action: lineAction, times: whole.min(1) }),
  z.strictObject({ at, kind: z.literal(['away', 'backlog', 'phone-off', 'lock']), customer, ms }),
  z.strictObject({ at, kind: z.literal('phone-clock'), customer, aheadMs: whole }),
  z.strictObject({ at, kind: z.literal('kill'), moment: z.enum(KILL_MOMENTS), nth: whole.min(1), downMs: ms }),
  z.strictObject({ at, kind: z.literal(['pause', 'host-down']), ms }),
  z.strictObject({ at, kind: z.literal('disk-full'), noticed: z.enum(FULL_MOMENTS), ms }),
  z.strictObject({ at, kind: z.literal('service-clock'), aheadMs: whole }),
  z.strictObject({ at, kind: z.literal('rotate'), use: z.enum(ROTATED_KEYS) }),
  z.strictObject({ at, kind: z.literal('host'), fault: z.enum(HOST_FAULTS) }),
]);

const Plan: z.ZodType<EpisodePlan> = z.strictObject({
  seed: z.string(),
  payments: whole.min(1),
  customers: whole.min(1),
  shops: whole.min(1),
  rail: z.enum(LOOP_RAILS),
  depth: z.enum(LOOP_DEPTHS),
  faults: z.array(fault).readonly(),
});

/** An episode from a file of JSON, as a failure left it or a person wrote it. @throws UsageError with the place that is wrong */
export function readPlan(file: string): EpisodePlan {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const plan = Plan.safeParse(text);
  if (plan.success) return plan.data;
  const [issue] = plan.error.issues;
  throw new UsageError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`);
}
