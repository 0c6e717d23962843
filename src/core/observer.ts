import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
  ATTR_WEBSOCKET_SUBPROTOCOL,
} from "../semconv.ts";
import { OTHER, boundedAttributes, boundedSubprotocol } from "./bounded.ts";
import { nowSeconds } from "./clock.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOwner } from "./connection.ts";
import { contain, reportOnce } from "./contain.ts";
import type { HandshakeFacts, OpenedFacts, Role } from "./facts.ts";
import type { SlowConsumers } from "./health/slow-consumers.ts";
import type { AttributeSet } from "./ledger.ts";
import type { ResolvedOptions, TraceCarrier } from "./options.ts";
import type { ConnectionTrace, HandshakeOutcome, Signals } from "./signals.ts";
import { Upkeep } from "./upkeep.ts";

const SWITCHING_PROTOCOLS = 101;

/** Turns the facts that an adapter reports into telemetry, for connections that share one set of options. */
export class Observer implements ConnectionOwner {
  readonly signals: Signals;
  readonly #common: Attributes;
  #options: ResolvedOptions;
  #upkeep: Upkeep;

  /** `common` stands on all spans and metrics of the connections, such as that they are a synthetic check's. */
  constructor(options: ResolvedOptions, signals: Signals, common: Attributes = {}) {
    this.#options = options;
    this.#common = common;
    this.signals = signals;
    this.#upkeep = new Upkeep(options, signals);
  }

  get options(): ResolvedOptions {
    return this.#options;
  }

  get slowConsumers(): SlowConsumers<Connection> {
    return this.#upkeep.slowConsumers;
  }

  /** Other options for connections from now on. */
  configure(options: ResolvedOptions): void {
    const before = this.#upkeep;
    const started = before.stop();
    this.#options = options;
    this.#upkeep = new Upkeep(options, this.signals, before);
    if (started) this.#upkeep.start();
  }

  /** Begins to report what is reported of servers also without connections. */
  startServers(): void {
    this.#upkeep.start();
  }

  /** An opening handshake begins (RFC 6455 section 4). */
  begin(facts: HandshakeFacts): Handshake {
    this.signals.refresh();
    const attributes = this.#attributes(facts);
    const route = attributes[ATTR_HTTP_ROUTE] as string | undefined;
    const trace = this.signals.trace(facts, route, this.#common, () => this.#carrier(facts));
    return new Handshake(this, facts, attributes, trace);
  }

  /** A connection that was open before it was observed: no handshake is counted and no hook is asked. */
  adopt(facts: HandshakeFacts, opened: OpenedFacts): Connection {
    this.signals.refresh();
    const attributes: Attributes = { ...this.#common, [ATTR_URL_SCHEME]: facts.scheme };
    if (facts.configuredPath !== undefined) attributes[ATTR_HTTP_ROUTE] = facts.configuredPath;
    const trace = this.signals.trace(facts, facts.configuredPath, this.#common);
    trace.opened(opened, {});
    const set = this.setFor(facts.role, withSubprotocol(attributes, opened, this.options));
    return this.open(facts, set, trace, opened, facts.configuredPath);
  }

  /** The attribute set of a connection or handshake. */
  setFor(role: Role, attributes: Attributes): AttributeSet {
    return this.signals.ledger(role).setFor(attributes, this.options.maxAttributeSets);
  }

  /** A connection is open. */
  open(
    facts: HandshakeFacts,
    set: AttributeSet,
    trace: ConnectionTrace,
    opened: OpenedFacts,
    route: string | undefined,
  ): Connection {
    const connection = new Connection(this, facts.role, set, trace, opened);
    contain("upkeep", () => this.#upkeep.opened(connection, facts, route));
    return connection;
  }

  released(connection: Connection, closeClass: string | undefined): void {
    this.#upkeep.released(connection, closeClass);
  }

  /** Lets go of the connections that are open; they go on unobserved. */
  stop(): void {
    this.#upkeep.stop();
    this.signals.ledger("server").abandon(this);
    this.signals.ledger("client").abandon(this);
  }

  /**
   * The process is about to end: reports up to `most` open connections as closed by that (`error.type` `shutdown`). They
   * go on unobserved. How many they were.
   */
  shutDown(most: number): number {
    const servers = this.signals.ledger("server").shutDown(this, most);
    return servers + this.signals.ledger("client").shutDown(this, most - servers);
  }

  #attributes(facts: HandshakeFacts): Attributes {
    const attributes: Attributes = { ...this.#common, [ATTR_URL_SCHEME]: facts.scheme };
    if (facts.role === "server") {
      const route = this.#route(facts);
      if (route !== undefined) attributes[ATTR_HTTP_ROUTE] = route;
    } else {
      if (facts.serverAddress !== undefined) attributes[ATTR_SERVER_ADDRESS] = facts.serverAddress;
      if (facts.serverPort !== undefined) attributes[ATTR_SERVER_PORT] = facts.serverPort;
    }
    const { metricAttributes } = this.options;
    if (metricAttributes !== undefined) {
      const given = contain("metricAttributes", () => metricAttributes(facts.request));
      Object.assign(attributes, boundedAttributes(given));
    }
    return attributes;
  }

  #route(facts: HandshakeFacts): string | undefined {
    const { route } = this.options;
    if (route === undefined) return facts.configuredPath;
    const given: unknown = contain("route", () => route(facts.request));
    if (given === undefined) return undefined;
    if (typeof given === "string" && given !== "") return given.slice(0, 256);
    reportOnce("route", "expected a non-empty string or undefined");
    return undefined;
  }

  #carrier(facts: HandshakeFacts): TraceCarrier | undefined {
    const { traceContext } = this.options;
    if (traceContext === undefined) return undefined;
    const given: unknown = contain("traceContext", () => traceContext(facts.request));
    if (given === undefined) return undefined;
    if (typeof given === "object" && given !== null && !(given instanceof Promise)) return given as TraceCarrier;
    reportOnce("traceContext", "expected an object such as { traceparent }, or undefined");
    return undefined;
  }
}

/** An opening handshake that is under way. Ends exactly once; later calls do nothing. */
export class Handshake {
  readonly #observer: Observer;
  readonly #facts: HandshakeFacts;
  readonly #attributes: Attributes;
  readonly #trace: ConnectionTrace;
  readonly #startedAt: number;
  #ended = false;

  constructor(observer: Observer, facts: HandshakeFacts, attributes: Attributes, trace: ConnectionTrace) {
    this.#observer = observer;
    this.#facts = facts;
    this.#attributes = attributes;
    this.#trace = trace;
    this.#startedAt = nowSeconds();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Client: hands the header fields that carry the trace context to `set`. */
  inject(set: (name: string, value: string) => void): void {
    this.#trace.inject(set);
  }

  /** The server answered, or was answered, with 101: the connection is open. */
  accepted(facts: OpenedFacts): Connection | undefined {
    if (this.#ended) return undefined;
    const attributes = withSubprotocol(this.#attributes, facts, this.#observer.options);
    const set = this.#end(attributes, { statusCode: SWITCHING_PROTOCOLS });
    this.#trace.opened(facts, { statusCode: SWITCHING_PROTOCOLS });
    const route = this.#attributes[ATTR_HTTP_ROUTE] as string | undefined;
    return this.#observer.open(this.#facts, set, this.#trace, facts, route);
  }

  /** The server answered, or was answered, with another status. */
  refused(statusCode: number): void {
    const known = Number.isInteger(statusCode) && statusCode >= 100 && statusCode <= 599;
    this.#reject({ statusCode: known ? statusCode : undefined, errorType: known ? String(statusCode) : OTHER });
  }

  /** No answer: the transport failed, or one side gave up. `errorType` is bounded by the adapter. */
  failed(errorType: string): void {
    this.#reject({ errorType });
  }

  #reject(outcome: HandshakeOutcome): void {
    if (this.#ended) return;
    this.#end(this.#attributes, outcome);
    this.#trace.rejected(outcome);
  }

  #end(attributes: Attributes, outcome: HandshakeOutcome): AttributeSet {
    this.#ended = true;
    const { role } = this.#facts;
    const set = this.#observer.setFor(role, attributes);
    this.#observer.signals.handshake(role, set.attributes, outcome, nowSeconds() - this.#startedAt);
    return set;
  }
}

function withSubprotocol(attributes: Attributes, facts: OpenedFacts, options: ResolvedOptions): Attributes {
  const subprotocol = boundedSubprotocol(facts.subprotocol, options.subprotocols);
  return subprotocol === undefined ? attributes : { ...attributes, [ATTR_WEBSOCKET_SUBPROTOCOL]: subprotocol };
}
