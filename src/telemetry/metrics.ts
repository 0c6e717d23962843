import type { Attributes, BatchObservableResult, Counter, Histogram, Meter, Observable } from "@opentelemetry/api";
import { nowSeconds } from "../core/clock.ts";
import type { Role } from "../core/facts.ts";
import { Ledger } from "../core/ledger.ts";
import type { AttributeSet } from "../core/ledger.ts";
import type { Closure, HandshakeOutcome } from "../core/signals.ts";
import { BINARY, RECEIVED, SENT, TEXT, messages, payloadBytes, wireBytes } from "../core/traffic.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  ATTR_WEBSOCKET_MESSAGE_TYPE,
  METRIC_DEFINITIONS,
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_CONNECTION_DURATION,
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
  METRIC_WEBSOCKET_CLIENT_NETWORK_IO,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_NETWORK_IO,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT,
  WEBSOCKET_MESSAGE_TYPE_VALUE_BINARY,
  WEBSOCKET_MESSAGE_TYPE_VALUE_TEXT,
} from "../semconv.ts";
import { initiatorValue } from "./values.ts";

type MetricName = keyof typeof METRIC_DEFINITIONS;

/** Handshakes: what upstream advises for HTTP request durations, which a handshake is. */
const HANDSHAKE_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Lifetimes: one second to seven days. */
const LIFETIME_BOUNDARIES = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 259_200, 604_800];

/** Attributes of the points that an attribute set gives, made once. */
interface PointAttributes {
  readonly received: Attributes;
  readonly sent: Attributes;
  /** Indexed by message type. */
  readonly receivedOf: readonly [Attributes, Attributes];
  readonly sentOf: readonly [Attributes, Attributes];
}

/** The metrics of one role on one meter. */
class RoleMetrics {
  readonly ledger: Ledger;
  readonly #names: RoleNames;
  readonly #points = new WeakMap<AttributeSet, PointAttributes>();
  #handshakeDuration!: Histogram;
  #connectionDuration!: Histogram;
  #closed!: Counter;
  #active!: Observable;
  #messages!: Observable;
  #messageIo!: Observable;
  #networkIo!: Observable;

  constructor(role: Role) {
    this.ledger = new Ledger(role);
    this.#names = NAMES[role];
  }

  /** Makes the instruments; returns those that the batch callback observes. */
  bind(meter: Meter): Observable[] {
    const names = this.#names;
    this.#handshakeDuration = meter.createHistogram(names.handshakeDuration, {
      ...definition(names.handshakeDuration),
      advice: { explicitBucketBoundaries: HANDSHAKE_BOUNDARIES },
    });
    this.#connectionDuration = meter.createHistogram(names.connectionDuration, {
      ...definition(names.connectionDuration),
      advice: { explicitBucketBoundaries: LIFETIME_BOUNDARIES },
    });
    this.#closed = meter.createCounter(names.closed, definition(names.closed));
    this.#active = meter.createObservableUpDownCounter(names.active, definition(names.active));
    this.#messages = meter.createObservableCounter(names.messages, definition(names.messages));
    this.#messageIo = meter.createObservableCounter(names.messageIo, definition(names.messageIo));
    this.#networkIo = meter.createObservableCounter(names.networkIo, definition(names.networkIo));
    return [this.#active, this.#messages, this.#messageIo, this.#networkIo];
  }

  handshake(attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void {
    const { statusCode, errorType } = outcome;
    const point: Attributes = { ...attributes };
    if (statusCode !== undefined) point[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
    if (errorType !== undefined) point[ATTR_ERROR_TYPE] = errorType;
    this.#handshakeDuration.record(seconds, point);
  }

  closed(attributes: Attributes, closure: Closure): void {
    const { closeClass, metricCode, initiator, errorType, duration } = closure;
    this.#connectionDuration.record(duration, { ...attributes, [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass });
    const point: Attributes = {
      ...attributes,
      [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass,
      [ATTR_WEBSOCKET_CLOSE_INITIATOR]: initiatorValue(initiator, this.ledger.role),
    };
    if (metricCode !== undefined) point[ATTR_WEBSOCKET_CLOSE_CODE] = metricCode;
    if (errorType !== undefined) point[ATTR_ERROR_TYPE] = errorType;
    this.#closed.add(1, point);
  }

  /** Reports the counters; a direction or type that was never used gives no series. */
  observe(result: BatchObservableResult): void {
    for (const set of this.ledger.sets()) {
      const { cells } = set;
      const point = this.#pointsOf(set);
      result.observe(this.#active, set.active, set.attributes);
      for (const kind of [TEXT, BINARY] as const) {
        this.#observeMessages(result, cells, RECEIVED, kind, point.receivedOf[kind]);
        this.#observeMessages(result, cells, SENT, kind, point.sentOf[kind]);
      }
      const read = wireBytes(cells, RECEIVED);
      if (read > 0) result.observe(this.#networkIo, read, point.received);
      const written = wireBytes(cells, SENT);
      if (written > 0) result.observe(this.#networkIo, written, point.sent);
    }
  }

  #observeMessages(
    result: BatchObservableResult,
    cells: Float64Array,
    direction: number,
    kind: typeof TEXT | typeof BINARY,
    attributes: Attributes,
  ): void {
    const count = messages(cells, direction, kind);
    if (count === 0) return;
    result.observe(this.#messages, count, attributes);
    result.observe(this.#messageIo, payloadBytes(cells, direction, kind), attributes);
  }

  #pointsOf(set: AttributeSet): PointAttributes {
    const known = this.#points.get(set);
    if (known !== undefined) return known;
    const created = pointAttributes(set.attributes);
    this.#points.set(set, created);
    return created;
  }
}

interface RoleNames {
  readonly handshakeDuration: MetricName;
  readonly connectionDuration: MetricName;
  readonly closed: MetricName;
  readonly active: MetricName;
  readonly messages: MetricName;
  readonly messageIo: MetricName;
  readonly networkIo: MetricName;
}

const NAMES: Record<Role, RoleNames> = {
  server: {
    handshakeDuration: METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
    connectionDuration: METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION,
    closed: METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
    active: METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
    messages: METRIC_WEBSOCKET_SERVER_MESSAGES,
    messageIo: METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
    networkIo: METRIC_WEBSOCKET_SERVER_NETWORK_IO,
  },
  client: {
    handshakeDuration: METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
    connectionDuration: METRIC_WEBSOCKET_CLIENT_CONNECTION_DURATION,
    closed: METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
    active: METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
    messages: METRIC_WEBSOCKET_CLIENT_MESSAGES,
    messageIo: METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
    networkIo: METRIC_WEBSOCKET_CLIENT_NETWORK_IO,
  },
};

function definition(name: MetricName): { unit: string; description: string } {
  const { unit, description } = METRIC_DEFINITIONS[name];
  return { unit, description };
}

function pointAttributes(common: Attributes): PointAttributes {
  const received = { ...common, [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED };
  const sent = { ...common, [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT };
  return { received, sent, receivedOf: byType(received), sentOf: byType(sent) };
}

function byType(directed: Attributes): readonly [Attributes, Attributes] {
  return [
    { ...directed, [ATTR_WEBSOCKET_MESSAGE_TYPE]: WEBSOCKET_MESSAGE_TYPE_VALUE_TEXT },
    { ...directed, [ATTR_WEBSOCKET_MESSAGE_TYPE]: WEBSOCKET_MESSAGE_TYPE_VALUE_BINARY },
  ];
}

/** All metrics of one meter provider: two ledgers, read by one batch callback. */
export class Metrics {
  readonly #roles: Record<Role, RoleMetrics> = { server: new RoleMetrics("server"), client: new RoleMetrics("client") };
  #unbind: (() => void) | undefined;

  /** Moves to another meter; what is counted so far goes on there. */
  bind(meter: Meter): void {
    this.#unbind?.();
    const observables = [...this.#roles.server.bind(meter), ...this.#roles.client.bind(meter)];
    const callback = (result: BatchObservableResult): void => this.#collect(result);
    meter.addBatchObservableCallback(callback, observables);
    this.#unbind = () => meter.removeBatchObservableCallback(callback, observables);
  }

  ledger(role: Role): Ledger {
    return this.#roles[role].ledger;
  }

  handshake(role: Role, attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void {
    this.#roles[role].handshake(attributes, outcome, seconds);
  }

  closed(role: Role, attributes: Attributes, closure: Closure): void {
    this.#roles[role].closed(attributes, closure);
  }

  #collect(result: BatchObservableResult): void {
    const now = nowSeconds();
    for (const metrics of [this.#roles.server, this.#roles.client]) {
      metrics.ledger.sweep(now);
      metrics.observe(result);
    }
  }
}
