/** Acknowledgements of the application's own: delivery confirmation with a timeout. */

/** How an expectation ended. */
export type AckOutcome = "acknowledged" | "timeout" | "overflow" | "closed";

interface Expected {
  readonly since: number;
  readonly deadline: number;
}

/** What is expected on one connection; bounded, and without a timer of its own. Times are seconds. */
export class Acks {
  readonly #expected = new Map<string, Expected>();
  readonly #limit: number;
  readonly #report: (outcome: AckOutcome, seconds: number) => void;

  constructor(limit: number, report: (outcome: AckOutcome, seconds: number) => void) {
    this.#limit = limit;
    this.#report = report;
  }

  /** Expectations that are open. */
  get size(): number {
    return this.#expected.size;
  }

  /** An acknowledgement is expected. Past the limit the oldest is given up as `overflow`; a key used again replaces. */
  expect(key: string, timeout: number, now: number): void {
    this.#expected.delete(key);
    const oldest = this.#expected.entries().next().value;
    if (this.#expected.size >= this.#limit && oldest !== undefined) {
      this.#expected.delete(oldest[0]);
      this.#report("overflow", now - oldest[1].since);
    }
    this.#expected.set(key, { since: now, deadline: now + timeout });
  }

  /** It came. `false` where nothing was expected under this key, or not any more. */
  acknowledge(key: string, now: number): boolean {
    const expected = this.#expected.get(key);
    if (expected === undefined) return false;
    this.#expected.delete(key);
    const late = now > expected.deadline;
    this.#report(late ? "timeout" : "acknowledged", now - expected.since);
    return !late;
  }

  /** Ends what is past its deadline. */
  expire(now: number): void {
    for (const [key, { since, deadline }] of this.#expected) {
      if (now < deadline) continue;
      this.#expected.delete(key);
      this.#report("timeout", now - since);
    }
  }

  /** The connection is gone, and with it everything that was expected. */
  close(now: number): void {
    for (const { since, deadline } of this.#expected.values()) {
      this.#report(now < deadline ? "closed" : "timeout", now - since);
    }
    this.#expected.clear();
  }
}
