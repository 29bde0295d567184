import type { Client, Pool } from 'pg';
import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import { type Listeners, TOLD_ELSEWHERE } from './listeners.ts';
import type { News } from './transaction.ts';

/** The channel of NOTIFY. */
const CHANNEL = 'cash_mobile';

/** Pause before the connection that listens is made again, ms. */
const AGAIN_AFTER_MS = 1_000;

/** NOTIFY takes less than 8,000 octets: with more keys than this the others are told to look at everything. */
const MOST_KEYS = 400;

/** What one process tells the others. Without keys: something of this topic. */
const Telegram = z.object({
  from: z.string(),
  news: z.array(z.tuple([z.enum(TOLD_ELSEWHERE), z.array(z.number()).nullable()])),
});

/**
 * Tells other processes of commits, and hears of theirs, by NOTIFY. It is sent outside of transactions, because it takes a lock
 * of the whole database, and for all commits together that were made while the last one was on its way. What is lost on the way
 * is found by those who look from time to time.
 */
export class PostgresNews {
  readonly #pool: Pool;
  readonly #connect: () => Client;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  /** Tells this process's own telegrams from others'. */
  readonly #name: string;
  readonly #unsent = new Map<(typeof TOLD_ELSEWHERE)[number], number[]>();
  #sending: Promise<void> | undefined;
  #client: Client | undefined;
  #again: Cancel | undefined;
  #closed = false;

  constructor(pool: Pool, connect: () => Client, clock: Clock, listeners: Listeners, name: string) {
    this.#pool = pool;
    this.#connect = connect;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#name = name;
  }

  /** Begins to listen; when the connection is lost, again and again. */
  async listen(): Promise<void> {
    const client = this.#connect();
    this.#client = client;
    client.on('notification', ({ payload }) => this.#heard(payload));
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      for (const topic of TOLD_ELSEWHERE) this.#listeners.tell(topic, undefined);
    } catch {
      this.#lost(client);
    }
  }

  /** Other processes hear of this commit. */
  tell(news: News): void {
    for (const topic of TOLD_ELSEWHERE) {
      const keys = news.get(topic);
      if (keys !== undefined) this.#unsent.set(topic, [...(this.#unsent.get(topic) ?? []), ...keys]);
    }
    if (this.#unsent.size > 0) this.#sending ??= this.#sendAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#again?.();
    await this.#sending;
    await this.#client?.end().catch(() => {});
  }

  /** A telegram that fails is lost: then the database is gone, and who comes back looks at everything. */
  async #sendAll(): Promise<void> {
    while (this.#unsent.size > 0) {
      const news = TOLD_ELSEWHERE.flatMap((topic) => {
        const keys = this.#unsent.get(topic);
        return keys === undefined
          ? []
          : [[topic, keys.length > MOST_KEYS ? null : keys] satisfies z.infer<typeof Telegram>['news'][number]];
      });
      this.#unsent.clear();
      const telegram: z.infer<typeof Telegram> = { from: this.#name, news };
      try {
        await this.#pool.query({
          name: 'notify',
          text: 'SELECT pg_notify($1, $2)',
          values: [CHANNEL, JSON.stringify(telegram)],
        });
      } catch {}
    }
    this.#sending = undefined;
  }

  #heard(payload: string | undefined): void {
    const telegram = Telegram.safeParse(jsonOf(payload)).data;
    if (telegram === undefined || telegram.from === this.#name) return;
    for (const [topic, keys] of telegram.news) this.#listeners.tell(topic, keys ?? undefined);
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => {});
    this.#again = this.#clock.after(AGAIN_AFTER_MS, () => void this.listen());
  }
}

/** `undefined` for what is no JSON: another program uses the channel. */
function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
