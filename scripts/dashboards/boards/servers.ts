// The dashboards of servers.
import {
  ATTR_GEO_CONTINENT_CODE,
  ATTR_WEBSOCKET_CLIENT_PLATFORM,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CONNECTION_AGE_GROUP,
  ATTR_ERROR_TYPE,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION,
  METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL,
} from "../../../src/semconv.ts";
import type { Board, Panel } from "../model.ts";
import { share } from "../promql.ts";
import { server, serverVariables, wholeServer } from "../scopes.ts";
import * as common from "./panels.ts";
import * as queues from "./queues.ts";

const { split } = common;

const openNow: Panel = {
  title: "Open now",
  description: "Connections that are open on all chosen instances.",
  unit: "short",
  queries: [{ expr: server.sum(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS), legend: "open" }],
  kind: "stat",
  width: 6,
};

const fullest: Panel = {
  title: "Capacity in use",
  description: "Share of the configured limit that is in use, on the fullest instance. Has to stay below 0.8.",
  unit: "percentunit",
  queries: [{ expr: wholeServer.max(METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION), legend: "in use" }],
  kind: "stat",
  width: 6,
  max: 1,
  thresholds: { yellow: 0.7, red: 0.8 },
};

const abnormal: Panel = {
  title: "Abnormal closes",
  description: "Share of closes without a close frame (1006). Networks cause some; a jump is yours or a proxy's.",
  unit: "percentunit",
  queries: [
    {
      expr: share(
        server.rate(METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, {
          where: { [ATTR_WEBSOCKET_CLOSE_CLASS]: WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL },
        }),
        server.rate(METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS),
      ),
      legend: "abnormal",
    },
  ],
  kind: "stat",
  width: 6,
  max: 1,
  thresholds: { yellow: 0.05, red: 0.2 },
  spans: { [ATTR_WEBSOCKET_CLOSE_CLASS]: WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL },
};

const capacity: Panel = {
  title: "Connections and limit",
  description: "Open connections of all routes against what the instances are configured to hold.",
  unit: "short",
  queries: [
    { expr: wholeServer.sum(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS), legend: "open" },
    { expr: wholeServer.sum(METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT), legend: "limit" },
  ],
};

const utilization: Panel = {
  title: "Utilization by instance",
  description: "Share of the configured limit that each instance uses.",
  unit: "percentunit",
  queries: split(wholeServer.max(METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION, { by: ["instance"] }), "instance"),
  max: 1,
  thresholds: { yellow: 0.7, red: 0.8 },
};

/** Closes per second by some attributes. */
function closesBy(title: string, description: string, ...by: readonly string[]): Panel {
  const expr = server.rate(METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { by });
  return { title, description, unit: "cps", queries: split(expr, ...by), stacked: true };
}

const optIn = "Only where the application adds it to metrics (metricAttributes).";

const byRegion = closesBy(
  "Closes by region",
  `By continent of the client and class. ${optIn}`,
  ATTR_GEO_CONTINENT_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
);
const byPlatform = closesBy(
  "Closes by platform",
  `By kind of client and class. ${optIn}`,
  ATTR_WEBSOCKET_CLIENT_PLATFORM,
  ATTR_WEBSOCKET_CLOSE_CLASS,
);
const byAge = closesBy(
  "Closes by age",
  "How old connections were when they ended, by class: do old ones end otherwise?",
  ATTR_WEBSOCKET_CONNECTION_AGE_GROUP,
  ATTR_WEBSOCKET_CLOSE_CLASS,
);
const byInitiator: Panel = {
  ...closesBy(
    "Closes by code and initiator",
    "Who closed with which code; none means that the transport broke.",
    ATTR_WEBSOCKET_CLOSE_CODE,
    ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ),
  spans: { [ATTR_WEBSOCKET_CLOSE_INITIATOR]: "${__field.labels.websocket_close_initiator}" },
};
const byError = closesBy("Closes with an error", "By error; without one they ended as agreed.", ATTR_ERROR_TYPE);

const reconnections: Panel = {
  title: "Reconnections",
  description: "Clients that came back per second, by how the connection before had ended.",
  unit: "cps",
  queries: split(
    server.rate(METRIC_WEBSOCKET_SERVER_RECONNECTIONS, { by: [ATTR_WEBSOCKET_CLOSE_CLASS] }),
    ATTR_WEBSOCKET_CLOSE_CLASS,
  ),
  stacked: true,
};

const storm: Panel = {
  title: "Reconnection storm",
  description:
    "Share of handshakes that are reconnections. Near 1 while handshakes rise, everybody comes back at once.",
  unit: "percentunit",
  queries: [
    {
      expr: share(
        server.rate(METRIC_WEBSOCKET_SERVER_RECONNECTIONS),
        server.rate(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION),
      ),
      legend: "reconnections",
    },
  ],
  max: 1,
};

const frequent: Panel = {
  title: "Frequent reconnectors",
  description: "Clients that came back too often within the configured window.",
  unit: "short",
  queries: split(wholeServer.sum(METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS, { by: ["instance"] }), "instance"),
};

export const overview: Board = {
  name: "overview",
  title: "WebSocket / Overview",
  description: "Whether the WebSocket servers do well: start here.",
  variables: serverVariables,
  rows: [
    { title: "Now", panels: [common.handshakeSuccess(server), openNow, abnormal, fullest] },
    {
      title: "Establishment and traffic",
      panels: [common.handshakes(server), common.handshakeDuration(server), queues.active(server)].concat([
        common.messages(server),
        common.bytes(server),
        common.messageSizes(server),
      ]),
    },
    {
      title: "Health",
      panels: [common.closes(server), common.roundTrips(server), common.missedHeartbeats(server)].concat([
        queues.slowConsumers(server),
        common.quality(server),
        common.qualityScores(server),
      ]),
    },
    { title: "Capacity", panels: [capacity, utilization, common.fallbacks(wholeServer)] },
  ],
};

export const connections: Board = {
  name: "connections",
  title: "WebSocket / Connections",
  description: "How long connections live, how and for whom they end, and who comes back.",
  variables: serverVariables,
  rows: [
    { title: "Lifetime", panels: [common.lifetimes(server), common.ages(server), common.oldest(server)] },
    { title: "Closes", panels: [common.closes(server), byInitiator, byError, byRegion, byPlatform, byAge] },
    {
      title: "Reconnections",
      panels: [reconnections, storm, common.reconnectionDelay(server), { ...frequent, width: 24 }],
    },
  ],
};

export const backpressure: Board = {
  name: "backpressure",
  title: "WebSocket / Backpressure",
  description: "What waits to be sent, for whom, and what makes messages late.",
  variables: serverVariables,
  rows: [
    {
      title: "Queues",
      panels: [queues.waiting(server), common.queued(server), queues.longestQueue(server)],
    },
    {
      title: "Slow consumers",
      panels: [
        { ...queues.slowConsumers(server), width: 12 },
        { ...queues.slowShare(server), width: 12 },
      ],
    },
    {
      title: "Where the time goes",
      panels: [common.processing(server), common.sendTime(server), common.latency(server)].concat([
        { ...common.acknowledgements(server), width: 12 },
        { ...common.lostAcknowledgements(server), width: 12 },
      ]),
    },
  ],
};
