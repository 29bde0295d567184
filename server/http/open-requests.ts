import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendUnavailable } from './problem.ts';

/** When a client of a service that stops should ask again, seconds: by then the next one runs, or nobody. */
const RETRY_AFTER_SECONDS = 10;

/** The requests that have no answer yet; and the gate before new ones. */
export class OpenRequests {
  readonly #open = new Set<FastifyRequest>();
  #closed = false;
  #whenNone = () => {};

  /** Requests without an answer. */
  get count(): number {
    return this.#open.size;
  }

  /** Counts the requests of this API. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      if (this.#closed) {
        void reply.header('connection', 'close');
        return sendUnavailable(reply, 'stopping', 'The service is being stopped', RETRY_AFTER_SECONDS);
      }
      this.#open.add(request);
    });
    app.addHook('onResponse', async (request) => this.#ended(request));
    app.addHook('onRequestAbort', async (request) => this.#ended(request));
  }

  /** From now on new requests are refused. Resolves when all others have their answer. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenNone = resolve;
    });
  }

  #ended(request: FastifyRequest): void {
    this.#open.delete(request);
    if (this.#open.size === 0) this.#whenNone();
  }
}
