// Panels about queues and slow consumers, which the backpressure dashboard shows in full and others in part.
import {
  ATTR_ERROR_TYPE,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS,
} from "../../../src/semconv.ts";
import type { Panel } from "../model.ts";
import { share } from "../promql.ts";
import type { Scope } from "../promql.ts";
import { split } from "./panels.ts";

const by = ["instance"];

export function active(scope: Scope): Panel {
  return {
    title: "Open connections",
    description: "Connections that are open, by instance. One that has far more than the others is balanced badly.",
    unit: "short",
    queries: split(scope.sum(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, { by }), ...by),
    stacked: true,
  };
}

export function slowConsumers(scope: Scope): Panel {
  return {
    title: "Slow consumers",
    description: "Open connections whose peer reads more slowly than it is sent to.",
    unit: "short",
    queries: split(scope.sum(METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS, { by }), ...by),
    stacked: true,
    // What the policy "close" ended.
    spans: { [ATTR_ERROR_TYPE]: "slow_consumer" },
  };
}

export function slowShare(scope: Scope): Panel {
  const slow = scope.sum(METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS, { by });
  return {
    title: "Share of slow consumers",
    description: "Slow consumers of all open connections. Where it is high, the network or this process is slow.",
    unit: "percentunit",
    queries: split(share(slow, scope.sum(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, { by })), ...by),
    max: 1,
  };
}

export function waiting(scope: Scope): Panel {
  return {
    title: "Bytes that wait",
    description: "What waits to be sent on all connections, in the memory of the process.",
    unit: "bytes",
    queries: split(scope.sum(METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT, { by }), ...by),
    stacked: true,
  };
}

export function longestQueue(scope: Scope): Panel {
  return {
    title: "Longest queue",
    description: "The most that waits on one connection.",
    unit: "bytes",
    queries: split(scope.max(METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT, { by }), ...by),
  };
}
