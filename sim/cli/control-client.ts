import { UsageError } from '../../modem/cli/program.ts';

/** How long a simulation may take to answer, ms. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Asks a running simulation. Resolves to the body of the answer.
 * @param waitMs how long the simulation was asked to wait before it answers.
 * @throws UsageError when it refuses the request as wrong, Error when it cannot be reached or fails.
 */
export async function ask(
  control: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  waitMs = 0,
): Promise<string> {
  const response = await fetch(`${control}${path}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS + waitMs),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Error(`The simulation at ${control} does not answer: it may be stopped in a debugger, or busy`);
    }
    throw new Error(`No simulation answers at ${control}: start one with gsm-sim serve, and use the URL it prints`);
  });
  const text = await response.text();
  if (response.ok) return text;
  const message = errorOf(text);
  if (message === undefined)
    throw new Error(`What answers at ${control} is no simulation: use the URL that gsm-sim serve prints`);
  throw response.status === 400 ? new UsageError(message) : new Error(message);
}

function errorOf(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
    return String(answer.error);
  } catch {
    return undefined;
  }
}
