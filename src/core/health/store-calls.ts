/** Asks a reconnection store, which may answer now, later, never, or fail. */
import { contain, reportOnce } from "../contain.ts";

/** One for all calls: a store that is down is one problem. */
const PLACE = "reconnection store";
/** Calls that may wait for their answer: a server's clients may all be dropped at once. */
const MAX_PENDING = 100_000;
/** Milliseconds without any answer after which a store is called once in as long, until it answers. */
const PATIENCE = 10_000;

/** The calls to one store. Those for one client are made one after the other. */
export class StoreCalls {
  readonly #maxPending: number;
  readonly #patience: number;
  #pending = 0;
  #stalled = false;
  #askedAt = 0;
  #answeredAt = 0;
  /** Counts the times that the store began to answer again. */
  #generation = 0;
  /** The last call that waits, by client. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(maxPending: number = MAX_PENDING, patience: number = PATIENCE) {
    this.#maxPending = maxPending;
    this.#patience = patience;
  }

  /** Calls that wait for an answer. */
  get pending(): number {
    return this.#pending;
  }

  /** Calls the store; `then` gets what it answers. Nothing that the store does reaches the caller. */
  ask<T>(client: string, call: () => T | PromiseLike<T>, then?: (answer: T) => void): void {
    const now = Date.now();
    if (this.#isStalled(now) && now - this.#askedAt < this.#patience) {
      reportOnce(PLACE, `no answer to ${String(this.#pending)} calls`);
      return;
    }
    // What waits for a store that has stalled may wait for ever.
    const before = this.#stalled ? undefined : this.#last.get(client);
    if (before !== undefined) {
      const answer = before.then(() => call());
      this.#wait(client, answer, now, then);
      return;
    }
    contain(PLACE, () => {
      const answer = call();
      if (isPromise(answer)) this.#wait(client, Promise.resolve(answer), now, then);
      else then?.(answer);
    });
  }

  #isStalled(now: number): boolean {
    this.#stalled ||=
      this.#pending >= this.#maxPending || (this.#pending > 0 && now - this.#answeredAt >= this.#patience);
    return this.#stalled;
  }

  #wait<T>(client: string, answer: Promise<T>, now: number, then: ((answer: T) => void) | undefined): void {
    if (this.#pending === 0) this.#answeredAt = now;
    this.#pending += 1;
    this.#askedAt = now;
    const generation = this.#generation;
    const done: Promise<void> = answer
      .then((value) => contain(PLACE, () => then?.(value)))
      .catch((error: unknown) => reportOnce(PLACE, error))
      .finally(() => {
        if (this.#last.get(client) === done) this.#last.delete(client);
        if (generation === this.#generation) this.#answered();
      });
    this.#last.set(client, done);
  }

  #answered(): void {
    this.#answeredAt = Date.now();
    this.#pending -= 1;
    if (!this.#stalled) return;
    // What it was asked before may never be answered, and is not waited for any longer.
    this.#stalled = false;
    this.#pending = 0;
    this.#generation += 1;
    this.#last.clear();
  }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | undefined)?.then === "function";
}
