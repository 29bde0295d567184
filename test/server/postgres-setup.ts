import { afterEach, beforeEach, inject } from 'vitest';
import { emptyDatabases } from './database.ts';
import { keepConnections, keepNoConnections } from './kept-connections.ts';

// Where PostgreSQL is not installed each test is skipped, by its name.
beforeEach(async (context) => {
  if (context.task.file.name.endsWith('.postgres.test.ts')) await keepNoConnections();
  else keepConnections();
  if (inject('postgres') !== undefined) return;
  if (process.env['CASH_MOBILE_SKIP_NOTHING'] === '1') throw new Error('PostgreSQL is not installed');
  context.skip();
});

// Here, because this file is run for each file of tests: the modules of the tests are kept.
afterEach(emptyDatabases);
