/** Who comes back: what is remembered of clients between their connections. */

/** What a store knows of a client that connects again. */
export interface Reconnection {
  /** Seconds since its last connection ended; 0 where that has not ended yet. */
  readonly delay: number;
  /** Class of the close of its last connection; `undefined` where that has not ended yet. */
  readonly previousCloseClass: string | undefined;
  /** Reconnections within the window, this one included. */
  readonly recent: number;
}

/** How reconnections are counted. */
export interface ReconnectionRules {
  /** Reconnections within the window from which on a client is a frequent reconnector. */
  readonly threshold: number;
  /** Length of the window in milliseconds. */
  readonly window: number;
}

/**
 * Remembers clients between connections. Times are milliseconds since the epoch. A store that answers later gives
 * promises; one that fails loses the reconnection figures of that time and nothing else.
 */
export interface ReconnectionStore {
  /** A client connects; `undefined` where it is not known. */
  connected(
    client: string,
    now: number,
    rules: ReconnectionRules,
  ): Reconnection | undefined | Promise<Reconnection | undefined>;
  /** A client's connection has ended. */
  disconnected(client: string, closeClass: string, now: number): void | Promise<void>;
  /** Frequent reconnectors at this time. */
  frequent(now: number): number | Promise<number>;
}

/** Options of `MemoryReconnectionStore`. */
export interface MemoryReconnectionStoreOptions {
  /**
   * Clients that are remembered; past it those that were not seen for longest are forgotten. About 170 bytes each.
   * @default 100000
   */
  maxClients?: number;
  /**
   * How long a client is remembered after its last connection ended, in milliseconds.
   * @default 600000
   */
  ttl?: number;
}

interface Client {
  /** When its last connection ended; 0 while the first is open. */
  endedAt: number;
  closeClass: string | undefined;
  windowStart: number;
  recent: number;
}

/** Remembers clients in this process's memory: for one server instance. */
export class MemoryReconnectionStore implements ReconnectionStore {
  /** In the order in which they were last seen: the first is the one to forget. */
  readonly #clients = new Map<string, Client>();
  /** Frequent reconnectors and the time until which they are. */
  readonly #frequent = new Map<string, number>();
  readonly #maxClients: number;
  readonly #ttl: number;

  constructor({ maxClients = 100_000, ttl = 600_000 }: MemoryReconnectionStoreOptions = {}) {
    this.#maxClients = maxClients;
    this.#ttl = ttl;
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#clients.size;
  }

  connected(id: string, now: number, { threshold, window }: ReconnectionRules): Reconnection | undefined {
    const known = this.#clients.get(id);
    if (known === undefined || (known.endedAt > 0 && now - known.endedAt > this.#ttl)) {
      this.#remember(id, { endedAt: 0, closeClass: undefined, windowStart: now, recent: 0 });
      return undefined;
    }
    if (now - known.windowStart > window) {
      known.windowStart = now;
      known.recent = 0;
    }
    known.recent += 1;
    if (known.recent >= threshold) this.#frequent.set(id, known.windowStart + window);
    this.#remember(id, known);
    return {
      delay: known.endedAt === 0 ? 0 : Math.max(0, now - known.endedAt) / 1000,
      previousCloseClass: known.closeClass,
      recent: known.recent,
    };
  }

  disconnected(id: string, closeClass: string, now: number): void {
    const known = this.#clients.get(id) ?? { endedAt: 0, closeClass, windowStart: now, recent: 0 };
    known.endedAt = now;
    known.closeClass = closeClass;
    this.#remember(id, known);
  }

  frequent(now: number): number {
    for (const [id, until] of this.#frequent) if (until < now) this.#frequent.delete(id);
    return this.#frequent.size;
  }

  #remember(id: string, client: Client): void {
    this.#clients.delete(id);
    this.#clients.set(id, client);
    if (this.#clients.size <= this.#maxClients) return;
    const oldest = this.#clients.keys().next().value as string;
    this.#clients.delete(oldest);
    this.#frequent.delete(oldest);
  }
}
