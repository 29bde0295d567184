import { APPEND_ONLY, APPROVALS_FROM, FIRST_ROWS, TABLES } from './tables.ts';

/** What a new file of SQLite gets. */
export const SQLITE_TABLES: string = `${TABLES}${FIRST_ROWS}
CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sequence VALUES ('approval', ${APPROVALS_FROM});
${APPEND_ONLY.map(({ table, mayGo, mayChange }) => changedOnlyWhen(table, mayChange) + deletedOnlyWhen(table, mayGo)).join('')}`;

function changedOnlyWhen(table: string, condition: string | undefined): string {
  const unless = condition === undefined ? '' : ` WHEN NOT (${condition})`;
  return `
CREATE TRIGGER ${table}_is_not_changed BEFORE UPDATE ON ${table}${unless} BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;`;
}

function deletedOnlyWhen(table: string, condition: string): string {
  return `
CREATE TRIGGER ${table}_is_not_deleted BEFORE DELETE ON ${table} WHEN NOT coalesce(${condition}, 0)
BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;`;
}
