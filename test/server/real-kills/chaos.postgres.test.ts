import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { type Course, limitOf, runCourse } from './course.ts';

/** How long the server may take to start on a busy machine, ms. */
const START_MS = 60_000;

/** A short one; `npm run chaos` has long ones. */
const COURSE: Course = {
  rail: 'ledger',
  seed: 'chaos 1',
  processes: 2,
  payments: 0,
  disturbances: ['stop', 'kill', 'database'],
  twoAtOnce: false,
  speed: 20,
  customers: 2,
  workers: 2,
  pauseMs: 6_000,
};

describe('processes on one database of PostgreSQL, disturbed under load', () => {
  let server: PostgresServer | undefined;
  beforeAll(() => {
    server = startPostgres(inject('postgres'));
  }, START_MS);
  afterAll(() => server?.remove());

  it(
    'lose nothing, charge nothing twice, and end everything',
    async () => {
      if (server === undefined) throw new Error('PostgreSQL is not installed');
      expect(await runCourse(server, COURSE)).toMatchObject({
        violations: [],
        happened: { stop: 1, kill: 1, database: 1 },
      });
    },
    limitOf(COURSE),
  );
});
