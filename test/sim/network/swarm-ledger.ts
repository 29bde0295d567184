import { addressText, decodeTpdu, fromHex, type StatusReport, type Submit, toHex } from '../../../modem/index.ts';
import { openDeliver, openSubmit } from '../../../sim/envelope.ts';
import type { LogEntry } from '../../../sim/index.ts';
import type { SwarmRun } from './swarm.ts';

type Of<Kind extends LogEntry['kind']> = Extract<LogEntry, { readonly kind: Kind }>;

/** Everything that the log says of one SMS: a message, a report, or a copy. */
interface Account {
  readonly sms: number;
  readonly entries: (LogEntry & { readonly sms: number })[];
}

/** Of one account, the entries of a kind. */
function of<Kind extends LogEntry['kind']>({ entries }: Account, kind: Kind): readonly Of<Kind>[] {
  return entries.filter((entry): entry is Of<Kind> & { readonly sms: number } => entry.kind === kind);
}

function struckBy(account: Account, action: string): number {
  return of(account, 'fault').filter((fault) => fault.action === action).length;
}

/** How often the phone's acknowledgement was lost, by one fault or by several at once. */
function unacknowledgedIn({ entries }: Account): number {
  return entries.filter(({ kind }, i) => {
    const next = entries[i + 1];
    return kind === 'deliver' && next?.kind === 'fault' && next.action === 'lose-acknowledgement';
  }).length;
}

/** How long a message that is on the air may take beyond its validity. */
const ON_AIR_MS = 60_000;
const DEFAULT_VALIDITY_MS = 7 * 86_400_000;

/** Looks at a run as an auditor does: from the log and from what the phones have, and says what cannot be right. */
export function audit(run: SwarmRun): readonly string[] {
  const accounts = accountsOf(run.entries);
  const wrong: string[] = run.left === 0 ? [] : [`${run.left} messages wait for ever`];
  for (const account of accounts.values()) {
    if (of(account, 'command').length > 0) continue;
    if (of(account, 'submit').length > 0 && of(account, 'accept').length === 0) wrong.push(...auditUntaken(account));
    else wrong.push(...auditEnd(account, accounts, run), ...auditContents(account, accounts));
  }
  return [...wrong, ...auditReports(run.entries, accounts), ...auditPhones(run)];
}

function accountsOf(entries: readonly LogEntry[]): ReadonlyMap<number, Account> {
  const accounts = new Map<number, Account>();
  for (const entry of entries) {
    if (!('sms' in entry)) continue;
    const account = accounts.get(entry.sms) ?? { sms: entry.sms, entries: [] };
    account.entries.push(entry);
    accounts.set(entry.sms, account);
  }
  return accounts;
}

/** What the service centre did not take was refused, or not heard, and goes nowhere. */
function auditUntaken(account: Account): readonly string[] {
  const further = account.entries.filter(({ kind }) => !['submit', 'refuse', 'lose', 'fault'].includes(kind));
  const ends = account.entries.filter(({ kind }) => kind === 'refuse' || kind === 'lose').length;
  const wrong = further.map(({ kind }) => `SMS ${account.sms} was not taken: ${kind}`);
  return ends === 1 ? wrong : [...wrong, `SMS ${account.sms} was not taken, and ended ${ends} times`];
}

/** Each message ends once: delivered, lost as told, given up for a reason, or replaced. */
function auditEnd(
  account: Account,
  accounts: ReadonlyMap<number, Account>,
  { profile, deleted }: SwarmRun,
): readonly string[] {
  const { sms } = account;
  const wrong: string[] = [];
  const [delivered, lost, failed, replaced] = [
    of(account, 'deliver'),
    of(account, 'lose'),
    of(account, 'fail'),
    of(account, 'replace'),
  ];
  const unacknowledged = unacknowledgedIn(account);
  const settled = delivered.length - unacknowledged;
  if (settled > 1) wrong.push(`SMS ${sms} was delivered ${delivered.length} times`);
  const ends = Math.max(settled, 0) + lost.length + failed.length + replaced.length;
  if (ends !== 1) wrong.push(`SMS ${sms} ended ${ends} times`);
  const toldToLose = struckBy(account, 'drop') + struckBy(account, 'outcome') > 0 || profile.lostPerMille > 0;
  if (lost.length > 0 && !toldToLose) wrong.push(`SMS ${sms} was lost, and nobody told the network to`);
  for (const { original } of of(account, 'duplicate')) {
    const told = accounts.get(original);
    const toldToDouble = profile.duplicatedPerMille > 0 || (told !== undefined && struckBy(told, 'duplicate') > 0);
    if (!toldToDouble) wrong.push(`SMS ${original} was doubled, and nobody told the network to`);
  }
  return [...wrong, ...failed.flatMap((entry) => auditFailure(account, entry, deleted))];
}

/** A message is given up for the reason that its TP-ST names. */
function auditFailure(account: Account, { sms, to, status, at }: Of<'fail'>, deleted: ReadonlySet<number>): string[] {
  const expiresAt = expiryOf(account);
  const reasons: Readonly<Record<number, boolean>> = {
    // Numbers are barred, go to an operator that takes nothing, and are ordered to be deleted, all over the run.
    [0x42]: true,
    [0x45]: true,
    [0x43]: to === '+393339999999',
    [0x46]: expiresAt === undefined || at >= expiresAt,
    [0x47]: true,
    [0x48]: deleted.has(sms),
  };
  if (reasons[status] === true || struckBy(account, 'outcome') > 0) return [];
  return [`SMS ${sms} was given up with ${status.toString(16)}`];
}

/** When a message that a phone sent is given up, ms since 1970; nothing of others. */
function expiryOf(account: Account): number | undefined {
  const [accepted] = of(account, 'accept');
  const submit = submitOf(account);
  if (accepted === undefined || submit === undefined) return undefined;
  const { validity } = submit;
  return accepted.at + (validity?.format === 'relative' ? validity.ms : DEFAULT_VALIDITY_MS);
}

function submitOf(account: Account): Submit | undefined {
  const [sent] = of(account, 'submit');
  if (sent === undefined) return undefined;
  const tpdu = fromHex(sent.tpdu);
  // Only the header: what the echo sends back may have been spoilt on its way there.
  return ((tpdu[0] ?? 0) & 3) === 1 ? openSubmit(tpdu).header : undefined;
}

/** What arrives is what was sent, from whom it was sent, and in time. */
function auditContents(account: Account, accounts: ReadonlyMap<number, Account>): readonly string[] {
  const [copied] = of(account, 'duplicate');
  const original = copied === undefined ? account : accounts.get(copied.original);
  const [sent] = original === undefined ? [] : of(original, 'submit');
  if (original === undefined || sent === undefined) return [];
  const contents = toHex(openSubmit(fromHex(sent.tpdu)).contents.userData);
  const expiresAt = expiryOf(original) ?? Number.POSITIVE_INFINITY;
  return of(account, 'deliver').flatMap(({ sms, to, tpdu, at }) => {
    const { header, contents: arrived } = openDeliver(fromHex(tpdu));
    const wrong: string[] = [];
    if (to !== sent.to) wrong.push(`SMS ${sms} arrived at ${to} instead of ${sent.to}`);
    if (at > expiresAt + ON_AIR_MS) wrong.push(`SMS ${sms} arrived after its validity`);
    if (toHex(arrived.userData) !== contents && struckBy(original, 'corrupt') === 0) wrong.push(`SMS ${sms} changed`);
    const from = addressText(header.originator);
    if (from !== sent.from && struckBy(original, 'spoof') === 0) wrong.push(`SMS ${sms} came from ${from}`);
    return wrong;
  });
}

/** Who asked for a report is told the end of the message once, and nothing that is not so. */
function auditReports(entries: readonly LogEntry[], accounts: ReadonlyMap<number, Account>): readonly string[] {
  const reports = Map.groupBy(
    entries.filter((entry): entry is Of<'report'> => entry.kind === 'report'),
    ({ about }) => about,
  );
  const commanded = new Set(entries.flatMap((entry) => (entry.kind === 'command' ? [entry.about] : [])));
  const wrong: string[] = [];
  for (const account of accounts.values()) {
    const { sms } = account;
    if (commanded.has(sms) || of(account, 'report').length > 0) continue;
    const told = reports.get(sms) ?? [];
    const final = told.filter(({ status }) => status < 0x20 || status >= 0x40);
    const wanted = submitOf(account)?.statusReportRequested === true && of(account, 'accept').length > 0;
    const expected = wanted ? endOf(account) : undefined;
    if (!wanted && told.length > 0) wrong.push(`SMS ${sms} was reported, and nobody asked`);
    if (final.length !== (expected === undefined ? 0 : 1)) wrong.push(`SMS ${sms} was reported ${final.length} times`);
    for (const { status, at } of final) {
      if (expected !== undefined && !expected.includes(status)) wrong.push(`SMS ${sms} was reported as ${status}`);
      if (at < (account.entries.at(-1)?.at ?? 0) && of(account, 'replace').length === 0) {
        wrong.push(`SMS ${sms} was reported before its end`);
      }
    }
    wrong.push(...told.flatMap(({ sms: report }) => auditReport(accounts.get(report), account)));
  }
  return wrong;
}

/** TP-ST values that tell the end of a message; nothing when it was lost without a word. */
function endOf(account: Account): readonly number[] | undefined {
  const [failed] = of(account, 'fail');
  if (failed !== undefined) return [failed.status];
  if (of(account, 'replace').length > 0) return [0x02];
  if (of(account, 'lose').length > 0) return struckBy(account, 'outcome') > 0 ? [0x00] : undefined;
  // The report service answers with what the text names, which in this swarm is nothing.
  return [0x00, 0x01];
}

/** The report that a phone was given belongs to the message. */
function auditReport(report: Account | undefined, about: Account): readonly string[] {
  if (report === undefined || struckBy(report, 'corrupt') > 0) return [];
  const submit = submitOf(about);
  return of(report, 'deliver').flatMap(({ sms, to, tpdu }) => {
    const read: StatusReport | undefined = reportIn(tpdu);
    const [sent] = of(about, 'submit');
    const right =
      read?.messageReference === submit?.messageReference &&
      read !== undefined &&
      addressText(read.recipient) === sent?.to &&
      to === sent.from;
    return right ? [] : [`Report ${sms} does not belong to SMS ${about.sms}`];
  });
}

function reportIn(tpdu: string): StatusReport | undefined {
  const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
  return read.type === 'STATUS-REPORT' ? read : undefined;
}

/** What the phones have is what the log says that they were given; only replace types leave less. */
function auditPhones({ entries, elsewhere, received }: SwarmRun): readonly string[] {
  const given = entries.flatMap((entry) => (entry.kind === 'deliver' && !elsewhere.has(entry.seq) ? [entry] : []));
  const counts = new Map<string, number>();
  const count = (tpdu: Uint8Array, by: number) => {
    if (((tpdu[0] ?? 0) & 3) !== 0 || isReplacing(tpdu)) return;
    const key = toHex(tpdu);
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  for (const { tpdu } of given) count(fromHex(tpdu), 1);
  for (const { tpdu } of received) count(tpdu, -1);
  return [...counts]
    .filter(([, left]) => left !== 0)
    .map(([tpdu, left]) => `${left} more given than received: ${tpdu}`);
}

function isReplacing(tpdu: Uint8Array): boolean {
  const { pid = 0 } = openDeliver(tpdu).header;
  return pid >= 0x41 && pid <= 0x47;
}
