import { DatabaseSync } from 'node:sqlite';
import { WITH_ROWID } from './postgres-tables.ts';
import { FIRST_ROWS, TABLES } from './tables.ts';

/** A type of a column, in the words of SQLite. */
export type ColumnType = 'INTEGER' | 'TEXT' | 'BLOB';

/** A table whose rows go from one database to another. */
export interface MovedTable {
  readonly name: string;
  /** All columns; `rowid` is among them where rows are read in its order. */
  readonly columns: readonly MovedColumn[];
  /** The columns by which rows are read, so that they are written in the order in which they were born. */
  readonly order: readonly string[];
  /** The column in which the database itself counts the rows. */
  readonly counted: string | undefined;
  /** No number is given twice, also when its row is gone. */
  readonly neverAgain: boolean;
}

interface MovedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What is read in its place, as SQL. */
  readonly read: string;
}

/** What belongs to a process that runs: a frame that a bearer had waits again, and its holder is nobody. */
const READ: Readonly<Record<string, string>> = {
  'outbox.state': "CASE WHEN state = 'handed' AND ended_at IS NULL THEN 'waiting' ELSE state END",
  'outbox.holder': 'NULL',
};

/** Of the tables that each database has for itself, none is moved: its processes, and those with a first row. */
function staysBehind(table: string): boolean {
  return table === 'process' || FIRST_ROWS.includes(`INTO ${table} `);
}

let known: readonly MovedTable[] | undefined;

/** The tables, each after those to which its rows refer. */
export function movedTables(): readonly MovedTable[] {
  known ??= readTables();
  return known;
}

function readTables(): readonly MovedTable[] {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(TABLES);
    return database
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
      .all()
      .map(({ name, sql }) => readTable(database, String(name), String(sql)))
      .filter(({ name }) => !staysBehind(name));
  } finally {
    database.close();
  }
}

function readTable(database: DatabaseSync, name: string, sql: string): MovedTable {
  const found = database.prepare(`SELECT name, type, pk FROM pragma_table_info('${name}')`).all();
  const columns = found.map((column) => columnOf(name, String(column['name']), typeOf(String(column['type']))));
  const key = found
    .filter(({ pk }) => Number(pk) > 0)
    .toSorted((one, other) => Number(one['pk']) - Number(other['pk']))
    .map((column) => String(column['name']));
  if (WITH_ROWID.includes(name)) {
    const rowid = columnOf(name, 'rowid', 'INTEGER');
    return { name, columns: [rowid, ...columns], order: ['rowid'], counted: 'rowid', neverAgain: false };
  }
  const counted = /(\w+) INTEGER PRIMARY KEY/.exec(sql)?.[1];
  return { name, columns, order: key, counted, neverAgain: sql.includes('AUTOINCREMENT') };
}

function columnOf(table: string, name: string, type: ColumnType): MovedColumn {
  return { name, type, read: READ[`${table}.${name}`] ?? name };
}

function typeOf(type: string): ColumnType {
  if (type === 'INTEGER' || type === 'TEXT' || type === 'BLOB') return type;
  throw new Error(`a column of type ${type} cannot be moved`);
}
