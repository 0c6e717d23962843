import { Clients } from "./clients.ts";
import type { Connection } from "./connection.ts";
import { contain } from "./contain.ts";
import type { HandshakeFacts } from "./facts.ts";
import { Capacity } from "./health/capacity.ts";
import { SlowConsumers } from "./health/slow-consumers.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Signals } from "./signals.ts";

/** RFC 6455 section 7.4.1 and the IANA registry: try again later. */
const TRY_AGAIN_LATER = 1013;

/** What one observer keeps up for its connections: heartbeats, slow consumers, capacity, reconnections. */
export class Upkeep {
  readonly slowConsumers: SlowConsumers<Connection>;
  readonly #options: ResolvedOptions;
  readonly #signals: Signals;
  readonly #capacity: Capacity | undefined;
  readonly #clients: Clients | undefined;
  readonly #undo: (() => void)[] = [];

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
    const { clientId, reconnections } = options;
    if (clientId !== undefined) {
      const clients = new Clients(signals, clientId, reconnections);
      this.#clients = clients;
      this.#undo.push(() => clients.stop());
    }
  }

  /** A connection is open. */
  opened(connection: Connection, facts: HandshakeFacts): void {
    const { heartbeat } = this.#options;
    if (connection.role === "server") {
      this.#capacity?.opened();
      contain("reconnections", () => this.#clients?.connected(connection, facts.request));
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
    contain("reconnections", () => Clients.released(connection, closeClass));
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
}
