import type { Client, ClientConfig } from 'pg';
import { isCollision, isGone, isWrongPassword } from './postgres-codes.ts';
import { TYPES } from './postgres-connection.ts';
import { reasonOf } from './postgres-store.ts';
import { StoreError, UnreachableError } from './store.ts';

/** When a connection has been silent for this long, its other end is probed, ms. */
const SILENCE_MS = 10_000;

/** `pg` is an optional package, for those who use PostgreSQL. @throws StoreError when it is missing */
export async function packagePg(): Promise<Pick<typeof import('pg'), 'Client' | 'Pool'>> {
  try {
    return (await import('pg')).default;
  } catch (error) {
    throw new StoreError('PostgreSQL needs the package pg: npm install pg', { cause: error });
  }
}

/** How a connection is made. @param name of this program, for the administrator of the database */
export function configOf(url: string, name: string): ClientConfig {
  return {
    connectionString: url,
    types: TYPES,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE_MS,
    application_name: `cash-server ${name}`,
  };
}

/** Why a database could not be opened, for people. */
export function cannotBeOpened(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const what = isGone(error) ? 'cannot be reached' : 'cannot be opened';
  return new StoreError(`the database ${what}: ${openingReason(error)}`, { cause: error });
}

function openingReason(error: unknown): string {
  const reason = reasonOf(error);
  if (NO_PASSWORD.test(reason)) return 'it wants a password: set PGPASSWORD, or write it into ~/.pgpass (mode 0600)';
  return isWrongPassword(error) ? `${reason}: look at PGPASSWORD, or ~/.pgpass` : reason;
}

/** What `pg` and the server say when the client has no password, or an empty one. */
const NO_PASSWORD = /client password must be a|empty password returned by client|no password supplied/;

/** Statements over a whole history take as long as they take; a lock that somebody else holds is not waited for longer than 3 s. */
const PATIENT = `
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET lock_timeout = 3000;
`;

/**
 * Runs `work` on a connection of its own, for commands that run once.
 * @throws StoreError when the server cannot be reached, or another program locks the tables
 */
export async function onConnection<T>(url: string, name: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { Client } = await packagePg();
  const client = new Client(configOf(url, name));
  // Who uses the connection hears of its end by the query that fails.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(PATIENT);
  } catch (error) {
    await client.end();
    throw cannotBeOpened(error);
  }
  try {
    return await work(client);
  } catch (error) {
    if (isGone(error)) throw new UnreachableError(`the database is gone: ${reasonOf(error)}`, { cause: error });
    if (isCollision(error)) throw new StoreError('another program uses the database: stop it first', { cause: error });
    throw error;
  } finally {
    await client.end();
  }
}
