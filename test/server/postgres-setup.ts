import { afterEach, beforeEach, inject } from 'vitest';
import { emptyDatabases } from './database.ts';
import { keepConnections, keepNoConnections } from './kept-connections.ts';

// Where PostgreSQL is not installed each test is skipped, by its name.
beforeEach(async (context) => {
  // The tests of the store, of moves and of chaos end connections, or count them.
  if (/(chaos|move|moved|query-plans|store)\.postgres/.test(context.task.file.name)) await keepNoConnections();
  else keepConnections();
  if (inject('postgres') !== undefined) return;
  if (process.env['CASH_MOBILE_SKIP_NOTHING'] === '1') throw new Error('PostgreSQL is not installed');
  context.skip();
});

// Here, because this file is run for each file of tests: the modules of the tests are kept.
afterEach(emptyDatabases);
