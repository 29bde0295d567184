import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.ts';

/** The character of code 0: no text of a person has it, and PostgreSQL takes none. */
const NUL = '\u0000';

/** A body is an object with an object in it, as the amount of a payment, beside path and query. */
const DEPTH = 4;

/** Refuses a request with a NUL in any text of its path, query or body. */
export function refuseNul(app: FastifyInstance): void {
  app.addHook('preValidation', async (request, reply) => {
    const { params, query, body } = request;
    if (hasNul([params, query, body])) {
      return sendProblem(reply, 'invalid-request', 'A text has the character U+0000: leave it out');
    }
    return undefined;
  });
}

/** @param depth of objects in objects that are looked at; what lies deeper no schema takes */
function hasNul(value: unknown, depth = DEPTH): boolean {
  if (typeof value === 'string') return value.includes(NUL);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth === 0) return false;
  return Object.values(value).some((inner) => hasNul(inner, depth - 1));
}
