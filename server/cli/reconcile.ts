import { Command } from 'commander';
import { z } from 'zod';
import { type Output, outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';
import { AmountAnswer } from './money.ts';
import { type DaysChoice, dayOption } from './period-option.ts';

const FindingAnswer = z.object({
  kind: z.string(),
  key: z.string(),
  at: z.string(),
  here: AmountAnswer.optional(),
  there: AmountAnswer.optional(),
  detail: z.string(),
});

const ReportAnswer = z.object({
  rail: z.string(),
  from: z.string(),
  to: z.string(),
  matched: z.int(),
  otherDay: z.array(FindingAnswer),
  differences: z.array(FindingAnswer),
});

/** How long the rails may take to give their settlements, ms. */
const RAILS_LIMIT_MS = 120_000;

/** `cash-server reconcile` */
export function reconcileCommand(): Command {
  return withServer(new Command('reconcile'))
    .option('--rail <name>', 'only this rail')
    .option('--from <day>', 'the first day (UTC), as 2026-11-01; default: seven days before the end', dayOption)
    .option('--to <day>', 'the last day (UTC), as 2026-11-30; default: yesterday', dayOption)
    .addHelpText(
      'after',
      '\nExit code 0: all is matched, 1: there are differences. A movement settled on another day is matched.',
    )
    .action(async ({ rail, from, to }: DaysChoice & { rail?: string }, command: Command) => {
      const body = { rail, from: dayText(from), to: dayText(to) };
      const request = { method: 'POST', path: '/v1/reconciliations', body, limitMs: RAILS_LIMIT_MS } as const;
      const { reports } = await askService(command, request, z.object({ reports: z.array(ReportAnswer) }));
      for (const report of reports) printReport(outputOf(command), report);
      if (reports.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
    });
}

function printReport(output: Output, { rail, from, to, matched, otherDay, differences }: z.infer<typeof ReportAnswer>) {
  for (const finding of [...differences, ...otherDay]) {
    output.print(
      { event: 'finding', rail, ...finding },
      `${rail} ${finding.kind.padEnd(12)} ${finding.key}: ${finding.detail}`,
    );
  }
  const counts = `${matched} matched, ${otherDay.length} settled on another day, ${differences.length} differences`;
  output.print(
    { event: 'reconciled', rail, from, to, matched, otherDay: otherDay.length, differences: differences.length },
    `${rail}, ${from.slice(0, 10)} to before ${to.slice(0, 16).replace('T', ' ')} UTC: ${counts}`,
  );
}

function dayText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 10);
}
