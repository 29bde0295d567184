import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { AuthenticationsClient, type AuthenticationView, ClientError } from '../client/index.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { PARTY_KEY_VARIABLE } from './environment.ts';

interface Options {
  readonly as: string;
  readonly who: string;
  readonly title: string;
  readonly ttl: number;
  readonly server: string;
  readonly keys: string;
}

/** How an authentication ended, in words. */
const ENDS: Readonly<Record<AuthenticationView['state'], string>> = {
  asked: 'no end yet',
  confirmed: 'Confirmed',
  refused: 'Not confirmed: refused',
  'not-me': 'Not confirmed: the person did not begin this',
  expired: 'Not confirmed: no answer in time',
  cancelled: 'Not confirmed: taken back',
  failed: 'Not confirmed: too many wrong PINs, or the phone could not show it',
};

const WRONG_DIGITS = 'Not confirmed: the person typed wrong digits of the code twice';

/** Asks the person, shows the match code, waits for the end: exit code 0 when they confirmed. @throws UsageError, ClientError */
export async function authenticate(program: Command): Promise<void> {
  const { as, who, title, ttl, server, keys } = program.opts<Options>();
  const output = outputOf(program);
  const client = clientOf(server, keyOf(as, keys));
  const stop = new AbortController();
  // Once: a second signal ends the process at once.
  for (const signal of SIGNALS) process.once(signal, () => stop.abort());
  const { id, matchCode } = await client.create({ kind: 'login', who, title, ttl }).catch((error: unknown) => {
    if (error instanceof ClientError && error.code === 'invalid-request') throw new UsageError(error.message);
    throw error;
  });
  output.print({ event: 'asked', id, matchCode }, `Code ${matchCode}: the phone asks for its last two digits`);
  const { state, reason } = await client.ended(id, { signal: stop.signal }).catch((error: unknown) => {
    if (stop.signal.aborted) return client.cancel(id);
    throw error;
  });
  output.print({ event: 'ended', id, state, reason }, reason === 'wrong-digits' ? WRONG_DIGITS : ENDS[state]);
  if (state !== 'confirmed') process.exitCode = 1;
}

/** They take the question from the phone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function clientOf(url: string, apiKey: string): AuthenticationsClient {
  try {
    return new AuthenticationsClient({ url, apiKey });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** The API key of the relying party. @throws UsageError */
function keyOf(client: string, folder: string): string {
  const given = process.env[PARTY_KEY_VARIABLE]?.trim();
  if (given !== undefined && given !== '') return given;
  if (!/^[\w-]+$/.test(client)) throw new UsageError(`--as ${client}: a client is letters, digits, - and _, as web1`);
  const file = join(folder, `${client}.key`);
  try {
    const isOpen = (statSync(file).mode & FOR_OTHERS) !== 0;
    if (isOpen) throw new Error('others may read it, or write it: chmod o= it');
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`the key of ${client}: ${file}: ${messageOf(error)}`);
  }
}

/** What others than owner and group may do with a file. */
const FOR_OTHERS = 0o007;
