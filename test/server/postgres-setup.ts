import { beforeEach, inject } from 'vitest';

// Where PostgreSQL is not installed each test is skipped, by its name.
beforeEach((context) => {
  if (inject('postgres') === undefined) context.skip();
});
