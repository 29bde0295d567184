import { describe, expect, it } from 'vitest';
import { codeOf, isCollision, isDiskFull, isGone } from '../../../server/store/postgres-codes.ts';
import { postgresText } from '../../../server/store/postgres-text.ts';

describe('a statement on PostgreSQL', () => {
  it.each([
    ['SELECT 1', 'SELECT 1'],
    ['a = ? AND b = ?', 'a = $1 AND b = $2'],
    ['a = ?2 AND b = ?1 AND c = ?2', 'a = $2 AND b = $1 AND c = $2'],
    ["a = '?' AND b = ?", "a = '?' AND b = $1"],
    ["a = x'0aFF' AND b = x''", "a = '\\x0aFF'::bytea AND b = '\\x'::bytea"],
    ["a = 'x' AND b = 'x''' AND c = ?", "a = 'x' AND b = 'x''' AND c = $1"],
    ["a = 'FOR UPDATE' AND b = ?", "a = 'FOR UPDATE' AND b = $1"],
    ['SELECT * FROM device WHERE id = ? FOR UPDATE', 'SELECT * FROM device WHERE id = $1 FOR NO KEY UPDATE'],
    ['… FOR UPDATE OF d SKIP LOCKED', '… FOR NO KEY UPDATE OF d SKIP LOCKED'],
  ])('%s', (sql, text) => {
    expect(postgresText(sql)).toBe(text);
  });
});

function failed(code: string, message = ''): Error {
  return Object.assign(new Error(message), { code });
}

/** Appendix A of the manual of PostgreSQL 15; errors of sockets; texts of `pg` 8, which have no code. */
describe('an error of PostgreSQL', () => {
  it.each([
    ['serialization_failure', failed('40001'), 'collision'],
    ['deadlock_detected', failed('40P01'), 'collision'],
    ['lock_not_available', failed('55P03'), 'collision'],
    ['connection_failure', failed('08006'), 'gone'],
    ['too_many_connections', failed('53300'), 'gone'],
    ['admin_shutdown', failed('57P01'), 'gone'],
    ['crash_shutdown', failed('57P02'), 'gone'],
    ['cannot_connect_now', failed('57P03'), 'gone'],
    ['idle_in_transaction_session_timeout', failed('25P03'), 'gone'],
    ['ECONNREFUSED', failed('ECONNREFUSED'), 'gone'],
    ['ENOENT', failed('ENOENT'), 'gone'],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), 'gone'],
    ['no connection in time', new Error('timeout exceeded when trying to connect'), 'gone'],
    ['disk_full', failed('53100'), 'full'],
    ['unique_violation', failed('23505'), 'fault'],
    ['query_canceled', failed('57014'), 'fault'],
    [
      'an error of the service that speaks of a connection',
      new Error('the phone says: Connection terminated'),
      'fault',
    ],
    ['no error', 'ECONNREFUSED', 'fault'],
  ])('%s', (_name, error, kind) => {
    expect({ collision: isCollision(error), gone: isGone(error), full: isDiskFull(error) }).toEqual({
      collision: kind === 'collision',
      gone: kind === 'gone',
      full: kind === 'full',
    });
  });

  it('without a code has an empty one', () => {
    expect(codeOf(new Error('x'))).toBe('');
  });
});
