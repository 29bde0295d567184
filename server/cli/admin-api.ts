import type { Command } from 'commander';
import { z } from 'zod';
import { UsageError } from '../../modem/cli/program.ts';
import { distrustOf, distrustSentence } from '../client/distrust.ts';
import { KEY_VARIABLE } from './environment.ts';

/** How long the service may take to answer unless the request says, ms. */
const ANSWER_LIMIT_MS = 15_000;

const Problem = z.object({ detail: z.string() });

/** A request to the service, as an operator. */
interface AdminRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer may take, ms. */
  readonly limitMs?: number;
}

/** Gives a command the option that says where the service is. */
export function withServer(command: Command): Command {
  return command
    .option('--server <url>', 'where the service listens', 'http://127.0.0.1:8080')
    .addHelpText('after', `\nYour key as an operator is taken from ${KEY_VARIABLE}.`);
}

/** The URL that the command's `--server` names, without a slash at its end. @throws UsageError */
export function serverOf(command: Command): string {
  const server = String(command.opts()['server']).replace(/\/+$/, '');
  if (/^https?:\/\/[^/?#]+/.test(server) && URL.canParse(server)) return server;
  throw new UsageError(`--server ${server} is not the URL of a service: give it as http://127.0.0.1:8080`);
}

/**
 * Asks the service for something as the operator whose key the environment has.
 * @throws UsageError without a key; Error with the service's own sentence when it refuses, and when it does not answer
 */
export async function askService<Answer>(
  command: Command,
  request: AdminRequest,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const server = serverOf(command);
  const { ok, status, text } = await exchange(server, adminKey(), request);
  const content = parseJson(text);
  const parsed = answer.safeParse(content);
  if (ok && parsed.success) return parsed.data;
  const problem = Problem.safeParse(content);
  if (!ok && problem.success) throw new Error(problem.data.detail);
  throw new Error(`${server} answered ${status}, but not as cash-server does: is --server right?`);
}

function adminKey(): string {
  const key = process.env[KEY_VARIABLE]?.trim();
  if (key === undefined || key === '') throw new UsageError(`put your key as an operator into ${KEY_VARIABLE}`);
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new UsageError(
    `${KEY_VARIABLE} holds no key: it is what "cash-server init" or "operator add" printed, letters and digits only`,
  );
}

async function exchange(
  server: string,
  key: string,
  { method, path, body, headers = {}, limitMs = ANSWER_LIMIT_MS }: AdminRequest,
): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
  const { systemClock } = await import('../../modem/index.ts');
  const aborter = new AbortController();
  const cancel = systemClock.after(limitMs, () => aborter.abort());
  try {
    const response = await fetch(`${server}${path}`, {
      method,
      signal: aborter.signal,
      headers: {
        ...headers,
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const distrust = distrustOf(error);
    if (distrust !== undefined) throw new Error(distrustSentence(server, distrust));
    if (!aborter.signal.aborted) throw new Error(`no service answers at ${server}: is "cash-server serve" running?`);
    throw new Error(`${server} has not answered within ${limitMs / 1000} s; whether it did it is not known`);
  } finally {
    cancel();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
