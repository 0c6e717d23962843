import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "../support/port.ts";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers } from "./support/server.ts";

let echo: WebSocketServer;
let closing: WebSocketServer;
let prometheus: Prometheus;
let collector: Collector;

/** A server that echoes what it is sent, and refuses whoever comes without a token. */
async function startServer(): Promise<WebSocketServer> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    verifyClient: ({ req }: { req: IncomingMessage }) => req.headers.authorization === "token",
  });
  await once(server, "listening");
  return server;
}

function url(server: WebSocketServer): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
}

beforeAll(async () => {
  [echo, closing] = await Promise.all([startServer(), startServer()]);
  echo.on("connection", (socket) => socket.on("message", (data) => socket.send(data, { binary: false })));
  closing.on("connection", (socket) => socket.close(1011));
  const headers = { authorization: "token" };
  const targets = [
    { name: "echo", endpoint: url(echo), headers, message: { send: "hello", expect: { text: "hello" } } },
    { name: "ping", endpoint: url(closing).replace("/chat", "/ping"), headers },
    { name: "refused", endpoint: url(echo), headers: { authorization: "wrong" } },
    { name: "refusal expected", endpoint: url(echo), expect_status: 401 },
    { name: "nobody there", endpoint: `ws://127.0.0.1:${await freePort()}/` },
  ];
  prometheus = await Prometheus.create();
  collector = await Collector.create({
    OTELCOL_METRICS_FROM: "[websocketcheck]",
    OTELCOL_METRICS_TO: "[otlp_http/prometheus]",
    OTELCOL_CHECKS: JSON.stringify(targets),
    OTELCOL_CHECK_INTERVAL: "1s",
    OTELCOL_LOCATION: "here",
    PROMETHEUS_ENDPOINT: prometheus.otlp,
  });
  await prometheus.start();
  await collector.start();
});

afterAll(async () => {
  await removeServers();
  for (const server of [echo, closing]) {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});

describe("the receiver in the distribution checks real servers", () => {
  test("and says of each whether it is up", async () => {
    await eventually(async () => {
      expect(await prometheus.by("websocket_probe_name", "websocket_probe_up_ratio")).toEqual({
        echo: 1,
        ping: 0,
        refused: 0,
        "refusal expected": 1,
        "nobody there": 0,
      });
    });
  });

  test("counts a run for each interval, with its result and error", async () => {
    const runs = await eventually(async () => {
      const found = await prometheus.query("websocket_probe_runs_total");
      expect(found.filter(({ value }) => value >= 3)).toHaveLength(5);
      return found;
    });
    const results = runs.map(({ labels }) => [
      labels["websocket_probe_name"],
      labels["websocket_probe_result"],
      labels["error_type"] ?? "",
      labels["websocket_probe_location"],
    ]);
    expect(Object.fromEntries(results.map(([name, ...rest]) => [name, rest]))).toEqual({
      echo: ["up", "", "here"],
      ping: ["down", expect.any(String), "here"],
      refused: ["down", "401", "here"],
      "refusal expected": ["up", "", "here"],
      "nobody there": ["down", "ECONNREFUSED", "here"],
    });
  });

  test("measures the phases, each as often as there were runs", async () => {
    await eventually(async () => {
      const counts = await prometheus.by(
        "websocket_probe_phase",
        'sum by (websocket_probe_phase) (websocket_probe_duration_seconds_count{websocket_probe_name="echo"})',
      );
      const runs = await prometheus.value('sum(websocket_probe_runs_total{websocket_probe_name="echo"})');
      expect(counts).toEqual({ connect: runs, upgrade: runs, message: runs, close: runs });
    });
  });

  test("really connects: the server has seen as many connections as were counted", async () => {
    let connections = 0;
    const before = await prometheus.value('websocket_probe_runs_total{websocket_probe_name="echo"}');
    echo.on("connection", () => (connections += 1));
    await eventually(() => expect(connections).toBeGreaterThanOrEqual(2));
    await eventually(async () => {
      const after = await prometheus.value('websocket_probe_runs_total{websocket_probe_name="echo"}');
      expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(2);
    });
  });
});
