import { UsageError } from '../../modem/cli/program.ts';

/**
 * Asks a running simulation. Resolves to the body of the answer.
 * @throws UsageError when it refuses the request as wrong, Error when it cannot be reached or fails.
 */
export async function ask(
  control: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<string> {
  const response = await fetch(`${control}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(`No simulation answers at ${control}: start one with gsm-sim serve, and use the URL it prints`);
  });
  const text = await response.text();
  if (response.ok) return text;
  const message = errorOf(text) ?? `${method} ${path}: ${response.status}`;
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
