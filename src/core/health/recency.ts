/** An entry of a `Recency`; its neighbours are the list's own. */
export interface Recent<T> {
  older: T | undefined;
  newer: T | undefined;
}

/**
 * Entries in the order in which they were last seen. A list through the entries: a `Map` in that order would take longer
 * and longer to find its first entry, since V8 steps over all that were deleted before it.
 */
export class Recency<T extends Recent<T>> {
  #oldest: T | undefined;
  #newest: T | undefined;

  /** The entry that was not seen for longest. */
  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** An entry that is in no list was seen. */
  add(entry: T): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** Takes out an entry of this list. */
  remove(entry: T): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
