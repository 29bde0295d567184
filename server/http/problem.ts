import type { FastifyError, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SiteRefusal } from '../gate/site.ts';
import { NoRoomError, UnreachableError } from '../store/store.ts';
import { ServiceError, type ServiceErrorCode } from '../vocabulary/errors.ts';
import { PROBLEM_TYPE, type ProblemCode } from '../vocabulary/problem-codes.ts';
import { TooManyRequests } from './rate-limits.ts';

const STATUS: Readonly<Record<ServiceErrorCode, number>> = {
  'invalid-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'not-possible-now': 409,
  'customer-unreachable': 422,
  'limit-exceeded': 422,
};

const TITLES: Readonly<Record<ServiceErrorCode, string>> = {
  'invalid-request': 'The request is not valid',
  unauthorized: 'Not authorised',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  conflict: 'Conflict',
  'not-possible-now': 'Not possible now',
  'customer-unreachable': 'The customer cannot be reached',
  'limit-exceeded': 'A limit does not allow it',
};

/** Problem details (RFC 9457). `detail` is a sentence for people; programs compare `type`. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly txn?: string | undefined;
}

export const ProblemBody: z.ZodType<ProblemBody> = z
  .object({
    type: z.string().describe(`${PROBLEM_TYPE} and a word for programs`),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    txn: z.string().optional().describe('The payment that was written down as rejected'),
  })
  .meta({ id: 'Problem' });

/** Answers with a problem. */
export function sendProblem(
  reply: FastifyReply,
  code: ServiceErrorCode,
  detail: string,
  more: { readonly txn?: string } = {},
): FastifyReply {
  return send(reply, STATUS[code], code, TITLES[code], detail, more);
}

/** When a client should ask again while the disk is full, seconds. */
const ROOM_AFTER_SECONDS = 60;

/** When a client should ask again while the database is gone, seconds. */
const DATABASE_AFTER_SECONDS = 5;

/** When a client should ask again when it had no answer in time, seconds. */
const LATE_AFTER_SECONDS = 10;

/** Answers that the same request may be sent again later. @param seconds when, from now */
export function sendUnavailable(
  reply: FastifyReply,
  code: Extract<ProblemCode, 'stopping' | 'no-room' | 'no-database' | 'no-answer'>,
  detail: string,
  seconds: number,
): FastifyReply {
  void reply.header('retry-after', String(seconds));
  return send(reply, 503, code, 'Not available now', detail, {});
}

/** Answers that a web page of somebody else stands behind the request. */
export function sendSiteRefusal(reply: FastifyReply, { status, sentence }: SiteRefusal): FastifyReply {
  if (status === 421) return send(reply, status, 'misdirected', 'The request is for another server', sentence, {});
  return send(reply, status, 'other-site', 'Another site may not ask for it', sentence, {});
}

/** The errors of the HTTP library in words for the author of the request. */
const SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The path is not a valid URL: look at its % signs',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty: leave Content-Type out, or send JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be JSON: send it with Content-Type: application/json',
};

/** Answers with the problem of an error; an internal error is answered without any detail. */
export function sendError(reply: FastifyReply, error: FastifyError, fault: (reason: string) => void): FastifyReply {
  if (error instanceof ServiceError) return sendProblem(reply, error.code, error.message);
  if (error instanceof TooManyRequests) {
    void reply.header('retry-after', String(error.afterSeconds));
    return send(reply, 429, 'too-many-requests', 'Too many requests', error.message, {});
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message }) => {
      const place = instancePath.slice(1).replaceAll('/', '.');
      return place === '' ? message : `${place}: ${message}`;
    });
    return sendProblem(reply, 'invalid-request', details.join('; '));
  }
  if (error instanceof NoRoomError) {
    return sendUnavailable(reply, 'no-room', `The service cannot write now: ${error.message}`, ROOM_AFTER_SECONDS);
  }
  if (error instanceof UnreachableError) {
    const detail =
      'The service cannot reach its database now. The request may be sent again, with the same key or mref';
    return sendUnavailable(reply, 'no-database', detail, DATABASE_AFTER_SECONDS);
  }
  if (error.code === 'FST_ERR_HANDLER_TIMEOUT') {
    fault(`an HTTP request had no answer in time: ${reply.request.method} ${reply.request.routeOptions.url}`);
    const detail = 'There was no answer in time. The request may be sent again, with the same key or mref';
    return sendUnavailable(reply, 'no-answer', detail, LATE_AFTER_SECONDS);
  }
  const { statusCode = 500 } = error;
  if (statusCode < 500) {
    const detail = SENTENCES[error.code] ?? error.message;
    return send(reply, statusCode, 'invalid-request', TITLES['invalid-request'], detail, {});
  }
  fault(`an HTTP request failed: ${error.message}`);
  return send(reply, 500, 'fault', 'The service failed', 'The service failed; the request may be sent again', {});
}

function send(
  reply: FastifyReply,
  status: number,
  code: ProblemCode,
  title: string,
  detail: string,
  more: { readonly txn?: string },
): FastifyReply {
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const body: ProblemBody = { type: `${PROBLEM_TYPE}${code}`, title, status, detail, ...more };
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(body);
}
