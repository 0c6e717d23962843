// What leads from a dashboard to somewhere else, and what marks deployments on it.
import type { Board, Panel } from "./model.ts";

/** What all dashboards carry, by which they link to each other. */
export const TAG = "opentelemetry-websocket";

/** Only events of Grafana's own with this tag are shown. */
export const DEPLOY_TAG = "deploy";

/** The identifier of a dashboard, which is part of its address. */
export function uidOf({ name }: Board): string {
  return `otel-websocket-${name}`;
}

/**
 * A service version that was not there five minutes before. `target_info` has one wherever the application sets
 * `service.version`; without it nothing is marked.
 */
export const DEPLOYS: string = (() => {
  const versions = (offset: string): string =>
    `count by (job, service_version) (target_info{job=~"$job", instance=~"$instance", service_version!=""}${offset})`;
  return `${versions("")} unless ${versions(" offset 5m")}`;
})();

/** Searches Jaeger for the spans of a panel: an address of Grafana's Explore, in which Grafana puts the variables. */
export function spansUrl({ spans = {} }: Panel): string {
  const tags = Object.entries(spans).map(([key, value]) => `${key}=${value}`);
  const query = { refId: "A", queryType: "search", service: "${job:text}", tags: tags.join(" "), limit: 20 };
  const pane = {
    datasource: "${jaeger}",
    queries: [{ ...query, datasource: { type: "jaeger", uid: "${jaeger}" } }],
    range: { from: "${__from}", to: "${__to}" },
  };
  // Variables have to stay readable for Grafana, which replaces them by their values.
  const panes = encodeURIComponent(JSON.stringify({ spans: pane })).replaceAll(
    /%24%7B(.*?)%7D/g,
    (_, name: string) => `\${${decodeURIComponent(name)}}`,
  );
  return `/explore?schemaVersion=1&orgId=\${__org}&panes=${panes}`;
}
