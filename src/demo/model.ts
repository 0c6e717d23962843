import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT,
} from "../semconv.ts";
import type { Metric, NumberDataPoint, PlainAttributes, PlainValue, Span, Telemetry } from "../viewer/otlp.ts";
import { attribute, plainAttributes, pointValue, secondsBetween } from "../viewer/otlp.ts";
import { Series, rate, total } from "./series.ts";

/** Which end of a connection recorded. */
export type Role = "server" | "client";

/** A counter: its value, and how fast it grows per second where that is known. */
export interface Flow {
  total: number;
  perSecond: number | undefined;
}

/** A closed connection's code (absent where the metric does not carry it) and class, and how many there were. */
export interface Closures {
  code: number | undefined;
  closeClass: string;
  count: number;
}

/** What the metrics of one end say. */
export interface RoleModel {
  active: number;
  /** Handshakes by status code, or by error where there was no answer. */
  handshakes: ReadonlyMap<string, number>;
  messages: Record<Direction, Flow>;
  bytes: Record<Direction, Flow>;
  closures: Closures[];
}

/** What a finished span says. */
export interface SpanModel {
  role: Role;
  name: string;
  seconds: number;
  endTimeUnixNano: string;
  /** Absent for a handshake that was not accepted; then `failure` says why. */
  closeCode: number | undefined;
  initiator: string | undefined;
  failure: string | undefined;
  received: number | undefined;
  sent: number | undefined;
}

/** Everything that the table shows. */
export interface TableModel {
  server: RoleModel;
  client: RoleModel;
  /** The last spans of each end, newest first. */
  spans: Record<Role, SpanModel[]>;
  /** Export requests that arrived, and spans in them. */
  exports: number;
  spanCount: number;
}

/** A direction of messages, as the process that recorded sees it. */
export type Direction =
  | typeof WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED
  | typeof WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT;

type Quantity = "active" | "handshakes" | "messages" | "bytes" | "closures";

const quantities: Record<string, readonly [Role, Quantity]> = {
  [METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS]: ["server", "active"],
  [METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS]: ["client", "active"],
  [METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION]: ["server", "handshakes"],
  [METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION]: ["client", "handshakes"],
  [METRIC_WEBSOCKET_SERVER_MESSAGES]: ["server", "messages"],
  [METRIC_WEBSOCKET_CLIENT_MESSAGES]: ["client", "messages"],
  [METRIC_WEBSOCKET_SERVER_MESSAGE_IO]: ["server", "bytes"],
  [METRIC_WEBSOCKET_CLIENT_MESSAGE_IO]: ["client", "bytes"],
  [METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS]: ["server", "closures"],
  [METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS]: ["client", "closures"],
};

/** A series of a quantity that the table shows. */
class KnownSeries extends Series {
  readonly role: Role;
  readonly quantity: Quantity;
  readonly attributes: PlainAttributes;

  constructor([role, quantity]: readonly [Role, Quantity], { attributes, startTimeUnixNano }: Point) {
    super(startTimeUnixNano);
    this.role = role;
    this.quantity = quantity;
    this.attributes = plainAttributes(attributes);
  }
}

type Point = Pick<NumberDataPoint, "attributes" | "startTimeUnixNano">;

const recentSeconds = 5;
const keptSpans = 20;

/** Follows the decoded telemetry of WebSocket servers and clients: newest values of cumulative series, last spans. */
export class TelemetryModel {
  #series = new Map<string, KnownSeries>();
  #spans: Record<Role, SpanModel[]> = { server: [], client: [] };
  #exports = 0;
  #spanCount = 0;

  /** Takes in what one export request carried. */
  add(telemetry: Telemetry): void {
    this.#exports += 1;
    for (const { resource, scopeMetrics } of telemetry.resourceMetrics ?? []) {
      const instance = JSON.stringify(plainAttributes(resource?.attributes ?? []));
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) this.#addMetric(instance, metric);
    }
    for (const { scopeSpans } of telemetry.resourceSpans ?? []) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) this.#addSpan(span);
    }
  }

  /**
   * The state now.
   *
   * @param rates `recent`: over the last few exports; `average`: over everything that was exported
   */
  snapshot(rates: "recent" | "average" = "recent"): TableModel {
    return {
      server: this.#role("server", rates),
      client: this.#role("client", rates),
      spans: { server: [...this.#spans.server], client: [...this.#spans.client] },
      exports: this.#exports,
      spanCount: this.#spanCount,
    };
  }

  #addMetric(instance: string, { name, sum, histogram }: Metric): void {
    const known = quantities[name];
    if (known === undefined) return;
    for (const point of [...(sum?.dataPoints ?? []), ...(histogram?.dataPoints ?? [])]) {
      const key = JSON.stringify([instance, name, point.attributes]);
      const series = this.#series.get(key) ?? new KnownSeries(known, point);
      this.#series.set(key, series);
      series.add(point.timeUnixNano, "count" in point ? Number(point.count) : pointValue(point));
    }
  }

  #addSpan({ name, kind, attributes, startTimeUnixNano, endTimeUnixNano }: Span): void {
    if (attribute(attributes, ATTR_WEBSOCKET_CONNECTION_ID) === undefined) return;
    this.#spanCount += 1;
    const role = kind === 2 ? "server" : "client";
    const plain = plainAttributes(attributes);
    const closeCode = number(plain[ATTR_WEBSOCKET_CLOSE_CODE]);
    const failure = plain[ATTR_ERROR_TYPE] ?? plain[ATTR_HTTP_RESPONSE_STATUS_CODE];
    const list = this.#spans[role];
    list.push({
      role,
      name,
      seconds: secondsBetween(startTimeUnixNano, endTimeUnixNano),
      endTimeUnixNano,
      closeCode,
      initiator: text(plain[ATTR_WEBSOCKET_CLOSE_INITIATOR]),
      failure: closeCode === undefined ? text(failure) : undefined,
      received: number(plain[ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED]),
      sent: number(plain[ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT]),
    });
    list.sort((left, right) => secondsBetween(left.endTimeUnixNano, right.endTimeUnixNano));
    list.length = Math.min(list.length, keptSpans);
  }

  #role(role: Role, rates: "recent" | "average"): RoleModel {
    const mine = [...this.#series.values()].filter((series) => series.role === role);
    const of = (quantity: Quantity): KnownSeries[] => mine.filter((series) => series.quantity === quantity);
    const handshakes = new Map<string, number>();
    for (const { attributes, value } of of("handshakes")) {
      const result = text(attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] ?? attributes[ATTR_ERROR_TYPE]) ?? "unknown";
      handshakes.set(result, (handshakes.get(result) ?? 0) + value);
    }
    return {
      active: total(of("active")),
      handshakes,
      messages: flows(of("messages"), rates),
      bytes: flows(of("bytes"), rates),
      closures: closures(of("closures")),
    };
  }
}

function closures(list: readonly KnownSeries[]): Closures[] {
  const byCode = new Map<string, Closures>();
  for (const { attributes, value } of list) {
    const code = number(attributes[ATTR_WEBSOCKET_CLOSE_CODE]);
    const closeClass = text(attributes[ATTR_WEBSOCKET_CLOSE_CLASS]) ?? "unknown";
    const key = `${code} ${closeClass}`;
    const found = byCode.get(key) ?? { code, closeClass, count: 0 };
    byCode.set(key, { ...found, count: found.count + value });
  }
  return [...byCode.values()];
}

function flows(list: readonly KnownSeries[], rates: "recent" | "average"): Record<Direction, Flow> {
  const flow = (direction: Direction): Flow => {
    const mine = list.filter(({ attributes }) => attributes[ATTR_WEBSOCKET_MESSAGE_DIRECTION] === direction);
    return { total: total(mine), perSecond: rate(mine, list, rates === "average" ? Infinity : recentSeconds) };
  };
  return {
    [WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED]: flow(WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED),
    [WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT]: flow(WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT),
  };
}

function number(value: PlainValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function text(value: PlainValue | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
