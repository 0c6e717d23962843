// Panels that servers and clients have alike. Metrics are named by the server's constant; the scope finds its own.
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CONNECTION_AGE_GROUP,
  ATTR_WEBSOCKET_HEARTBEAT_OUTCOME,
  ATTR_WEBSOCKET_HEARTBEAT_TYPE,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  ATTR_WEBSOCKET_MESSAGE_TYPE,
  ATTR_WEBSOCKET_QUALITY_GRADE,
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY,
  METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX,
  METRIC_WEBSOCKET_SERVER_CONNECTION_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION,
  METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY,
  METRIC_WEBSOCKET_SERVER_FALLBACKS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_HEARTBEATS,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY,
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
  METRIC_WEBSOCKET_SERVER_NETWORK_IO,
  METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY,
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
  ATTR_WEBSOCKET_FALLBACK_TRANSPORT,
  WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED,
} from "../../../src/semconv.ts";
import type { MetricName } from "../../prometheus/names.ts";
import type { Panel, Query, Unit } from "../model.ts";
import { legend, share } from "../promql.ts";
import type { Scope } from "../promql.ts";

/** The status of an accepted handshake, RFC 6455 section 4.2.2. */
const ACCEPTED = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: "101", [ATTR_ERROR_TYPE]: "" };
const FAILED_SPANS = { error: "true" };

/** A query of one series for each value of some attributes. */
export function split(expr: string, ...by: readonly string[]): Query[] {
  return [{ expr, legend: legend(...by) }];
}

export function handshakeSuccess(scope: Scope): Panel {
  const all = scope.rate(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION);
  const accepted = scope.rate(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION, { where: ACCEPTED });
  return {
    title: "Handshake success",
    description: "Share of handshakes that were accepted with status 101. No value while nobody connects.",
    unit: "percentunit",
    queries: [{ expr: share(accepted, all), legend: "accepted" }],
    kind: "stat",
    width: 6,
    max: 1,
    thresholds: { yellow: 0.99, red: 0.95 },
    spans: FAILED_SPANS,
  };
}

export function handshakes(scope: Scope): Panel {
  const by = [ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_ERROR_TYPE];
  return {
    title: "Handshakes",
    description: "Attempts per second, by the status of the answer and by why they failed.",
    unit: "cps",
    queries: split(scope.rate(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION, { by }), ...by),
    stacked: true,
    spans: FAILED_SPANS,
  };
}

export function closes(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_CLOSE_CLASS, ATTR_WEBSOCKET_CLOSE_CODE];
  return {
    title: "Closes by class and code",
    description: "Connections that ended per second. A code that a peer chose freely shows only its class.",
    unit: "cps",
    queries: split(scope.rate(METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { by }), ...by),
    stacked: true,
    spans: { [ATTR_WEBSOCKET_CLOSE_CLASS]: "${__field.labels.websocket_close_class}" },
  };
}

export function messages(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_MESSAGE_DIRECTION, ATTR_WEBSOCKET_MESSAGE_TYPE];
  return {
    title: "Messages",
    description: "Messages per second by direction, as this side sees it, and type.",
    unit: "cps",
    queries: split(scope.rate(METRIC_WEBSOCKET_SERVER_MESSAGES, { by }), ...by),
  };
}

export function bytes(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_MESSAGE_DIRECTION];
  return {
    title: "Bytes",
    description: "Payload as the application sees it, and what is on the wire: framed and, where agreed, compressed.",
    unit: "Bps",
    queries: [
      { expr: scope.rate(METRIC_WEBSOCKET_SERVER_MESSAGE_IO, { by }), legend: `payload ${legend(...by)}` },
      { expr: scope.rate(METRIC_WEBSOCKET_SERVER_NETWORK_IO, { by }), legend: `wire ${legend(...by)}` },
    ],
  };
}

/** Panels that show a histogram by its quantiles. */
function distribution(
  metric: MetricName,
  title: string,
  unit: Unit,
  description: string,
  by: readonly string[] = [],
): (scope: Scope) => Panel {
  return (scope) => ({ title, description, unit, queries: scope.quantiles(metric, { by }) });
}

export const handshakeDuration: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  "Handshake duration",
  "s",
  "How long opening handshakes took, also those that were refused.",
);

export const lifetimes: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION,
  "Lifetime of connections",
  "s",
  "How long the connections that ended had been open. Many at one value are a timeout, such as a proxy's.",
);

export const messageSizes: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
  "Message size",
  "bytes",
  "Payload of messages by direction.",
  [ATTR_WEBSOCKET_MESSAGE_DIRECTION],
);

export const roundTrips: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
  "Heartbeat round trip",
  "s",
  "Time from a ping, or a heartbeat of the application, to its answer.",
  [ATTR_WEBSOCKET_HEARTBEAT_TYPE],
);

export const queued: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_CONNECTION_BUFFERED_AMOUNT,
  "Queue by connection",
  "bytes",
  "How much waits to be sent on a connection, over all open ones at each collection.",
);

export const qualityScores: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY,
  "Quality score",
  "short",
  "Scores from 0 to 100, made of heartbeats, latency and stability. A median of 50 means that half do badly.",
);

export const processing: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
  "Processing time",
  "s",
  "How long message listeners take. Measured where the option processingTime is on.",
);

export const sendTime: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
  "Send time",
  "s",
  "From send() until the transport has the message. Measured where the option sendTime is on.",
);

export const latency: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY,
  "Message latency",
  "s",
  "From end to end, as the application says with recordLatency. The clocks of both ends have to agree.",
);

export const acknowledgements: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  "Time to acknowledgement",
  "s",
  "How long messages waited for the acknowledgement that the application expected.",
);

export const reconnectionDelay: (scope: Scope) => Panel = distribution(
  METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY,
  "Time away",
  "s",
  "From the end of a connection until the same client is back. Many at once and at one value are a storm.",
);

export function lostAcknowledgements(scope: Scope): Panel {
  const all = scope.rate(METRIC_WEBSOCKET_SERVER_ACK_DURATION);
  const lost = scope.rate(METRIC_WEBSOCKET_SERVER_ACK_DURATION, { where: { [ATTR_ERROR_TYPE]: "!" } });
  return {
    title: "Lost acknowledgements",
    description: "Share of expected acknowledgements that never came.",
    unit: "percentunit",
    queries: [{ expr: share(lost, all), legend: "lost" }],
    max: 1,
  };
}

export function missedHeartbeats(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_HEARTBEAT_TYPE];
  const where = { [ATTR_WEBSOCKET_HEARTBEAT_OUTCOME]: WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED };
  const all = scope.rate(METRIC_WEBSOCKET_SERVER_HEARTBEATS, { by });
  return {
    title: "Missed heartbeats",
    description: "Share of heartbeats that nobody answered in time: peers that are gone or hang.",
    unit: "percentunit",
    queries: split(share(scope.rate(METRIC_WEBSOCKET_SERVER_HEARTBEATS, { by, where }), all), ...by),
    max: 1,
  };
}

export function quality(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_QUALITY_GRADE];
  return {
    title: "Connections by quality",
    description: "Open connections that do well (80 and more), fairly (50 and more) and poorly.",
    unit: "short",
    queries: split(scope.sum(METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY, { by }), ...by),
    stacked: true,
  };
}

export function ages(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_CONNECTION_AGE_GROUP];
  return {
    title: "Connections by age",
    description: "Open connections by how long they have been open. Ever more old ones may be a leak.",
    unit: "short",
    queries: split(scope.sum(METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE, { by }), ...by),
    stacked: true,
  };
}

export function oldest(scope: Scope): Panel {
  return {
    title: "Oldest connection",
    description: "Age of the connection that has been open the longest, by instance.",
    unit: "s",
    queries: split(scope.max(METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX, { by: ["instance"] }), "instance"),
  };
}

export function fallbacks(scope: Scope): Panel {
  const by = [ATTR_WEBSOCKET_FALLBACK_TRANSPORT, ATTR_ERROR_TYPE];
  return {
    title: "Fallbacks",
    description: "Times per second that WebSocket was given up for another transport, and why.",
    unit: "cps",
    queries: split(scope.rate(METRIC_WEBSOCKET_SERVER_FALLBACKS, { by }), ...by),
    stacked: true,
  };
}
