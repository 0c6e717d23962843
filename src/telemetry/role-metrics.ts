import type { Attributes, BatchObservableResult, Meter, Observable } from "@opentelemetry/api";
import type { Role } from "../core/facts.ts";
import { Ledger } from "../core/ledger.ts";
import type { AttributeSet } from "../core/ledger.ts";
import type { Closure, CountName, DurationName, HandshakeOutcome, ServerReading } from "../core/signals.ts";
import { BINARY, RECEIVED, SENT, TEXT, messages, payloadBytes, wireBytes } from "../core/traffic.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CONNECTION_AGE_GROUP,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  ATTR_WEBSOCKET_MESSAGE_TYPE,
  ATTR_WEBSOCKET_QUALITY_GRADE,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT,
  WEBSOCKET_MESSAGE_TYPE_VALUE_BINARY,
  WEBSOCKET_MESSAGE_TYPE_VALUE_TEXT,
} from "../semconv.ts";
import { Instruments } from "./instruments.ts";
import { initiatorValue } from "./values.ts";

/** Attributes of the points that an attribute set gives, made once. */
interface PointAttributes {
  readonly received: Attributes;
  readonly sent: Attributes;
  /** Indexed by message type. */
  readonly receivedOf: readonly [Attributes, Attributes];
  readonly sentOf: readonly [Attributes, Attributes];
}

/** The metrics of one role on one meter. */
export class RoleMetrics {
  readonly ledger: Ledger;
  readonly readings: Set<ServerReading> = new Set();
  readonly #points = new WeakMap<AttributeSet, PointAttributes>();
  #instruments!: Instruments;

  constructor(role: Role) {
    this.ledger = new Ledger(role);
  }

  /** Makes the instruments; returns those that the batch callback observes. */
  bind(meter: Meter): Observable[] {
    this.#instruments = new Instruments(this.ledger.role, meter);
    return this.#instruments.observables;
  }

  handshake(attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void {
    const { statusCode, errorType } = outcome;
    const point: Attributes = { ...attributes };
    if (statusCode !== undefined) point[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
    if (errorType !== undefined) point[ATTR_ERROR_TYPE] = errorType;
    this.duration("handshake.duration", seconds, point);
  }

  closed(attributes: Attributes, closure: Closure): void {
    const { closeClass, metricCode, initiator, errorType, duration, ageGroup } = closure;
    this.duration("connection.duration", duration, { ...attributes, [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass });
    const point: Attributes = {
      ...attributes,
      [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass,
      [ATTR_WEBSOCKET_CLOSE_INITIATOR]: initiatorValue(initiator, this.ledger.role),
      [ATTR_WEBSOCKET_CONNECTION_AGE_GROUP]: ageGroup,
    };
    if (metricCode !== undefined) point[ATTR_WEBSOCKET_CLOSE_CODE] = metricCode;
    if (errorType !== undefined) point[ATTR_ERROR_TYPE] = errorType;
    this.#instruments.counter("closed_connections").add(1, point);
  }

  duration(
    name: DurationName | "handshake.duration" | "connection.duration",
    seconds: number,
    point: Attributes,
  ): void {
    this.#instruments.histogram(name).record(seconds, point);
  }

  count(name: CountName, attributes: Attributes): void {
    this.#instruments.counter(name).add(1, attributes);
  }

  /** Reports the counters; a direction or type that was never used gives no series. */
  observe(result: BatchObservableResult): void {
    for (const set of this.ledger.sets()) {
      this.#observeTraffic(result, set);
      this.#observeSwept(result, set);
    }
    this.#observeReadings(result);
  }

  #observeTraffic(result: BatchObservableResult, set: AttributeSet): void {
    const { cells } = set;
    const point = this.#pointsOf(set);
    result.observe(this.#instruments.observable("active_connections"), set.active, set.attributes);
    for (const kind of [TEXT, BINARY] as const) {
      this.#observeMessages(result, cells, RECEIVED, kind, point.receivedOf[kind]);
      this.#observeMessages(result, cells, SENT, kind, point.sentOf[kind]);
    }
    const networkIo = this.#instruments.observable("network.io");
    const read = wireBytes(cells, RECEIVED);
    if (read > 0) result.observe(networkIo, read, point.received);
    const written = wireBytes(cells, SENT);
    if (written > 0) result.observe(networkIo, written, point.sent);
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
    result.observe(this.#instruments.observable("messages"), count, attributes);
    result.observe(this.#instruments.observable("message.io"), payloadBytes(cells, direction, kind), attributes);
  }

  #observeSwept(result: BatchObservableResult, { swept, attributes }: AttributeSet): void {
    const instruments = this.#instruments;
    if (swept.buffers) {
      result.observe(instruments.observable("buffered_amount"), swept.bufferedAmount, attributes);
      result.observe(instruments.observable("connection.max_buffered_amount"), swept.maxBufferedAmount, attributes);
      result.observe(instruments.observable("slow_consumers"), swept.slowConsumers, attributes);
    }
    if (swept.byAge.size > 0) result.observe(instruments.observable("connection.age.max"), swept.maxAge, attributes);
    for (const [group, count] of swept.byAge) {
      const point = { ...attributes, [ATTR_WEBSOCKET_CONNECTION_AGE_GROUP]: group };
      result.observe(instruments.observable("connections.by_age"), count, point);
    }
    for (const [grade, count] of swept.byGrade) {
      const point = { ...attributes, [ATTR_WEBSOCKET_QUALITY_GRADE]: grade };
      result.observe(instruments.observable("connections.by_quality"), count, point);
    }
  }

  /** Limits add up, and so do clients: two servers with a capacity each are one instance with both. */
  #observeReadings(result: BatchObservableResult): void {
    let limits = 0;
    let active = 0;
    let clients: number | undefined;
    for (const { capacity, frequentReconnectors } of this.readings) {
      const limit = capacity?.limit;
      if (capacity !== undefined && limit !== undefined) {
        limits += limit;
        active += capacity.active;
      }
      if (frequentReconnectors !== undefined) clients = (clients ?? 0) + frequentReconnectors();
    }
    if (clients !== undefined) result.observe(this.#instruments.observable("frequent_reconnectors"), clients);
    if (limits === 0) return;
    result.observe(this.#instruments.observable("connection.limit"), limits);
    result.observe(this.#instruments.observable("connection.utilization"), active / limits);
  }

  #pointsOf(set: AttributeSet): PointAttributes {
    const known = this.#points.get(set);
    if (known !== undefined) return known;
    const created = pointAttributes(set.attributes);
    this.#points.set(set, created);
    return created;
  }
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
