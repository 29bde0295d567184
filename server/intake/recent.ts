/** Names that are remembered at least, of the latest; at most twice as many. */
const AT_LEAST = 10_000;

/**
 * What is remembered of the names that were used last. The older half is forgotten at once: in a `Map` from which the oldest name is deleted each
 * time, V8 passes by all names that were deleted before.
 */
export class Recent<T> {
  #latest = new Map<string, T>();
  #before: ReadonlyMap<string, T> = new Map();

  get(name: string): T | undefined {
    return this.#latest.get(name) ?? this.#before.get(name);
  }

  set(name: string, value: T): void {
    if (this.#latest.size === AT_LEAST) {
      this.#before = this.#latest;
      this.#latest = new Map();
    }
    this.#latest.set(name, value);
  }
}
