/** Remembers results for the keys asked for last. */
export class Memo {
  readonly #most: number;
  readonly #known = new Map<string, string>();

  /** `most`: keys that are remembered; the one that came first makes room. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  /** The result for a key, computed where it is not remembered. */
  of(key: string, compute: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const computed = compute();
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, computed);
    return computed;
  }
}
