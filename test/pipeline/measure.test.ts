/**
 * What one Collector can take, and what a hundred checks cost. Numbers for the sizing in collector/: longer runs with
 * PIPELINE_MEASURE_SECONDS. The limits are far from what is measured, for machines that have more to do.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { listening, runApp, stopApps } from "./support/apps.ts";
import { Collector, usage } from "./support/collector.ts";
import { eventually, reaches } from "./support/eventually.ts";
import { connectionSpans, flood, instanceMetrics, startSink } from "./support/load.ts";
import type { Payload } from "./support/load.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers } from "./support/server.ts";

const SECONDS = Number(process.env["PIPELINE_MEASURE_SECONDS"] ?? "3");
const CHECKS = 100;
const CHECK_SECONDS = 10;

let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(async () => {
  await stopApps();
  await removeServers();
  sink.close();
});

function switches(): Record<string, string> {
  return {
    OTELCOL_TRACES_TO: "[otlp_http/backend]",
    OTELCOL_METRICS_TO: "[otlp_http/backend]",
    BACKEND_ENDPOINT: sink.url,
  };
}

/** Floods a Collector; `perCore` is for each second of CPU that `measured` used, by its own count of what it did. */
async function measure(
  collector: Collector,
  payload: Payload,
  measured: Collector = collector,
  counter = "otelcol_receiver_accepted_spans",
): Promise<{ rate: number; perCore: number; memory: number }> {
  await flood(collector.otlp, payload, 1);
  const before = { ...usage(measured.pid), count: await measured.own(counter), at: performance.now() };
  await flood(collector.otlp, payload, SECONDS);
  const after = { ...usage(measured.pid), count: await measured.own(counter), at: performance.now() };
  const done = after.count - before.count;
  return {
    rate: (done * 1000) / (after.at - before.at),
    perCore: done / (after.cpu - before.cpu),
    memory: after.memory,
  };
}

function say(what: string, { rate, perCore, memory }: Awaited<ReturnType<typeof measure>>, unit: string): void {
  console.log(
    `${what}: ${Math.round(rate)} ${unit}/s, ${Math.round(perCore)} ${unit} per second of one core, ` +
      `${Math.round(memory / 2 ** 20)} MiB`,
  );
}

describe("one Collector takes", { timeout: 60_000 + 4000 * SECONDS }, () => {
  test("connection spans, as a gateway", async () => {
    const gateway = await Collector.create(switches(), "gateway");
    await gateway.start();
    const measured = await measure(gateway, connectionSpans());
    say("gateway", measured, "spans");
    expect(measured.perCore).toBeGreaterThan(2000);
    await gateway.remove();
  });

  test("connection spans, as an agent and as a load balancer", async () => {
    const gateway = await Collector.create(switches(), "gateway");
    const loadbalancer = await Collector.create({ OTELCOL_GATEWAYS: `[${gateway.grpc}]` }, "loadbalancer");
    const agent = await Collector.create({ OTELCOL_NEXT: loadbalancer.grpc }, "agent");
    await Promise.all([gateway, loadbalancer, agent].map((server) => server.start()));
    for (const measured of [agent, loadbalancer]) {
      const result = await measure(agent, connectionSpans(), measured, "otelcol_exporter_sent_spans");
      say(measured.name, result, "spans");
      expect(result.perCore).toBeGreaterThan(2000);
    }
    await Promise.all([gateway, loadbalancer, agent].map((server) => server.remove()));
  });

  test("data points, as a gateway", async () => {
    const gateway = await Collector.create(switches(), "gateway");
    await gateway.start();
    const measured = await measure(
      gateway,
      instanceMetrics(100, 50),
      gateway,
      "otelcol_receiver_accepted_metric_points",
    );
    say("gateway", measured, "data points");
    expect(measured.perCore).toBeGreaterThan(10_000);
    await gateway.remove();
  });
});

test("an instance with one set of attributes sends a few dozen data points an interval", async () => {
  const prometheus = await Prometheus.create();
  await prometheus.start();
  const collector = await Collector.create({
    OTELCOL_TRACES_TO: "[nop]",
    OTELCOL_METRICS_TO: "[otlp_http/prometheus]",
    PROMETHEUS_ENDPOINT: prometheus.otlp,
  });
  await collector.start();
  const server = runApp("server.mjs", "chat", collector.otlp);
  const clients = runApp("clients.mjs", "clients", collector.otlp, {
    OTEL_SDK_DISABLED: "true",
    URL: await listening(server),
    MESSAGES: "1",
    ENDINGS: "1000,1001,broken,server-1011,refused",
  });
  await clients.ended;
  server.kill("SIGTERM");
  await server.ended;
  const points = await collector.own("otelcol_receiver_accepted_metric_points");
  const series = await eventually(async () => {
    const count = await prometheus.value('count({job="chat",__name__!="target_info"})');
    if (count === undefined) throw new Error("nothing is in Prometheus yet");
    return count;
  });
  console.log(`an instance: ${points} data points an export, ${series} series in Prometheus`);
  expect(points).toBeGreaterThan(10);
  expect(points).toBeLessThan(60);
  expect(series).toBeGreaterThan(points);
  expect(series).toBeLessThan(400);
});

test(`${CHECKS} targets at ${CHECK_SECONDS} s cost a few per cent of a core`, async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const targets = Array.from({ length: CHECKS }, (_, index) => ({
    name: `target ${index}`,
    endpoint: `ws://127.0.0.1:${port}/${index}`,
  }));
  let connections = 0;
  server.on("connection", () => (connections += 1));
  const collector = await Collector.create({
    ...switches(),
    OTELCOL_METRICS_FROM: "[websocketcheck]",
    OTELCOL_CHECKS: JSON.stringify(targets),
    OTELCOL_CHECK_INTERVAL: `${CHECK_SECONDS}s`,
  });
  await collector.start();
  await reaches(async () => connections, CHECKS);
  const before = { ...usage(collector.pid), at: performance.now() };
  await reaches(async () => connections, 3 * CHECKS, 4 * CHECK_SECONDS * 1000);
  const after = { ...usage(collector.pid), at: performance.now() };
  const seconds = (after.at - before.at) / 1000;
  const share = (after.cpu - before.cpu) / seconds;
  console.log(
    `${CHECKS} targets at ${CHECK_SECONDS} s: ${(share * 100).toFixed(1)} % of a core, ${Math.round(after.memory / 2 ** 20)} MiB`,
  );
  expect(seconds).toBeGreaterThan(2 * CHECK_SECONDS - 1);
  expect(share).toBeLessThan(0.25);
  expect(after.memory).toBeLessThan(400 * 2 ** 20);
  for (const socket of server.clients) socket.terminate();
  server.close();
});
