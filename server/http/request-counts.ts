import type rateLimit from '@fastify/rate-limit';
import type { Clock } from '../../modem/index.ts';
import { Recent } from '../intake/recent.ts';

interface Window {
  readonly count: number;
  /** ms since 1970. */
  readonly endsAt: number;
}

/**
 * Where `@fastify/rate-limit` counts. Its own store gives all requests of one moment the same object, in which each finds the count of
 * the last one: then all are refused, also those within the limit.
 */
export function countsOn(clock: Clock): rateLimit.FastifyRateLimitStoreCtor {
  return class Counts implements rateLimit.FastifyRateLimitStore {
    readonly #windows = new Recent<Window>();

    incr(key: string, tell: (error: null, counted: { current: number; ttl: number }) => void, windowMs: number): void {
      const now = clock.now();
      const known = this.#windows.get(key);
      const window = known === undefined || known.endsAt <= now ? { count: 0, endsAt: now + windowMs } : known;
      const count = window.count + 1;
      this.#windows.set(key, { ...window, count });
      tell(null, { current: count, ttl: window.endsAt - now });
    }

    child(): Counts {
      return new Counts();
    }
  };
}
