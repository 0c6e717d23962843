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

  /**
   * An acknowledgement is expected. Past the limit the oldest is given up as `overflow`. A key that is still pending
   * is a message that was sent again: its time goes on, with the new deadline.
   */
  expect(key: string, timeout: number, now: number): void {
    const pending = this.#expected.get(key);
    if (pending !== undefined && now <= pending.deadline) {
      this.#expected.set(key, { since: pending.since, deadline: now + timeout });
      return;
    }
    if (pending !== undefined) this.#timeOut(key, pending);
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
    for (const [key, expected] of this.#expected) if (now > expected.deadline) this.#timeOut(key, expected);
  }

  /** The connection is gone, and with it everything that was expected. */
  close(now: number): void {
    this.expire(now);
    for (const { since } of this.#expected.values()) this.#report("closed", now - since);
    this.#expected.clear();
  }

  /** What was waited is the time until the deadline, whenever that is noticed. */
  #timeOut(key: string, { since, deadline }: Expected): void {
    this.#expected.delete(key);
    this.#report("timeout", deadline - since);
  }
}
