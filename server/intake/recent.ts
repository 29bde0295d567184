/** Names that are remembered, of the latest. */
const AT_MOST = 10_000;

/** What is remembered of the names that were used last; the oldest is forgotten. */
export class Recent<T> {
  readonly #values = new Map<string, T>();

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: T): void {
    this.#values.delete(name);
    const [oldest] = this.#values.size < AT_MOST ? [] : this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
    this.#values.set(name, value);
  }
}
