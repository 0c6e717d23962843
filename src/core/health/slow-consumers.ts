/** Peers that read more slowly than they are sent to. */

/** When a connection is a slow consumer. */
export interface SlowConsumerRule {
  /** Bytes that wait to be sent. */
  readonly bytes: number;
  /** Seconds for which they do. */
  readonly duration: number;
}

interface Backlog {
  readonly since: number;
  slow: boolean;
}

/** The connections of one observer whose backlog is over the limit; nothing is kept of the others. */
export class SlowConsumers<C extends object> {
  readonly #rule: SlowConsumerRule;
  readonly #entered: (connection: C, bytes: number) => void;
  readonly #left: (connection: C, bytes: number) => void;
  readonly #backlogs = new Map<C, Backlog>();

  /** `entered` and `left` are called once for each time that a connection becomes slow, and that it recovers. */
  constructor(
    rule: SlowConsumerRule,
    entered: (connection: C, bytes: number) => void,
    left: (connection: C, bytes: number) => void,
  ) {
    this.#rule = rule;
    this.#entered = entered;
    this.#left = left;
  }

  /** Connections whose backlog is watched. */
  get size(): number {
    return this.#backlogs.size;
  }

  /** Looks at a connection with `bytes` waiting; whether it is a slow consumer. */
  check(connection: C, bytes: number, now: number): boolean {
    // Nearly always, for each connection of each sweep.
    if (bytes <= this.#rule.bytes && this.#backlogs.size === 0) return false;
    const backlog = this.#backlogs.get(connection);
    if (bytes <= this.#rule.bytes) {
      if (backlog === undefined) return false;
      this.#backlogs.delete(connection);
      if (backlog.slow) this.#left(connection, bytes);
      return false;
    }
    if (backlog === undefined) {
      this.#backlogs.set(connection, { since: now, slow: false });
      return false;
    }
    if (!backlog.slow && now - backlog.since >= this.#rule.duration) {
      backlog.slow = true;
      this.#entered(connection, bytes);
    }
    return backlog.slow;
  }

  /** The connection has ended. */
  forget(connection: C): void {
    this.#backlogs.delete(connection);
  }
}
