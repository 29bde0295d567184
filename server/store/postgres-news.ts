import type { Client, Pool } from 'pg';
import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import { type Listeners, TOLD_ELSEWHERE } from './listeners.ts';
import { joined, type Keys, type News } from './transaction.ts';

/** The channel of NOTIFY. */
const CHANNEL = 'cash_mobile';

/** Pause before the connection that listens is made again, ms. */
const AGAIN_AFTER_MS = 1_000;

/** How often the connection that listens is asked something, and how long its answer may take, ms. */
const LOOK_EVERY_MS = 10_000;
const ANSWER_MS = 15_000;

/**
 * Pause after each telegram, ms; what happens meanwhile is told together. Each telegram wakes every process, so without a pause
 * many processes would be busy with nothing but news.
 */
const PAUSE_MS = 200;

/** NOTIFY takes less than this, in octets: instead of a longer list of keys the others are told to look at everything. */
const LONGEST_TELEGRAM = 8_000;

type ToldElsewhere = (typeof TOLD_ELSEWHERE)[number];

/** What one process tells the others. Without keys: something of this topic. */
const Telegram = z.object({
  from: z.string(),
  news: z.array(z.tuple([z.enum(TOLD_ELSEWHERE), z.array(z.tuple([z.number(), z.string()]).readonly()).nullable()])),
});

/**
 * Tells other processes of commits, and hears of theirs, by NOTIFY. It is sent outside of transactions, because it takes a lock
 * of the whole database: the first commit after a pause at once, and all commits of the next pause together. What is lost on the
 * way is found by those who look from time to time.
 */
export class PostgresNews {
  readonly #pool: Pool;
  readonly #connect: () => Client;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  /** Tells this process's own telegrams from others'. */
  readonly #name: string;
  readonly #unsent = new Map<ToldElsewhere, Keys>();
  #sending: Promise<void> | undefined;
  #endPause: () => void = () => {};
  #client: Client | undefined;
  #next: Cancel = () => {};
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
      this.#lookLater(client);
    } catch {
      this.#lost(client);
    }
  }

  /** Other processes hear of this commit. */
  tell(news: News): void {
    for (const topic of TOLD_ELSEWHERE) {
      const keys = news.get(topic);
      if (keys !== undefined) this.#unsent.set(topic, joined(this.#unsent.get(topic) ?? [], keys));
    }
    if (this.#unsent.size > 0) this.#sending ??= this.#sendAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#next();
    this.#endPause();
    await this.#sending;
    await this.#client?.end().catch(() => {});
  }

  /** A telegram that fails twice is lost: then the database is gone, and who comes back looks at everything. */
  async #sendAll(): Promise<void> {
    while (this.#unsent.size > 0) {
      const unsent = [...this.#unsent];
      this.#unsent.clear();
      const send = () =>
        this.#pool.query({
          name: 'notify',
          text: 'SELECT pg_notify($1, $2)',
          values: [CHANNEL, telegramOf(this.#name, unsent)],
        });
      // The second try has another connection.
      await send()
        .catch(send)
        .catch(() => {});
      await this.#pause();
    }
    this.#sending = undefined;
  }

  /** Until {@link PostgresNews.close} at the longest. */
  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(PAUSE_MS, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #heard(payload: string | undefined): void {
    const telegram = Telegram.safeParse(jsonOf(payload)).data;
    if (telegram === undefined || telegram.from === this.#name) return;
    for (const [topic, keys] of telegram.news) this.#listeners.tell(topic, keys ?? undefined);
  }

  /** A connection that a proxy has dropped while nobody said anything hears nothing more, and gets no error. */
  #lookLater(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#next = this.#clock.after(LOOK_EVERY_MS, () => {
      this.#next = this.#clock.after(ANSWER_MS, () => this.#lost(client));
      client.query('SELECT 1').then(
        () => {
          if (this.#client !== client) return;
          this.#next();
          this.#lookLater(client);
        },
        () => this.#lost(client),
      );
    });
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => {});
    this.#next();
    this.#next = this.#clock.after(AGAIN_AFTER_MS, () => void this.listen());
  }
}

/** Of a topic without a key, and of more keys than fit, nobody knows which rows are meant. */
function telegramOf(from: string, unsent: readonly (readonly [ToldElsewhere, Keys])[]): string {
  const written = (news: z.infer<typeof Telegram>['news']) => JSON.stringify({ from, news });
  const full = written(unsent.map(([topic, keys]) => [topic, keys === 'any' ? null : [...keys]]));
  return full.length < LONGEST_TELEGRAM ? full : written(unsent.map(([topic]) => [topic, null]));
}

/** `undefined` for what is no JSON: another program uses the channel. */
function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
