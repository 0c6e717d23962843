// The dashboards of synthetic checks and of clients.
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_WEBSOCKET_PROBE_LOCATION,
  ATTR_WEBSOCKET_PROBE_NAME,
  ATTR_WEBSOCKET_PROBE_PHASE,
  ATTR_WEBSOCKET_PROBE_RESULT,
  ATTR_WEBSOCKET_RECONNECTION_OUTCOME,
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_RECONNECTIONS,
  METRIC_WEBSOCKET_PROBE_DURATION,
  METRIC_WEBSOCKET_PROBE_RUNS,
  METRIC_WEBSOCKET_PROBE_TLS_EXPIRY,
  METRIC_WEBSOCKET_PROBE_UP,
  WEBSOCKET_PROBE_PHASE_VALUE_MESSAGE,
  WEBSOCKET_PROBE_RESULT_VALUE_UP,
} from "../../../src/semconv.ts";
import type { Board, Panel } from "../model.ts";
import { legend, share } from "../promql.ts";
import { checkVariables, checks, client, clientVariables, wholeClient } from "../scopes.ts";
import * as common from "./panels.ts";
import * as queues from "./queues.ts";

const { split } = common;
const target = [ATTR_WEBSOCKET_PROBE_NAME, ATTR_WEBSOCKET_PROBE_LOCATION];
const FAILED_SPANS = { error: "true" };

const up: Panel = {
  title: "Up",
  description: "1 where the last run succeeded or was slower than it should be, 0 where it failed.",
  unit: "short",
  queries: split(checks.min(METRIC_WEBSOCKET_PROBE_UP, { by: target }), ...target),
  kind: "stat",
  width: 12,
  max: 1,
  thresholds: { yellow: 1, red: 0.5 },
  spans: FAILED_SPANS,
};

const expiry: Panel = {
  title: "Certificates expire in",
  description: "Time until the server's certificate expires; wss only. Renew it before it is red, at a week.",
  unit: "s",
  queries: split(
    checks.min(METRIC_WEBSOCKET_PROBE_TLS_EXPIRY, { by: [ATTR_WEBSOCKET_PROBE_NAME] }),
    ATTR_WEBSOCKET_PROBE_NAME,
  ),
  kind: "stat",
  width: 12,
  thresholds: { yellow: 1_814_400, red: 604_800 },
};

const availability: Panel = {
  title: "Availability by location",
  description: "Share of runs that were up. Low at one place only, it is the network from there.",
  unit: "percentunit",
  queries: split(
    share(
      checks.rate(METRIC_WEBSOCKET_PROBE_RUNS, {
        by: [ATTR_WEBSOCKET_PROBE_LOCATION],
        where: { [ATTR_WEBSOCKET_PROBE_RESULT]: WEBSOCKET_PROBE_RESULT_VALUE_UP },
      }),
      checks.rate(METRIC_WEBSOCKET_PROBE_RUNS, { by: [ATTR_WEBSOCKET_PROBE_LOCATION] }),
    ),
    ATTR_WEBSOCKET_PROBE_LOCATION,
  ),
  max: 1,
};

const results: Panel = {
  title: "Runs",
  description: "Runs per second by result, and why they were not up.",
  unit: "cps",
  queries: split(
    checks.rate(METRIC_WEBSOCKET_PROBE_RUNS, { by: [ATTR_WEBSOCKET_PROBE_RESULT, ATTR_ERROR_TYPE] }),
    ATTR_WEBSOCKET_PROBE_RESULT,
    ATTR_ERROR_TYPE,
  ),
  stacked: true,
  spans: FAILED_SPANS,
};

const phaseOnly = [ATTR_WEBSOCKET_PROBE_PHASE];
const phases: Panel = {
  title: "Phases",
  description: "Mean time of each phase on top of each other: what a run is made of.",
  unit: "s",
  queries: split(
    `${checks.sumRate(METRIC_WEBSOCKET_PROBE_DURATION, { by: phaseOnly })} / (${checks.rate(
      METRIC_WEBSOCKET_PROBE_DURATION,
      { by: phaseOnly },
    )} > 0)`,
    ...phaseOnly,
  ),
  stacked: true,
};

const slowest: Panel = {
  title: "p95 of each phase",
  description: "The slow runs, by phase.",
  unit: "s",
  queries: [
    {
      expr: checks.quantile(METRIC_WEBSOCKET_PROBE_DURATION, 0.95, { by: phaseOnly }),
      legend: legend(...phaseOnly),
      exemplar: true,
    },
  ],
};

const roundTripByLocation: Panel = {
  title: "Round trip by location",
  description: "p50, p95 and p99 from a message to its answer, by where the check runs.",
  unit: "s",
  queries: checks.quantiles(METRIC_WEBSOCKET_PROBE_DURATION, {
    by: [ATTR_WEBSOCKET_PROBE_LOCATION],
    where: { [ATTR_WEBSOCKET_PROBE_PHASE]: WEBSOCKET_PROBE_PHASE_VALUE_MESSAGE },
  }),
};

export const synthetic: Board = {
  name: "synthetic",
  title: "WebSocket / Synthetic",
  description: "What the synthetic checks see, from every place that they run in.",
  variables: checkVariables,
  rows: [
    { title: "Now", panels: [up, expiry] },
    {
      title: "Availability",
      panels: [
        { ...availability, width: 12 },
        { ...results, width: 12 },
      ],
    },
    { title: "Time", panels: [phases, slowest, roundTripByLocation] },
  ],
};

const openByServer: Panel = {
  title: "Connections by server",
  description: "Open connections by the server that they go to.",
  unit: "short",
  queries: split(
    client.sum(METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS, { by: [ATTR_SERVER_ADDRESS] }),
    ATTR_SERVER_ADDRESS,
  ),
  kind: "stat",
  width: 18,
};

const reconnections: Panel = {
  title: "Reconnections",
  description: "Attempts to connect again per second, by outcome.",
  unit: "cps",
  queries: split(
    wholeClient.rate(METRIC_WEBSOCKET_CLIENT_RECONNECTIONS, { by: [ATTR_WEBSOCKET_RECONNECTION_OUTCOME] }),
    ATTR_WEBSOCKET_RECONNECTION_OUTCOME,
  ),
  stacked: true,
};

export const clients: Board = {
  name: "clients",
  title: "WebSocket / Clients",
  description: "What clients see, in services and browsers, without synthetic checks.",
  variables: clientVariables,
  rows: [
    { title: "Now", panels: [common.handshakeSuccess(client), openByServer] },
    {
      title: "Can users connect",
      panels: [common.handshakes(client), common.handshakeDuration(client), queues.active(client)].concat([
        reconnections,
        common.reconnectionDelay(wholeClient),
        common.fallbacks(wholeClient),
      ]),
    },
    {
      title: "What they experience",
      panels: [common.closes(client), common.roundTrips(client), common.missedHeartbeats(client)].concat([
        common.latency(client),
        common.acknowledgements(client),
        common.lostAcknowledgements(client),
        common.quality(client),
        common.qualityScores(client),
        common.lifetimes(client),
      ]),
    },
    {
      title: "Traffic and age",
      panels: [common.messages(client), common.bytes(client), common.messageSizes(client)].concat([
        { ...common.ages(client), width: 12 },
        { ...common.oldest(client), width: 12 },
      ]),
    },
    {
      title: "Backpressure",
      panels: [queues.waiting(client), common.queued(client), queues.longestQueue(client)].concat([
        queues.slowConsumers(client),
        common.processing(client),
        common.sendTime(client),
      ]),
    },
  ],
};
