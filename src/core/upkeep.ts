import { ATTR_WEBSOCKET_CLOSE_CLASS } from "../semconv.ts";
import type { Connection } from "./connection.ts";
import { contain, reportOnce } from "./contain.ts";
import type { HandshakeFacts } from "./facts.ts";
import { Capacity } from "./health/capacity.ts";
import type { Reconnection } from "./health/reconnections.ts";
import { SlowConsumers } from "./health/slow-consumers.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Signals } from "./signals.ts";

/** RFC 6455 section 7.4.1 and the IANA registry: try again later. */
const TRY_AGAIN_LATER = 1013;
/** Longer identities are cut: what a peer sends must not fill the store. */
const MAX_CLIENT_LENGTH = 256;

/** What one observer keeps up for its connections: heartbeats, slow consumers, capacity, reconnections. */
export class Upkeep {
  readonly slowConsumers: SlowConsumers<Connection>;
  readonly #options: ResolvedOptions;
  readonly #signals: Signals;
  readonly #capacity: Capacity | undefined;
  readonly #clients = new WeakMap<Connection, string>();
  readonly #undo: (() => void)[] = [];
  #frequent = 0;

  constructor(options: ResolvedOptions, signals: Signals) {
    this.#options = options;
    this.#signals = signals;
    this.slowConsumers = new SlowConsumers<Connection>(
      options.slowConsumer,
      (connection, bytes) => this.#slow(connection, bytes),
      () => {},
    );
    const { capacity } = options;
    if (capacity !== undefined) {
      this.#capacity = new Capacity(capacity.limit, capacity.warnAt, (warning) => {
        signals.event("websocket.connection.capacity", {}, undefined);
        contain("capacity.onWarning", () => capacity.onWarning?.(warning));
      });
      this.#undo.push(signals.capacity(this.#capacity));
    }
    if (options.clientId !== undefined) {
      this.#undo.push(signals.frequentReconnectors(() => this.#readFrequent()));
    }
  }

  /** A connection is open. */
  opened(connection: Connection, facts: HandshakeFacts): void {
    const { heartbeat } = this.#options;
    if (connection.role === "server") {
      this.#capacity?.opened();
      contain("reconnections", () => this.#connected(connection, facts));
    }
    this.#tap(connection);
    if (heartbeat !== undefined) {
      const { driver, socket } = connection;
      connection.health.start(heartbeat, {
        ping: (payload) => driver.ping(socket, payload),
        send: (message) => driver.send(socket, message),
        terminate: () => connection.fail("heartbeat_timeout"),
      });
    }
  }

  /** A connection has ended, or is not observed any more (`closeClass` is `undefined`). */
  released(connection: Connection, closeClass: string | undefined): void {
    if (connection.role === "server") this.#capacity?.closed();
    connection.driver.release(connection.socket);
    const client = this.#clients.get(connection);
    if (client === undefined || closeClass === undefined) return;
    this.#ask("disconnected", () => this.#options.reconnections.store.disconnected(client, closeClass, Date.now()));
  }

  /** Stops what goes on without connections. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** Looks at messages on their way to the listeners, only where an option needs it. */
  #tap(connection: Connection): void {
    const { heartbeat, processingTime, sendTime } = this.#options;
    const { driver, socket, role, set } = connection;
    const application = heartbeat?.application;
    if (application !== undefined || processingTime) {
      driver.tap(socket, {
        before: (data) => {
          if (application === undefined) return false;
          const matches = contain("heartbeat.application.match", () => application.match(data)) === true;
          if (matches) connection.health.beatAcknowledged();
          return matches && application.consume;
        },
        after: processingTime
          ? (seconds) => this.#signals.duration(role, "message.processing.duration", seconds, set.attributes)
          : undefined,
      });
    }
    if (sendTime) {
      driver.timeSends(socket, (seconds) => this.#signals.duration(role, "send.duration", seconds, set.attributes));
    }
  }

  #slow(connection: Connection, bufferedAmount: number): void {
    const { policy } = this.#options.slowConsumer;
    this.#signals.event("websocket.connection.slow_consumer", {}, connection.trace);
    if (policy === "close") {
      contain("slowConsumer", () => connection.fail("slow_consumer", TRY_AGAIN_LATER));
    } else if (typeof policy === "function") {
      const { driver, socket } = connection;
      contain("slowConsumer.policy", () =>
        policy({
          bufferedAmount,
          close: (code, reason = "") => driver.close(socket, code, reason),
          terminate: () => driver.terminate(socket),
        }),
      );
    }
  }

  #connected(connection: Connection, facts: HandshakeFacts): void {
    const { clientId, reconnections } = this.#options;
    if (clientId === undefined) return;
    const given: unknown = contain("clientId", () => clientId(facts.request));
    if (given === undefined || given === "") return;
    if (typeof given !== "string") {
      reportOnce("clientId", "expected a string or undefined");
      return;
    }
    const client = given.slice(0, MAX_CLIENT_LENGTH);
    this.#clients.set(connection, client);
    const { store, describeClient } = reconnections;
    if (describeClient !== undefined && connection.trace !== undefined) {
      const description: unknown = contain("reconnections.describeClient", () => describeClient(client));
      if (typeof description === "string") connection.trace.client(description.slice(0, MAX_CLIENT_LENGTH));
    }
    this.#ask(
      "connected",
      () => store.connected(client, Date.now(), reconnections),
      (reconnection) => this.#reconnected(connection, reconnection),
    );
  }

  #reconnected(connection: Connection, reconnection: Reconnection | undefined): void {
    if (reconnection === undefined) return;
    const { delay, previousCloseClass, recent } = reconnection;
    const { attributes } = connection.set;
    this.#signals.count(
      "server",
      "reconnections",
      previousCloseClass === undefined
        ? attributes
        : { ...attributes, [ATTR_WEBSOCKET_CLOSE_CLASS]: previousCloseClass },
    );
    if (previousCloseClass !== undefined) this.#signals.duration("server", "reconnection.delay", delay, attributes);
    if (connection.open) connection.health.reconnections = recent;
  }

  /** The number known now; a store that answers later is known at the next collection. */
  #readFrequent(): number {
    const { store } = this.#options.reconnections;
    this.#ask(
      "frequent",
      () => store.frequent(Date.now()),
      (count) => {
        this.#frequent = count;
      },
    );
    return this.#frequent;
  }

  /** Asks the store. One that fails costs the figures of that time, and is reported once. */
  #ask<T>(what: string, ask: () => T | Promise<T>, then?: (answer: T) => void): void {
    const place = `reconnection store, ${what}`;
    const answer = contain(place, ask);
    if (answer instanceof Promise) {
      answer.then(
        (value) => contain(place, () => then?.(value)),
        (error: unknown) => reportOnce(place, error),
      );
    } else if (answer !== undefined) {
      contain(place, () => then?.(answer));
    }
  }
}
