import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { pathOf } from "../stack/stack.ts";
import { environment, start } from "../support/process.ts";
import type { Running } from "../support/process.ts";
import { eventually } from "./support/eventually.ts";
import { removeServers } from "./support/server.ts";
import { Stack } from "./support/stack.ts";

const run = promisify(execFile);
const apps: Running[] = [];
let stack: Stack;

beforeAll(async () => {
  stack = await Stack.create();
  await stack.start();
  const faster = { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_BSP_SCHEDULE_DELAY: "500" };
  const app = (service: string, env: Readonly<Record<string, string>>, file: string): void => {
    const args = ["--import", "opentelemetry-websocket/register", `examples/stack/app/${file}`];
    apps.push(start(process.execPath, args, pathOf("."), { ...stack.environment(service), ...faster, ...env }));
  };
  app("app", { HOST: "127.0.0.1", PORT: stack.at("app:8080").split(":")[1] ?? "" }, "server.mjs");
  await apps[0]?.line(/^listening/);
  app("clients", { SECONDS: "2" }, "clients.mjs");
}, 60_000);

afterAll(async () => {
  for (const app of apps) app.kill("SIGKILL");
  await Promise.all(apps.map(({ ended }) => ended));
  await removeServers();
});

/** The answer of a server of the stack to a GET request. */
async function get<T>(address: Parameters<Stack["at"]>[0], path: string): Promise<T> {
  return (await (await fetch(`http://${stack.at(address)}${path}`)).json()) as T;
}

/** What a PromQL query gives, each series as one of its labels. */
async function query(promql: string, label: string): Promise<string[]> {
  interface Answer {
    readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
  }
  const { data } = await get<Answer>("prometheus:9090", `/api/v1/query?query=${encodeURIComponent(promql)}`);
  return data.result.map(({ metric }) => metric[label] ?? "").toSorted();
}

test("each program accepts the file that is mounted for it", async () => {
  const { collector, promtool, amtool } = inject("binaries");
  const prometheus = stack.file("prometheus", "/etc/prometheus/prometheus.yml");
  expect((await run(promtool, ["check", "config", prometheus])).stdout).toMatch(/is valid prometheus config/);
  const alertmanager = stack.file("alertmanager", "/etc/alertmanager/alertmanager.yml");
  expect((await run(amtool, ["check-config", alertmanager])).stdout).toMatch(/SUCCESS[^]*1 receivers/);
  const config = stack.file("collector", "/etc/otelcol/config.yaml");
  const validated = await run(collector, ["validate", "--config", config], {
    env: environment(stack.environment("collector")),
    cwd: stack.collector.folder,
  });
  expect(validated.stdout + validated.stderr).toBe("");
});

test("metrics of the application, of its clients and of the check arrive in Prometheus", async () => {
  await eventually(async () => {
    expect(await query("websocket_server_active_connections > 0", "job")).toContain("chat");
    expect(await query("sum by (job) (websocket_client_messages_total > 0)", "job")).toContain("chat-clients");
    expect(await query("websocket_probe_up_ratio == 1", "websocket_probe_name")).toEqual(["chat"]);
    const classes = await query(
      "sum by (websocket_close_class) (websocket_server_closed_connections_total)",
      "websocket_close_class",
    );
    expect(classes).toEqual(expect.arrayContaining(["abnormal", "application", "going_away", "normal"]));
  }, 60_000);
});

test("Prometheus scrapes the Collector, has all rules, and knows the Alertmanager", async () => {
  await eventually(async () => {
    expect(await query('up{job="collector"} == 1', "job")).toEqual(["collector"]);
    expect(await query("otelcol_exporter_queue_size", "exporter")).toContain("otlp_http/prometheus");
  }, 60_000);
  const rules = await get<{ data: { groups: { file: string }[] } }>("prometheus:9090", "/api/v1/rules");
  const files = new Set(rules.data.groups.map(({ file }) => file));
  expect([...files].toSorted()).toEqual(globSync(`${pathOf("alerts")}/*.yaml`).toSorted());
  const known = await get<{ data: { activeAlertmanagers: { url: string }[] } }>(
    "prometheus:9090",
    "/api/v1/alertmanagers",
  );
  expect(known.data.activeAlertmanagers).toEqual([{ url: `http://${stack.at("alertmanager:9093")}/api/v2/alerts` }]);
});

test("spans of both sides are found in Jaeger, in one trace", async () => {
  interface Traces {
    readonly data: readonly { readonly processes: Readonly<Record<string, { readonly serviceName: string }>> }[];
  }
  await eventually(async () => {
    const { data } = await get<Traces>("jaeger:16686", "/api/traces?service=chat&lookback=1h&limit=100");
    const services = data.map(({ processes }) =>
      Object.values(processes)
        .map(({ serviceName }) => serviceName)
        .toSorted(),
    );
    expect(services).toContainEqual(["chat", "chat-clients"]);
  }, 60_000);
});
