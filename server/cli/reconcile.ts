import { Command, Option } from 'commander';
import { z } from 'zod';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { dayText } from '../time/days.ts';
import { DIFFERENCE_KINDS } from '../vocabulary/events.ts';
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
  accepted: z.array(FindingAnswer),
});

const AcceptedAnswer = z.object({ rail: z.string(), key: z.string(), kind: z.string() });

interface AcceptOptions {
  readonly kind?: string;
  readonly reason: string;
}

/** How long the rails may take to give their settlements, ms. */
const RAILS_LIMIT_MS = 120_000;

/** `cash-server reconcile` */
export function reconcileCommand(): Command {
  return withServer(new Command('reconcile'))
    .addCommand(acceptCommand())
    .option('--rail <name>', 'only this rail')
    .option('--from <day>', 'the first day (UTC), as 2026-11-01; default: seven days before the end', dayOption)
    .option('--to <day>', 'the last day (UTC), as 2026-11-30; default: yesterday', dayOption)
    .addHelpText(
      'after',
      '\nExit code 0: all is matched, 1: there are differences. A movement settled on another day is matched.',
    )
    .action(async ({ rail, from, to }: DaysChoice & { rail?: string }, command: Command) => {
      const body = {
        rail,
        from: from === undefined ? undefined : dayText(from),
        to: to === undefined ? undefined : dayText(to),
      };
      const request = { method: 'POST', path: '/v1/reconciliations', body, limitMs: RAILS_LIMIT_MS } as const;
      const { reports } = await askService(command, request, z.object({ reports: z.array(ReportAnswer) }));
      for (const report of reports) printReport(outputOf(command), report);
      if (reports.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
    });
}

function acceptCommand(): Command {
  return new Command('accept')
    .description(
      'accept a difference that will never match: it is no alarm and not compared again; kept in the journal',
    )
    .configureHelp({ showGlobalOptions: true })
    .argument('<key>', 'the key of the movement, as "cash-server reconcile" prints it')
    .requiredOption('--reason <text>', 'why')
    .addOption(new Option('--kind <kind>', 'when the movement has several differences').choices(DIFFERENCE_KINDS))
    .action(async (key: string, { kind, reason }: AcceptOptions, command: Command) => {
      // The options of "reconcile" are read by it, also where they come behind "accept".
      const reconcile = command.parent ?? command;
      const { rail }: { readonly rail?: string } = reconcile.opts();
      if (rail === undefined) throw new UsageError('give --rail: the one whose settlement differs');
      const body = { rail, key, kind, reason };
      const request = { method: 'POST', path: '/v1/reconciliations/accept', body } as const;
      const accepted = await askService(reconcile, request, AcceptedAnswer);
      outputOf(command).print(
        { event: 'accepted', ...accepted },
        `${accepted.rail} ${accepted.kind} ${key} is accepted`,
      );
    });
}

function printReport(output: Output, report: z.infer<typeof ReportAnswer>) {
  const { rail, from, to, matched, otherDay, differences, accepted } = report;
  for (const finding of [...differences, ...otherDay]) {
    output.print(
      { event: 'finding', rail, ...finding },
      `${rail} ${finding.kind.padEnd(12)} ${finding.key}: ${finding.detail}`,
    );
  }
  const open = `${matched} matched, ${otherDay.length} settled on another day, ${differences.length} differences`;
  const counts = accepted.length === 0 ? open : `${open}, ${accepted.length} accepted`;
  output.print(
    {
      ...{ event: 'reconciled', rail, from, to, matched },
      ...{ otherDay: otherDay.length, differences: differences.length, accepted: accepted.length },
    },
    `${rail}, ${from.slice(0, 10)} to before ${to.slice(0, 16).replace('T', ' ')} UTC: ${counts}`,
  );
}
