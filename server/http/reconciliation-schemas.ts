import { z } from 'zod';
import type { Amount } from '../../device/safe-mobile/index.ts';
import type { Acceptance } from '../reconciliation/accept.ts';
import type { Finding } from '../reconciliation/compare.ts';
import type { ReconciliationReport } from '../reconciliation/reconcile.ts';
import type { ReconciliationOrder } from '../reconciliation/requested-period.ts';
import { DIFFERENCE_KINDS, type DifferenceKind } from '../vocabulary/events.ts';
import { AmountView, TimeText } from './amount-schema.ts';

const Day: z.ZodType<number> = z.iso
  .date('expected a day as 2026-11-30')
  .transform((text) => Date.parse(`${text}T00:00:00Z`));

export const ReconciliationBody: z.ZodType<ReconciliationOrder | null | undefined> = z
  .strictObject({
    rail: z.string().max(32).optional().describe('Default: all rails'),
    from: Day.optional().describe('The first day (UTC). Default: seven days before the end'),
    to: Day.optional().describe('The last day (UTC). Default: yesterday'),
  })
  .nullish();

export const AcceptanceBody: z.ZodType<Acceptance> = z.strictObject({
  rail: z.string().max(32),
  key: z.string().min(1).max(64).describe('The key of the movement, as rail and service name it'),
  kind: z.enum(DIFFERENCE_KINDS).optional().describe('Needed when the movement has several differences'),
  reason: z.string().trim().min(1).max(400).describe('Why it is accepted; it is kept in the journal'),
});

export interface AcceptedView {
  readonly rail: string;
  readonly key: string;
  readonly kind: DifferenceKind;
}

export const AcceptedView: z.ZodType<AcceptedView> = z.object({
  rail: z.string(),
  key: z.string(),
  kind: z.enum(DIFFERENCE_KINDS),
});

export interface FindingView {
  readonly kind: Finding['kind'];
  readonly key: string;
  readonly at: string;
  readonly here?: Amount | undefined;
  readonly there?: Amount | undefined;
  readonly detail: string;
}

export interface ReportView {
  readonly rail: string;
  readonly from: string;
  readonly to: string;
  readonly matched: number;
  readonly otherDay: readonly FindingView[];
  readonly differences: readonly FindingView[];
  readonly accepted: readonly FindingView[];
}

const FindingView: z.ZodType<FindingView> = z
  .object({
    kind: z.enum([...DIFFERENCE_KINDS, 'other-day']),
    key: z.string().describe('The key of the movement, as rail and service name it'),
    at: TimeText,
    here: AmountView.optional(),
    there: AmountView.optional(),
    detail: z.string(),
  })
  .meta({ id: 'Finding' });

export const ReportsView: z.ZodType<{ readonly reports: readonly ReportView[] }> = z.object({
  reports: z.array(
    z.object({
      rail: z.string(),
      from: TimeText,
      to: TimeText,
      matched: z.int().describe('Movements that are the same there and here'),
      otherDay: z.array(FindingView).describe('Matched as well, but settled on another day'),
      differences: z.array(FindingView).describe('Somebody has to look at each; new ones are alarms in the journal'),
      accepted: z.array(FindingView).describe('Differences that an administrator has accepted'),
    }),
  ),
});

/** The reconciliation of a rail as the API shows it. */
export function viewReport({ rail, from, to, matched, findings, accepted }: ReconciliationReport): ReportView {
  const views = findings.map(viewFinding);
  return {
    rail,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    matched,
    otherDay: views.filter(({ kind }) => kind === 'other-day'),
    differences: views.filter(({ kind }) => kind !== 'other-day'),
    accepted: accepted.map(viewFinding),
  };
}

function viewFinding(finding: Finding): FindingView {
  return { ...finding, at: new Date(finding.at).toISOString() };
}
