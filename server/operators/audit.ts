import { createHash } from 'node:crypto';
import { hexOf, sameOctets } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { Row } from '../store/row.ts';
import { OvertakenError, type ReadTx, type Tx } from '../store/store.ts';
import type { Actor } from './operator.ts';

/** A request of an operator that changes something, or that was refused to them. */
export interface Act {
  /** Of this request alone: a transaction that runs twice finds what its earlier run has written. */
  readonly id: string;
  readonly by: Actor;
  /** Method and path of the route, as `POST /v1/people/:id/deposits`. */
  readonly route: string;
  /** SHA-256 of the body as JSON; `undefined` for a request whose body was not read. */
  readonly bodyDigest: Uint8Array | undefined;
}

/** A row of the audit log. */
export interface AuditRow {
  /** From 1 on, without gaps. */
  readonly seq: number;
  /** ms since 1970. */
  readonly at: number;
  readonly request: string;
  readonly operator: string;
  readonly role: string;
  readonly route: string;
  /** What it was about: `person:1`, `operator:anna`, or the pattern of the path of a request that was refused, `/v1/people/:id/lock`. */
  readonly subject: string;
  readonly bodyDigest: Uint8Array | undefined;
  /** `done`, or `refused` and the status of HTTP. */
  readonly outcome: string;
  /** SHA-256 of the hash of the row before, and of all other fields of this row. */
  readonly hash: Uint8Array;
}

/** Before the first row. */
const FIRST_HASH = new Uint8Array(32);

/**
 * Appends what an operator did, once a request. Rows are appended one after the other, also by several processes: each waits for the row
 * of the head, which is locked last of all.
 * @param at ms since 1970. @returns false when the request was there
 */
export async function recordAct(tx: Tx, act: Act, subject: string, outcome: string, at: number): Promise<boolean> {
  await tx.run('INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, ?) ON CONFLICT DO NOTHING', FIRST_HASH);
  const head = await lockHead(tx);
  if (await isRecorded(tx, act)) return false;
  const { id: request, by, route, bodyDigest } = act;
  const row = { seq: head.seq + 1, at, request, operator: by.name, role: by.role, route, subject, bodyDigest, outcome };
  const hash = hashOf(head.hash, row);
  await tx.run(
    `INSERT INTO audit (seq, at, request, operator, role, route, subject, body_digest, outcome, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.seq,
    at,
    request,
    row.operator,
    row.role,
    route,
    subject,
    bodyDigest ?? null,
    outcome,
    hash,
  );
  await tx.run('UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1', row.seq, hash);
  return true;
}

/** Whether the audit log has this request. */
export async function isRecorded(tx: ReadTx, { id }: Act): Promise<boolean> {
  return (await tx.get('SELECT seq FROM audit WHERE request = ?', (row) => row.integer('seq'), id)) !== undefined;
}

/** Rows in the order in which they were appended, from the one after `after` on. */
export async function auditAfter(tx: ReadTx, after: number, limit: number): Promise<AuditRow[]> {
  return tx.all('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', readRow, after, limit);
}

/**
 * The body of a transaction that also writes what the operator did, when one asked for it. A run that was committed and of which nobody heard
 * is not repeated, because others may have acted since: a phone that was unlocked again is not locked once more. What it made is given again.
 * @param subjectOf what it was about
 */
export function withAct<T>(
  act: Act | undefined,
  clock: Clock,
  work: (tx: Tx) => Promise<T>,
  subjectOf: (made: T) => string,
): (tx: Tx) => Promise<T> {
  if (act === undefined) return work;
  let earlier: { readonly made: T } | undefined;
  return async (tx) => {
    if (earlier !== undefined && (await isRecorded(tx, act))) return earlier.made;
    const made = await work(tx);
    const isWritten = await recordAct(tx, act, subjectOf(made), 'done', clock.now());
    if (!isWritten) throw new OvertakenError(`the run before of ${act.route} was committed meanwhile`);
    earlier = { made };
    return made;
  };
}

/** What a check of the chain has found. */
export interface AuditCheck {
  readonly rows: number;
  /** Of the last row: whoever keeps it elsewhere notices when all rows were written anew. */
  readonly hash: Uint8Array;
  /** The first row that is not as it was written, and what is wrong. */
  readonly broken: { readonly seq: number; readonly reason: string } | undefined;
}

/** Rows that are read at a time. */
const PAGE = 1_000;

/** Follows the chain from the first row to the head. */
export async function checkAudit(tx: ReadTx): Promise<AuditCheck> {
  let last: Pick<AuditRow, 'seq' | 'hash'> = { seq: 0, hash: FIRST_HASH };
  const found = (reason?: string): AuditCheck => {
    const broken = reason === undefined ? undefined : { seq: last.seq + 1, reason };
    return { rows: last.seq, hash: last.hash, broken };
  };
  for (let page = await auditAfter(tx, 0, PAGE); page.length > 0; page = await auditAfter(tx, last.seq, PAGE)) {
    for (const row of page) {
      if (row.seq !== last.seq + 1) return found('it is missing');
      if (!sameOctets(row.hash, hashOf(last.hash, row))) return found('it was changed, or the row before it');
      last = row;
    }
  }
  const head = await tx.get('SELECT * FROM audit_head WHERE id = 1', readHead);
  if (head === undefined) return found(last.seq === 0 ? undefined : 'the head of the chain is missing');
  if (head.seq > last.seq) return found('it is missing');
  return found(head.seq === last.seq && sameOctets(head.hash, last.hash) ? undefined : 'the head is another row');
}

/** The fields stand in one order, so that a row has one text. */
function hashOf(before: Uint8Array, row: Omit<AuditRow, 'hash'>): Uint8Array {
  const { seq, at, request, operator, role, route, subject, bodyDigest, outcome } = row;
  const digest = bodyDigest === undefined ? null : hexOf(bodyDigest);
  const text = JSON.stringify([seq, at, request, operator, role, route, subject, digest, outcome]);
  return new Uint8Array(createHash('sha256').update(before).update(text).digest());
}

interface Head {
  readonly seq: number;
  readonly hash: Uint8Array;
}

async function lockHead(tx: Tx): Promise<Head> {
  const head = await tx.get('SELECT * FROM audit_head WHERE id = 1 FOR UPDATE', readHead);
  if (head === undefined) throw new Error('the audit log has no head');
  return head;
}

function readHead(row: Row): Head {
  return { seq: row.integer('seq'), hash: row.octets('hash') };
}

function readRow(row: Row): AuditRow {
  return {
    seq: row.integer('seq'),
    at: row.integer('at'),
    request: row.text('request'),
    operator: row.text('operator'),
    role: row.text('role'),
    route: row.text('route'),
    subject: row.text('subject'),
    bodyDigest: row.optionalOctets('body_digest'),
    outcome: row.text('outcome'),
    hash: row.octets('hash'),
  };
}
