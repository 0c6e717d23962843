import {
  ATTR_WEBSOCKET_CAPACITY_ACTIVE_CONNECTIONS,
  ATTR_WEBSOCKET_CAPACITY_LIMIT,
  ATTR_WEBSOCKET_CAPACITY_UTILIZATION,
  ATTR_WEBSOCKET_CONDITION,
  ATTR_WEBSOCKET_CONNECTION_BUFFERED_AMOUNT,
  EVENT_WEBSOCKET_CONNECTION_CAPACITY,
  EVENT_WEBSOCKET_CONNECTION_SLOW_CONSUMER,
  WEBSOCKET_CONDITION_VALUE_BEGUN,
  WEBSOCKET_CONDITION_VALUE_ENDED,
} from "../semconv.ts";
import { Clients } from "./clients.ts";
import type { Connection } from "./connection.ts";
import { contain } from "./contain.ts";
import type { HandshakeFacts } from "./facts.ts";
import { Capacity } from "./health/capacity.ts";
import type { CapacityWarning } from "./health/capacity.ts";
import { SlowConsumers } from "./health/slow-consumers.ts";
import { Messages } from "./messages.ts";
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
  readonly #messages: Messages | undefined;
  readonly #undo: (() => void)[] = [];
  #clients: Clients | undefined;
  #started = false;
  /** Open server connections. */
  #active: number;

  /** `before` is what kept up the connections until the options changed. */
  constructor(options: ResolvedOptions, signals: Signals, before?: Upkeep) {
    this.#options = options;
    this.#signals = signals;
    this.#active = before === undefined ? 0 : before.#active;
    this.slowConsumers = new SlowConsumers<Connection>(
      options.slowConsumer,
      (connection, bytes) => this.#slow(connection, bytes),
      (connection, bytes) => this.#signalSlow(connection, bytes, WEBSOCKET_CONDITION_VALUE_ENDED),
    );
    this.#messages = Messages.for(options, signals);
    const { capacity } = options;
    if (capacity !== undefined) {
      const warn = (warning: CapacityWarning): void => this.#warn(warning, capacity.onWarning);
      this.#capacity = new Capacity(capacity.limit, capacity.warnAt, warn, this.#active);
    }
  }

  /** Begins to report what is reported of servers also without connections. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    if (this.#capacity !== undefined) this.#undo.push(this.#signals.read({ capacity: this.#capacity }));
    const { clientId, reconnections } = this.#options;
    if (clientId !== undefined) {
      const clients = new Clients(this.#signals, clientId, reconnections);
      this.#clients = clients;
      this.#undo.push(() => clients.stop());
    }
  }

  /** A connection is open. */
  opened(connection: Connection, facts: HandshakeFacts, route: string | undefined): void {
    const { heartbeat } = this.#options;
    if (connection.role === "server") {
      this.#active += 1;
      this.#capacity?.opened();
      contain("reconnections", () => this.#clients?.connected(connection, facts.request));
    }
    // Innermost: what a heartbeat consumes gets no span.
    contain("message spans", () => this.#messages?.follow(connection, facts, route));
    contain("messages", () => this.#tap(connection));
    if (heartbeat !== undefined) {
      const { driver, socket } = connection;
      connection.health.start(heartbeat, {
        open: () => driver.open(socket),
        ping: (payload) => driver.ping(socket, payload),
        send: (message) => driver.send(socket, message),
        terminate: () => connection.fail("heartbeat_timeout"),
      });
    }
  }

  /** A connection has ended, or is not observed any more (`closeClass` is `undefined`). */
  released(connection: Connection, closeClass: string | undefined): void {
    if (connection.role === "server") {
      this.#active -= 1;
      this.#capacity?.closed();
    }
    contain("messages", () => connection.driver.release(connection.socket));
    contain("reconnections", () => Clients.released(connection, closeClass));
  }

  /** Stops what goes on without connections; whether it had begun. */
  stop(): boolean {
    const started = this.#started;
    this.#started = false;
    for (const undo of this.#undo.splice(0)) undo();
    return started;
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
          const which: unknown = contain("heartbeat.application.match", () => application.match(data));
          if (which !== true && typeof which !== "number") return false;
          connection.health.beatAcknowledged(which);
          return application.consume;
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
    this.#signalSlow(connection, bufferedAmount, WEBSOCKET_CONDITION_VALUE_BEGUN);
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

  #signalSlow(connection: Connection, bufferedAmount: number, condition: string): void {
    const attributes = {
      [ATTR_WEBSOCKET_CONDITION]: condition,
      [ATTR_WEBSOCKET_CONNECTION_BUFFERED_AMOUNT]: bufferedAmount,
    };
    this.#signals.event(EVENT_WEBSOCKET_CONNECTION_SLOW_CONSUMER, attributes, connection.trace);
  }

  /** Not while connections are only let go of: the server is as full as before. */
  #warn(warning: CapacityWarning, hook: ((warning: CapacityWarning) => void) | undefined): void {
    if (!this.#started) return;
    const { active, limit, utilization, exceeded } = warning;
    const attributes = {
      [ATTR_WEBSOCKET_CONDITION]: exceeded ? WEBSOCKET_CONDITION_VALUE_BEGUN : WEBSOCKET_CONDITION_VALUE_ENDED,
      [ATTR_WEBSOCKET_CAPACITY_ACTIVE_CONNECTIONS]: active,
      [ATTR_WEBSOCKET_CAPACITY_LIMIT]: limit,
      [ATTR_WEBSOCKET_CAPACITY_UTILIZATION]: utilization,
    };
    this.#signals.event(EVENT_WEBSOCKET_CONNECTION_CAPACITY, attributes, undefined);
    contain("capacity.onWarning", () => hook?.(warning));
  }
}
