// The choices that dashboards offer, and the queries that follow them.
import {
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_USER_AGENT_SYNTHETIC_TYPE,
  ATTR_WEBSOCKET_PROBE_LOCATION,
  ATTR_WEBSOCKET_PROBE_NAME,
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_PROBE_UP,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
} from "../../src/semconv.ts";
import { labelName, seriesName } from "../prometheus/names.ts";
import type { MetricName } from "../prometheus/names.ts";
import type { Variable } from "./model.ts";
import { Scope } from "./promql.ts";

/** Metrics of servers, by route. */
export const server: Scope = new Scope("websocket.server", [`${labelName(ATTR_HTTP_ROUTE)}=~"$route"`]);

/** Metrics of servers that are told for a whole instance, of whatever route. */
export const wholeServer: Scope = new Scope("websocket.server", []);

/** Metrics of clients, by the server that they connect to, without those of synthetic checks. */
export const client: Scope = new Scope("websocket.client", [
  `${labelName(ATTR_SERVER_ADDRESS)}=~"$server_address"`,
  `${labelName(ATTR_USER_AGENT_SYNTHETIC_TYPE)}=""`,
]);

/** Metrics of clients that are told without the server that they connect to. */
export const wholeClient: Scope = new Scope("websocket.client", []);

/** Metrics of synthetic checks, by check and location. */
export const checks: Scope = new Scope("websocket.probe", [
  `${labelName(ATTR_WEBSOCKET_PROBE_NAME)}=~"$check"`,
  `${labelName(ATTR_WEBSOCKET_PROBE_LOCATION)}=~"$location"`,
]);

export const serverVariables: readonly Variable[] = [
  ...jobAndInstance(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS),
  variable("route", "Route", METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, ATTR_HTTP_ROUTE),
];

export const clientVariables: readonly Variable[] = [
  ...jobAndInstance(METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS),
  variable("server_address", "Server", METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS, ATTR_SERVER_ADDRESS),
];

export const checkVariables: readonly Variable[] = [
  ...jobAndInstance(METRIC_WEBSOCKET_PROBE_UP),
  variable("check", "Check", METRIC_WEBSOCKET_PROBE_UP, ATTR_WEBSOCKET_PROBE_NAME),
  variable("location", "Location", METRIC_WEBSOCKET_PROBE_UP, ATTR_WEBSOCKET_PROBE_LOCATION),
];

/** "All" instances are also those that say no `service.instance.id`. */
function jobAndInstance(metric: MetricName): Variable[] {
  const series = seriesName(metric);
  return [
    { name: "job", label: "Job", query: `label_values(${series}, job)`, all: ".+" },
    { name: "instance", label: "Instance", query: `label_values(${series}{job=~"$job"}, instance)`, all: ".*" },
  ];
}

function variable(name: string, label: string, metric: MetricName, attribute: string): Variable {
  const query = `label_values(${seriesName(metric)}{job=~"$job", instance=~"$instance"}, ${labelName(attribute)})`;
  return { name, label, query, all: ".*" };
}
