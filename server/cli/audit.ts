import { Command } from 'commander';
import { hexOf } from '../../device/safe-mobile/index.ts';
import { type Output, outputOf } from '../../modem/cli/program.ts';
import { type AuditRow, auditAfter, checkAudit } from '../operators/audit.ts';
import { readDatabase } from '../store/read-database.ts';
import { serviceDatabase, withData } from './data-folder.ts';

/** Rows that are read at a time. */
const PAGE = 1_000;

/** `cash-server audit` */
export function auditCommand(): Command {
  return new Command('audit').addCommand(verifyCommand()).addCommand(listCommand());
}

function verifyCommand(): Command {
  return withData(new Command('verify'))
    .description('follow the hash chain of the audit log; exit code 1 and the first broken row when it is broken')
    .action(async ({ data }: { data?: string }, command: Command) => {
      const { rows, hash, broken } = await readDatabase(serviceDatabase(data), checkAudit);
      const output = outputOf(command);
      if (broken === undefined) {
        const lines = [`The audit log is whole: ${rows} rows.`, ...(rows === 0 ? [] : [`Last hash: ${hexOf(hash)}`])];
        output.print({ event: 'audit-whole', rows, hash: hexOf(hash) }, lines.join('\n'));
        return;
      }
      process.exitCode = 1;
      output.print(
        { event: 'audit-broken', ...broken },
        `The audit log is broken at row ${broken.seq}: ${broken.reason}`,
      );
    });
}

function listCommand(): Command {
  return withData(new Command('list'))
    .description('print what operators did, oldest first')
    .option('--operator <name>', 'of this operator alone')
    .action(async ({ data, operator }: { data?: string; operator?: string }, command: Command) => {
      const output = outputOf(command);
      await readDatabase(serviceDatabase(data), async (tx) => {
        let page = await auditAfter(tx, 0, PAGE);
        while (page.length > 0) {
          for (const row of page) if (operator === undefined || row.operator === operator) printRow(output, row);
          page = await auditAfter(tx, page.at(-1)?.seq ?? 0, PAGE);
        }
      });
    });
}

function printRow(output: Output, { bodyDigest, hash, at, ...row }: AuditRow): void {
  const time = new Date(at).toISOString();
  const { seq, operator, role, route, subject, outcome } = row;
  const digest = bodyDigest === undefined ? {} : { bodyDigest: hexOf(bodyDigest) };
  output.print(
    { event: 'act', ...row, at: time, ...digest, hash: hexOf(hash) },
    [seq, time, operator, role, route, subject, outcome].join('\t'),
  );
}
