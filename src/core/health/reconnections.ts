/** Who comes back: what is remembered of clients between their connections. */
import { group, integer, positive } from "../validate.ts";
import { Recency } from "./recency.ts";
import type { Recent } from "./recency.ts";

/** What a store knows of a client that connects again. */
export interface Reconnection {
  /** Seconds since its last connection ended; `undefined` where it is not known when that was. */
  readonly delay: number | undefined;
  /** Class of the close of its last connection; `undefined` where that is not known. */
  readonly previousCloseClass: string | undefined;
  /** Reconnections within the window, this one included; counted up to the threshold. */
  readonly recent: number;
}

/** How reconnections are counted. */
export interface ReconnectionRules {
  /** Reconnections within the window from which on a client is a frequent reconnector. */
  readonly threshold: number;
  /** Length of the window in milliseconds. It slides. */
  readonly window: number;
}

/**
 * Remembers clients between connections. Times are milliseconds since the epoch.
 *
 * A client reconnects when it connects and has no other connection open, having had one before. One that connects
 * while another of its connections is open (a second tab) does not: whether the other is alive is not known before it
 * ends, and then there would be no delay to tell. Heartbeats make a server notice sooner that a client is gone.
 *
 * Calls for one client come in the order in which things happened in this process, each after the promise of the one
 * before has settled: a store need not order them. A store that fails loses the reconnection figures of that time and
 * nothing else; one that does not answer is asked for little until it does.
 */
export interface ReconnectionStore {
  /** A client connects. Answers where it reconnects, and `undefined` where it is new or has a connection open. */
  connected(
    client: string,
    now: number,
    rules: ReconnectionRules,
  ): Reconnection | undefined | Promise<Reconnection | undefined>;
  /**
   * A client's connection has ended, or, without a class, goes on unobserved. Answers only where several server
   * instances share the store and the client has reconnected at another one, which was faster to say so.
   */
  disconnected(
    client: string,
    closeClass: string | undefined,
    now: number,
    rules: ReconnectionRules,
  ): Reconnection | void | Promise<Reconnection | void>;
  /** Frequent reconnectors at this time; of those that several server instances share, the ones that came here last. */
  frequent(now: number): number | Promise<number>;
}

/** Options of `MemoryReconnectionStore`. */
export interface MemoryReconnectionStoreOptions {
  /**
   * Clients that are remembered, 1 to 10,000,000; past it those that were not seen for longest are forgotten. About
   * 200 bytes each, 90 more for those that came back more than once within the window.
   * @default 100000
   */
  maxClients?: number | undefined;
  /**
   * How long a client is remembered after its last connection ended, in milliseconds.
   * @default 600000
   */
  ttl?: number | undefined;
}

const MEND = "pass { maxClients: 100000, ttl: 600000 } or leave it out";

interface Client extends Recent<Client> {
  readonly id: string;
  /** Its open connections. */
  open: number;
  /** When it was last seen to connect or disconnect; from the start of the store. */
  seenAt: number;
  /** How its last connection ended; `undefined` while that is open or not known. */
  closeClass: string | undefined;
  /** Its latest reconnection; from the start of the store. */
  reconnectedAt: number | undefined;
  /** Those before it within the window, the latest first; most clients have none. */
  earlier: readonly number[] | undefined;
}

/** Remembers clients in this process's memory: for one server instance. */
export class MemoryReconnectionStore implements ReconnectionStore {
  readonly #clients = new Map<string, Client>();
  readonly #connected = new Recency<Client>();
  readonly #away = new Recency<Client>();
  /** Frequent reconnectors and the time until which they are. */
  readonly #frequent = new Map<string, number>();
  readonly #maxClients: number;
  readonly #ttl: number;
  /** Times are kept as small integers from here on: half the memory of numbers since 1970. */
  #epoch: number | undefined;

  /** @throws TypeError for an option that is wrong */
  constructor(options: MemoryReconnectionStoreOptions = {}) {
    const name = "MemoryReconnectionStore";
    const { maxClients, ttl } = group(name, options, ["maxClients", "ttl"], MEND) ?? {};
    this.#maxClients = integer(`${name}.maxClients`, maxClients, 1, 10_000_000, 100_000);
    this.#ttl = positive(`${name}.ttl`, ttl, "milliseconds", 600_000);
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#clients.size;
  }

  connected(id: string, now: number, { threshold, window }: ReconnectionRules): Reconnection | undefined {
    const at = this.#at(now);
    this.#forgetExpired(at);
    const client = this.#take(id, at);
    const { open, seenAt, closeClass } = client;
    client.open += 1;
    client.seenAt = at;
    client.closeClass = undefined;
    this.#put(client);
    if (open > 0 || closeClass === undefined) return undefined;
    const all = client.reconnectedAt === undefined ? [] : [client.reconnectedAt, ...(client.earlier ?? [])];
    const earlier = all.filter((time) => at - time < window).slice(0, threshold - 1);
    client.reconnectedAt = at;
    client.earlier = earlier.length === 0 ? undefined : earlier;
    const recent = earlier.length + 1;
    if (recent >= threshold) this.#frequent.set(id, (earlier.at(-1) ?? at) + window);
    return { delay: Math.max(0, at - seenAt) / 1000, previousCloseClass: closeClass, recent };
  }

  disconnected(id: string, closeClass: string | undefined, now: number): void {
    const at = this.#at(now);
    this.#forgetExpired(at);
    const client = this.#take(id, at);
    client.open = Math.max(0, client.open - 1);
    client.seenAt = at;
    if (client.open === 0) client.closeClass = closeClass;
    this.#put(client);
  }

  frequent(now: number): number {
    const at = this.#at(now);
    for (const [id, until] of this.#frequent) if (until <= at) this.#frequent.delete(id);
    return this.#frequent.size;
  }

  #at(now: number): number {
    this.#epoch ??= now;
    return now - this.#epoch;
  }

  /** The client, out of its list; a new one where it is not known. */
  #take(id: string, seenAt: number): Client {
    const known = this.#clients.get(id);
    if (known !== undefined) {
      this.#listOf(known).remove(known);
      return known;
    }
    const client: Client = {
      id,
      open: 0,
      seenAt,
      closeClass: undefined,
      reconnectedAt: undefined,
      earlier: undefined,
      older: undefined,
      newer: undefined,
    };
    this.#clients.set(id, client);
    return client;
  }

  #put(client: Client): void {
    this.#listOf(client).add(client);
    if (this.#clients.size <= this.#maxClients) return;
    const connected = this.#connected.oldest;
    const away = this.#away.oldest;
    const oldest =
      connected === undefined || (away !== undefined && away.seenAt <= connected.seenAt) ? away : connected;
    if (oldest !== undefined) this.#forget(oldest);
  }

  #listOf({ open }: Client): Recency<Client> {
    return open > 0 ? this.#connected : this.#away;
  }

  #forgetExpired(at: number): void {
    for (let { oldest } = this.#away; oldest !== undefined && at - oldest.seenAt > this.#ttl; { oldest } = this.#away) {
      this.#forget(oldest);
    }
  }

  #forget(client: Client): void {
    this.#listOf(client).remove(client);
    this.#clients.delete(client.id);
    this.#frequent.delete(client.id);
  }
}
