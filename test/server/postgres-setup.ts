import { beforeEach, inject } from 'vitest';

// Where PostgreSQL is not installed each test is skipped, by its name.
beforeEach((context) => {
  if (inject('postgres') !== undefined) return;
  if (process.env['CASH_MOBILE_SKIP_NOTHING'] === '1') throw new Error('PostgreSQL is not installed');
  context.skip();
});
