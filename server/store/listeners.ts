import type { NewsKey, Topic, WakeListener } from './store.ts';
import type { News } from './transaction.ts';

/** Of these topics other processes hear. */
export const TOLD_ELSEWHERE: readonly ['outbox', 'journal'] = ['outbox', 'journal'];

/** Of these topics the process hears itself. */
const TOLD_HERE: readonly Topic[] = ['leaving', 'outbox'];

/** Who listens to the topics of a store. */
export class Listeners {
  readonly #listeners = new Map<Topic, Set<WakeListener>>();

  /** @returns what ends it */
  add(topic: Topic, listener: WakeListener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Whether anybody would hear of the topic. */
  has(topic: Topic): boolean {
    return (this.#listeners.get(topic)?.size ?? 0) > 0;
  }

  /** Tells of transactions of this process that were committed together: each topic once. */
  tellHere(committed: readonly News[]): void {
    for (const topic of TOLD_HERE) if (committed.some((news) => news.has(topic))) this.tell(topic, undefined);
  }

  tell(topic: Topic, keys: readonly NewsKey[] | undefined): void {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(keys);
  }
}
