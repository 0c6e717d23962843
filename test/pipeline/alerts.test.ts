import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleFiles } from "../../scripts/alerts/load.ts";
import { freePort } from "../support/port.ts";
import { listening, runApp, stopApps } from "./support/apps.ts";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers, temporaryFolder } from "./support/server.ts";

const ALERTS = fileURLToPath(new URL("../../alerts", import.meta.url));
/** How the clients' connections end, and how often each. */
const ENDINGS = { 1000: 5, broken: 15, "server-1011": 5, refused: 30 };
const OFTEN = { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_METRIC_EXPORT_TIMEOUT: "1000" };

let prometheus: Prometheus;

/** The rules as they are shipped, but that they are evaluated every second and do not wait. */
function impatientRules(): string[] {
  const folder = temporaryFolder("alerts");
  return ruleFiles(ALERTS).map((file) => {
    const text = readFileSync(join(ALERTS, file), "utf8");
    const copy = join(folder, file);
    writeFileSync(copy, text.replaceAll(/^( +interval:) 1m$/gm, "$1 1s").replaceAll(/^( +for:) \w+$/gm, "$1 0s"));
    return copy;
  });
}

beforeAll(async () => {
  prometheus = await Prometheus.create({ ruleFiles: impatientRules() });
  const collector = await Collector.create({
    OTELCOL_METRICS_FROM: "[otlp, websocketcheck]",
    OTELCOL_METRICS_TO: "[otlp_http/prometheus]",
    OTELCOL_CHECKS: JSON.stringify([{ name: "nobody there", endpoint: `ws://127.0.0.1:${await freePort()}/` }]),
    OTELCOL_CHECK_INTERVAL: "1s",
    OTELCOL_LOCATION: "here",
    PROMETHEUS_ENDPOINT: prometheus.otlp,
  });
  await Promise.all([prometheus.start(), collector.start()]);
  const server = runApp("server.mjs", "chat-server", collector.otlp, OFTEN);
  const clients = runApp("clients.mjs", "chat-client", collector.otlp, {
    ...OFTEN,
    URL: await listening(server),
    MESSAGES: "1",
    ENDINGS: Object.entries(ENDINGS)
      .flatMap(([ending, times]) => Array.from({ length: times }, () => ending))
      .join(),
  });
  await clients.ended;
}, 120_000);

afterAll(async () => {
  await stopApps();
  await removeServers();
});

describe("the alert rules in a real Prometheus, with telemetry of a real server and its clients", () => {
  test("fire for what went wrong, with its numbers, and for nothing else", async () => {
    await eventually(async () => {
      const firing = (await prometheus.rules()).flatMap(({ alerts = [] }) => alerts);
      const summaries = firing.map(({ labels, annotations }) =>
        // The client's port is another one each time.
        `${labels["severity"]}: ${annotations["summary"]}`.replace(/127\.0\.0\.1:\d+/, "HOST"),
      );
      expect(summaries.sort()).toEqual([
        "critical: 60% of the connections that ended on chat-server were lost without a close frame (1006).",
        "critical: The check nobody there is down from 1 of 1 locations.",
        "warning: 54.55% of the handshakes of chat-client with HOST fail.",
        "warning: 54.55% of the handshakes of chat-server were refused with a 4xx status.",
        "warning: 60% of the connections of chat-client to HOST were lost without a close frame (1006).",
        "warning: 60% of the connections that ended on chat-server were lost without a close frame (1006).",
        "warning: Connections of chat-server that were closed with 1011 (internal error) within 5 minutes: 5.",
      ]);
    });
  });

  test("are all evaluated without an error", async () => {
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
  });
});
