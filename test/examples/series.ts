import * as semconv from "../../src/semconv.ts";
import type { PlainAttributes } from "../../src/viewer/otlp.ts";
import { latest, points } from "../support/query.ts";
import type { Collected } from "../support/receiver.ts";

/** What went in one direction: messages and their bytes by type, and the bytes of the frames. */
export interface Traffic {
  readonly text: readonly [messages: number, bytes: number];
  readonly binary?: readonly [messages: number, bytes: number];
  readonly wire: number;
}

/** What the metrics of one end have to say of connections that have all ended alike. */
export interface Told {
  readonly role: "server" | "client";
  /** On every metric. */
  readonly attributes: PlainAttributes;
  /**
   * How many connections there were.
   * @default 1
   */
  readonly connections?: number;
  readonly received: Traffic;
  readonly sent: Traffic;
  readonly closed: { readonly code: number; readonly closeClass: string; readonly initiator: string };
  /**
   * Whether a producer in the reader gives the message sizes.
   * @default true
   */
  readonly sizes?: boolean;
}

/** The newest point of a series: a value, the count of a histogram, or of message sizes the count and the sum. */
export interface Series {
  readonly name: string;
  readonly attributes: PlainAttributes;
  readonly value: number | readonly [count: number, sum: number];
}

const SIZES: ReadonlySet<string> = new Set([
  semconv.METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
  semconv.METRIC_WEBSOCKET_CLIENT_MESSAGE_SIZE,
]);

/** Every series that has arrived, in a fixed order. */
export function seriesOf(telemetry: Collected): Series[] {
  const names = new Set(points(telemetry).map(({ metric }) => metric));
  const found = [...names].flatMap((name) =>
    latest(telemetry, name).map(({ attributes, value, point }): Series => {
      return { name, attributes, value: SIZES.has(name) ? [value, point.sum ?? Number.NaN] : value };
    }),
  );
  return ordered(found);
}

/** Every series that there has to be, in the same order. */
export function expectedSeries(ends: readonly Told[]): Series[] {
  return ordered(ends.flatMap((told) => [...connectionSeries(told), ...trafficSeries(told)]));
}

function connectionSeries({ role, attributes, connections = 1, closed }: Told): Series[] {
  const closeClass = { [semconv.ATTR_WEBSOCKET_CLOSE_CLASS]: closed.closeClass };
  const handshake = { ...attributes, [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 101 };
  const close = {
    ...attributes,
    ...closeClass,
    [semconv.ATTR_WEBSOCKET_CLOSE_CODE]: closed.code,
    [semconv.ATTR_WEBSOCKET_CLOSE_INITIATOR]: closed.initiator,
    [semconv.ATTR_WEBSOCKET_CONNECTION_AGE_GROUP]: "under_1h",
  };
  const duration = { ...attributes, ...closeClass };
  return [
    { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION), attributes: handshake, value: connections },
    { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS), attributes, value: 0 },
    { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS), attributes: close, value: connections },
    { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION), attributes: duration, value: connections },
  ];
}

function trafficSeries({ role, attributes, sizes = true, ...traffic }: Told): Series[] {
  const series: Series[] = [];
  for (const direction of ["received", "sent"] as const) {
    const { text, binary, wire } = traffic[direction];
    const directed = { ...attributes, [semconv.ATTR_WEBSOCKET_MESSAGE_DIRECTION]: direction };
    for (const [type, [messages, bytes]] of Object.entries({ text, ...(binary && { binary }) })) {
      const typed = { ...directed, [semconv.ATTR_WEBSOCKET_MESSAGE_TYPE]: type };
      series.push(
        { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_MESSAGES), attributes: typed, value: messages },
        { name: of(role, semconv.METRIC_WEBSOCKET_SERVER_MESSAGE_IO), attributes: typed, value: bytes },
      );
    }
    const [binaryMessages, binaryBytes] = binary ?? [0, 0];
    const size = [text[0] + binaryMessages, text[1] + binaryBytes] as const;
    series.push({ name: of(role, semconv.METRIC_WEBSOCKET_SERVER_NETWORK_IO), attributes: directed, value: wire });
    if (sizes) {
      series.push({ name: of(role, semconv.METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE), attributes: directed, value: size });
    }
  }
  return series;
}

/** The name of a role's metric, given the server's. */
function of(role: Told["role"], name: string): string {
  return name.replace(".server.", `.${role}.`);
}

function ordered(series: readonly Series[]): Series[] {
  const keyed = series.map((each): [string, Series] => {
    const sorted = Object.entries(each.attributes).sort(([left], [right]) => (left < right ? -1 : 1));
    return [JSON.stringify([each.name, sorted]), each];
  });
  return keyed.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}
