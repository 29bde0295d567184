import { afterEach, beforeEach, inject } from 'vitest';
import { emptyDatabases } from './database.ts';

// Where PostgreSQL is not installed each test is skipped, by its name.
beforeEach((context) => {
  if (inject('postgres') !== undefined) return;
  if (process.env['CASH_MOBILE_SKIP_NOTHING'] === '1') throw new Error('PostgreSQL is not installed');
  context.skip();
});

// Here, because this file is run for each file of tests: the modules of the tests are kept.
afterEach(emptyDatabases);
