import { afterAll, beforeAll, expect, test } from "vitest";
import { Collector } from "./support/collector.ts";
import { eventually, reaches } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import type { JaegerSpan } from "./support/jaeger.ts";
import { newSpanId, newTraceId, sendSpans } from "./support/otlp.ts";
import type { MadeSpan } from "./support/otlp.ts";
import { removeServers } from "./support/server.ts";

const CONNECTION = { "network.protocol.name": "websocket", "websocket.connection.id": "x" };
const NORMAL = { ...CONNECTION, "http.response.status_code": 101, "websocket.close.class": "normal" };

let jaeger: Jaeger;
beforeAll(async () => {
  jaeger = await Jaeger.create();
  await jaeger.start();
});
afterAll(removeServers);

async function startCollector(switches: Record<string, string>): Promise<Collector> {
  const collector = await Collector.create({
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    JAEGER_ENDPOINT: jaeger.grpc,
    OTELCOL_DECISION_WAIT: "1s",
    ...switches,
  });
  await collector.start();
  return collector;
}

/** Waits until the sampler has decided that many traces. */
async function decided(collector: Collector, traces: number): Promise<void> {
  await reaches(() => collector.own("otelcol_processor_tail_sampling_global_count_traces_sampled"), traces);
}

/** The spans of a service, once there are that many. */
async function arrived(service: string, count: number): Promise<JaegerSpan[]> {
  return eventually(async () => {
    const spans = await jaeger.spans(service);
    expect(spans).toHaveLength(count);
    return spans;
  });
}

test("each rule keeps its spans and gives its reason, with a share of 0", async () => {
  const kept: Record<string, MadeSpan> = {
    error: { error: true },
    probe: { attributes: { "websocket.probe.result": "degraded" } },
    slowProbe: { attributes: { "websocket.probe.result": "up" }, duration: 2.5 },
    slowConsumer: { attributes: { ...NORMAL, "websocket.connection.max_buffered_amount": 1_048_576 } },
    heartbeat: { attributes: { ...NORMAL, "websocket.connection.heartbeats_missed": 1 } },
    abnormal: { attributes: { ...CONNECTION, "websocket.close.class": "abnormal" }, error: true },
    application: { attributes: { ...CONNECTION, "websocket.close.class": "application" } },
    segment: { attributes: { ...CONNECTION, "websocket.connection.segment": 2 } },
    refused: { attributes: { ...CONNECTION, "http.response.status_code": 503 }, error: true },
    chosen: { attributes: { "sampling.keep": "by the application" } },
  };
  const dropped: Record<string, MadeSpan> = {
    other: {},
    normal: { attributes: NORMAL },
    goingAway: { attributes: { ...NORMAL, "websocket.close.class": "going_away" } },
    noStatus: { attributes: { ...NORMAL, "websocket.close.class": "no_status" } },
    fastProbe: { attributes: { "websocket.probe.result": "up" }, duration: 1.5 },
    smallQueue: { attributes: { ...NORMAL, "websocket.connection.max_buffered_amount": 1_048_575 } },
    noHeartbeatMissed: { attributes: { ...NORMAL, "websocket.connection.heartbeats_missed": 0 } },
    notFound: { attributes: { "http.response.status_code": 404 } },
  };
  const collector = await startCollector({ OTELCOL_SAMPLING_PERCENTAGE: "0" });
  const spans = Object.entries({ ...kept, ...dropped }).map(([name, span]) => Object.assign(span, { name }));
  await sendSpans(collector.otlp, "rules", spans);
  await decided(collector, spans.length);

  const reasons = (await arrived("rules", Object.keys(kept).length)).map(({ name, tags }) => [
    name,
    tags["sampling.keep"],
  ]);
  expect(Object.fromEntries(reasons)).toEqual({
    error: "error",
    probe: "probe",
    slowProbe: "probe",
    slowConsumer: "slow_consumer",
    heartbeat: "heartbeat_missed",
    abnormal: "abnormal_close",
    application: "abnormal_close",
    segment: "segment",
    refused: "handshake_refused",
    chosen: "by the application",
  });
});

test("an abnormal close is kept though its trace was dropped before", async () => {
  const collector = await startCollector({ OTELCOL_SAMPLING_PERCENTAGE: "0" });
  const traceId = newTraceId();
  await sendSpans(collector.otlp, "late", [{ traceId, name: "page" }]);
  await decided(collector, 1);
  const attributes = { ...CONNECTION, "websocket.close.class": "abnormal" };
  await sendSpans(collector.otlp, "late", [{ traceId, name: "websocket /chat", attributes, error: true }]);

  expect((await arrived("late", 1)).map(({ name }) => name)).toEqual(["websocket /chat"]);
});

test("with something kept, the rest of the trace is kept too, and every span arrives once", async () => {
  const collector = await startCollector({ OTELCOL_SAMPLING_PERCENTAGE: "0" });
  const traceId = newTraceId();
  await sendSpans(collector.otlp, "whole", [
    { traceId, name: "page" },
    { traceId, name: "query" },
    { traceId, name: "websocket /chat", attributes: { ...CONNECTION, "websocket.close.class": "abnormal" } },
  ]);
  await decided(collector, 1);
  await sendSpans(collector.otlp, "whole", [{ traceId, name: "late" }]);

  const names = (await arrived("whole", 4)).map(({ name }) => name);
  expect(names.sort()).toEqual(["late", "page", "query", "websocket /chat"]);
});

test("a share of 100 keeps all, and the links between them", async () => {
  const collector = await startCollector({ OTELCOL_SAMPLING_PERCENTAGE: "100" });
  const segments = Array.from({ length: 50 }, () => ({ traceId: newTraceId(), spanId: newSpanId() }));
  // Each span continues the one before it in a trace of its own.
  const spans = segments.map((segment, index) => {
    return Object.assign(
      { attributes: NORMAL, name: `segment ${index}`, links: segments.slice(0, index).slice(-1) },
      segment,
    );
  });
  await sendSpans(collector.otlp, "all", spans);

  const found = new Map((await arrived("all", 50)).map((span) => [span.name, span.links]));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(spans.map(({ name, links }) => [name, links])));
});

test("the metrics from spans count a connection once, whatever it sends beside its last span", async () => {
  const collector = await startCollector({
    OTELCOL_SAMPLING_PERCENTAGE: "0",
    OTELCOL_METRICS_TO: "[prometheus]",
    OTELCOL_SPAN_METRICS_INTERVAL: "1s",
  });
  const closed = { ...NORMAL, "websocket.close.code": 1000 };
  await sendSpans(collector.otlp, "counted", [
    { attributes: closed },
    { attributes: { ...CONNECTION, "websocket.connection.segment": 1 } },
    { attributes: { ...closed, "websocket.connection.segment": 2 } },
    { name: "websocket.connection.opened", kind: 1, attributes: CONNECTION },
    { name: "websocket.connection.closed", kind: 1, attributes: closed },
  ]);
  await decided(collector, 5);
  await eventually(async () => expect(await collector.scraped("websocket_spans_calls_total")).toBe(2));
});
