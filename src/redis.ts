/**
 * Remembers clients in Redis, for several server instances.
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import type { Reconnection, ReconnectionRules, ReconnectionStore } from "./core/health/reconnections.ts";
import { group, invalid, positive } from "./core/validate.ts";
import { CONNECTED, DISCONNECTED, FREQUENT, RENEW } from "./redis/scripts.ts";
import type { Script } from "./redis/scripts.ts";

/** A client of `ioredis`. */
export interface IoredisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** A client of `redis` (node-redis), from `createClient`. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** Options of `RedisReconnectionStore`. */
export interface RedisReconnectionStoreOptions {
  /**
   * A client of `ioredis` or `redis`, which the application connects, watches for errors and closes. With its offline
   * queue on, what happens while Redis is away is told to it later, with the right times.
   */
  client: IoredisClient | NodeRedisClient;
  /**
   * Begins every key. It becomes the hash tag (`{prefix}:…`), so that a cluster keeps all of them on one node.
   * @default "otel-ws"
   */
  prefix?: string | undefined;
  /**
   * How long a client is remembered after its last connection ended, in milliseconds.
   * @default 600000
   */
  ttl?: number | undefined;
}

/** Milliseconds for which an instance that says nothing is believed to be alive, and between two signs of life. */
const LEASE = 5000;
const RENEWAL = 1500;
/** What is known of open connections is kept for so long, in milliseconds: it must end for those of a dead instance. */
const OPEN_TTL = 86_400_000;

/**
 * Remembers clients in Redis 5 or later, so that a client that comes back to another server instance is known there.
 *
 * Redis never sees an identity: keys hold its SHA-256. Every key has a time to live. What one event changes is changed
 * by one script. Each instance reports the frequent reconnectors that came to it last, so that the sum over the
 * instances is their number.
 *
 * Whoever comes back to an instance before the one that lost the connection has told Redis of its end is counted by the
 * latter. An instance that dies takes the ends of its connections with it: its clients reconnect without a delay and a close
 * class. For five seconds it is believed alive, and who comes to another instance in this time counts as a second
 * connection and not as a reconnection. Delays between instances are as exact as their clocks agree.
 *
 * @example
 * ```ts
 * const store = new RedisReconnectionStore({ client: new Redis("redis://localhost:6379") });
 * observeServer(server, { clientId: userOf, reconnections: { store } });
 * ```
 */
export class RedisReconnectionStore implements ReconnectionStore {
  readonly #send: (args: string[]) => Promise<unknown>;
  readonly #prefix: string;
  readonly #ttl: number;
  readonly #instance: string = randomUUID();
  /** Connections of this instance; while there are some, it gives signs of life. */
  #open = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws TypeError for an option that is wrong */
  constructor(options: RedisReconnectionStoreOptions) {
    const mend = "pass { client } with a client of ioredis or redis";
    const name = "RedisReconnectionStore";
    const given = group(name, options, ["client", "prefix", "ttl"], mend);
    if (given === undefined) throw invalid(name, "an object", options, mend);
    const { prefix = "otel-ws", ttl } = given;
    this.#send = sender(given.client);
    if (typeof prefix !== "string" || prefix === "" || /[{}]/.test(prefix)) {
      throw invalid(`${name}.prefix`, "a non-empty string without braces", prefix, 'leave it out for "otel-ws"');
    }
    this.#prefix = `{${prefix}}:`;
    this.#ttl = Math.ceil(positive(`${name}.ttl`, ttl, "milliseconds", 600_000));
  }

  async connected(client: string, now: number, rules: ReconnectionRules): Promise<Reconnection | undefined> {
    this.#open += 1;
    this.#timer ??= setInterval(() => this.#renew(), RENEWAL).unref();
    return this.#tell(CONNECTED, client, now, rules);
  }

  async disconnected(
    client: string,
    closeClass: string | undefined,
    now: number,
    rules: ReconnectionRules,
  ): Promise<Reconnection | undefined> {
    this.#open = Math.max(0, this.#open - 1);
    if (this.#open === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return this.#tell(DISCONNECTED, client, now, rules, closeClass ?? "", this.#ttl);
  }

  async frequent(now: number): Promise<number> {
    return Number(await this.#run(FREQUENT, [this.#key(`frequent:${this.#instance}`)], [now]));
  }

  #renew(): void {
    // A sign of life that is lost shows in the calls beside it, which report it.
    this.#run(RENEW, [this.#key("instances")], [this.#instance, LEASE]).catch(() => {});
  }

  async #tell(
    script: Script,
    client: string,
    now: number,
    { threshold, window }: ReconnectionRules,
    ...more: (string | number)[]
  ): Promise<Reconnection | undefined> {
    const name = hash(client);
    const keys = [this.#key(`client:${name}`), this.#key("instances")];
    const args = [now, this.#instance, LEASE, OPEN_TTL, name, this.#prefix, threshold, Math.ceil(window), ...more];
    const answer = await this.#run(script, keys, args);
    if (!Array.isArray(answer)) return undefined;
    const [delay, previousCloseClass, recent] = answer.map(String) as [string, string, string];
    return {
      delay: delay === "" ? undefined : Number(delay) / 1000,
      previousCloseClass: previousCloseClass === "" ? undefined : previousCloseClass,
      recent: Number(recent),
    };
  }

  #key(name: string): string {
    return this.#prefix + name;
  }

  /** By its digest; where Redis does not know the script (any more), by its text. */
  async #run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await this.#send(["EVALSHA", script.sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await this.#send(["EVAL", script.text, ...rest]);
    }
  }
}

function sender(client: RedisReconnectionStoreOptions["client"]): (args: string[]) => Promise<unknown> {
  // ioredis has a `sendCommand` too, for objects of its own: `call` decides.
  const given = client as Partial<IoredisClient & NodeRedisClient> | undefined | null;
  if (typeof given?.call === "function") return ([command, ...args]) => given.call!(command!, ...args);
  if (typeof given?.sendCommand === "function") return (args) => given.sendCommand!(args);
  throw invalid(
    "RedisReconnectionStore.client",
    "a client with call() (ioredis) or sendCommand() (redis)",
    client,
    "pass new Redis(url) of ioredis or createClient({ url }) of redis",
  );
}

function hash(client: string): string {
  return createHash("sha256").update(client).digest("hex");
}
