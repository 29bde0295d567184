import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../modem/index.ts';
import { REQUEST_LIMITS, type RequestLimits } from '../gate/http-options.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { countsOn } from './request-counts.ts';

const MINUTE_MS = 60_000;

/** More requests than the limit allows. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
  /** When the next one is answered, seconds from now. */
  readonly afterSeconds: number;

  constructor(what: string, afterSeconds: number) {
    super(`Too many ${what}: the next one is answered in ${afterSeconds} s`);
    this.afterSeconds = afterSeconds;
  }
}

/** Looks at a request before its route does. @throws ServiceError, TooManyRequests */
type Check = (request: FastifyRequest) => Promise<void>;

/** The limits of an API; each may be used by several of its parts, which then count together. */
export interface RateLimits {
  /** For routes without a key. */
  readonly public: Check;
  /** For messages of the hosts of rails. */
  readonly notices: Check;
  /** For routes that look at the key in the body: as many from one address as with one key. */
  readonly forms: Check;
  /**
   * For routes with a key. A wrong key is counted for its address, where good keys go on being good.
   * @param check refuses a wrong key. @param whose requests count together. Default: those with the same key in their header
   */
  key(check: (request: FastifyRequest) => unknown, whose?: (request: FastifyRequest) => string): Check;
}

/** Counts the requests of an API. */
export async function rateLimits(
  app: FastifyInstance,
  clock: Clock,
  given: Partial<RequestLimits> = {},
): Promise<RateLimits> {
  await app.register(rateLimit, { global: false, store: countsOn(clock) });
  const limits = { ...REQUEST_LIMITS, ...given };
  const check = (what: string, max: number, keyGenerator?: (request: FastifyRequest) => string): Check => {
    const count = app.createRateLimit({ max, timeWindow: MINUTE_MS, ...(keyGenerator && { keyGenerator }) });
    return async (request) => {
      const counted = await count(request);
      if (!counted.isAllowed && counted.isExceeded) throw new TooManyRequests(what, counted.ttlInSeconds);
    };
  };
  const sameKey = check('requests with this key', limits.goodKey, digestOfKey);
  const wrongKeys = check('requests with a wrong key', limits.wrongKeys);
  return {
    public: check('requests from this address', limits.public),
    notices: check('messages from this address', limits.notices),
    forms: check('requests from this address', limits.goodKey),
    key: (isRight, whose) => {
      const goodKey = whose === undefined ? sameKey : check('requests of this client', limits.goodKey, whose);
      return async (request) => {
        try {
          await isRight(request);
        } catch (error) {
          // A key that is not for this route (403) is a good one.
          const isWrong = error instanceof ServiceError && error.code === 'unauthorized';
          await (isWrong ? wrongKeys : goodKey)(request);
          throw error;
        }
        await goodKey(request);
      };
    },
  };
}

/** What is kept of a key while its requests are counted: of the key alone, because "Bearer" may be written in any case. */
function digestOfKey({ headers }: FastifyRequest): string {
  const key = headers.authorization?.split(' ').at(-1) ?? '';
  return createHash('sha256').update(key).digest('base64');
}
