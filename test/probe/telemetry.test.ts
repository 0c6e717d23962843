import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { context, propagation } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { observeServer } from "../../src/index.ts";
import type { Observation } from "../../src/index.ts";
import { probe } from "../../src/probe/index.ts";
import type { ProbeTarget } from "../../src/probe/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_HEARTBEAT_DURATION,
  METRIC_WEBSOCKET_PROBE_DURATION,
  METRIC_WEBSOCKET_PROBE_RUNS,
  METRIC_WEBSOCKET_PROBE_TLS_EXPIRY,
  METRIC_WEBSOCKET_PROBE_UP,
} from "../../src/semconv.ts";
import { attrs, latest, points, spans, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";

let sdk: TestSdk;
let server: WebSocketServer;
let url: string;
let observation: Observation;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

afterAll(() => {
  context.disable();
  propagation.disable();
});

beforeEach(async () => {
  sdk = startSdk();
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  observation = observeServer(server, { ...providers(), route: () => "/echo" });
});

afterEach(() => {
  observation.stop();
  server.close();
});

const providers = () => ({ tracerProvider: sdk.tracerProvider, meterProvider: sdk.meterProvider });
const visit = (target: Partial<ProbeTarget> = {}, location?: string) =>
  probe({ url: `${url}/chat?token=secret`, name: "chat", ...target }, { ...providers(), location });

describe("a run is a trace", () => {
  test("with a span for each phase, in which the server's span joins", async () => {
    const result = await visit({ steps: [{ send: "hello" }, { expect: { text: "hello" } }] }, "lab");
    expect(result).toMatchObject({ result: "up", location: "lab" });
    const telemetry = await sdk.collect();
    const [root] = spans(telemetry, { name: "websocket.probe chat" });
    expect(root).toMatchObject({ parentSpanId: "", traceId: result.traceId });
    expect(attrs(root!)).toMatchObject({
      "websocket.probe.name": "chat",
      "websocket.probe.location": "lab",
      "websocket.probe.result": "up",
      "user_agent.synthetic.type": "test",
      "url.full": `${url}/chat?token=REDACTED`,
      "network.type": "ipv4",
      "http.response.status_code": 101,
      "websocket.close.code": 1000,
    });
    const phases = spans(telemetry, ({ parentSpanId, kind }) => parentSpanId === root!.spanId && kind === 1);
    expect(phases.map(({ name }) => name)).toEqual(["connect", "upgrade", "message", "close"]);
    for (const phase of phases) {
      expect(attrs(phase)).toEqual({
        "websocket.probe.phase": phase.name,
        "websocket.probe.name": "chat",
        "websocket.probe.location": "lab",
        "user_agent.synthetic.type": "test",
      });
      expect(BigInt(phase.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(root!.startTimeUnixNano));
      expect(BigInt(phase.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(root!.endTimeUnixNano));
    }
    const [client] = spans(telemetry, { name: "websocket 127.0.0.1" });
    expect(client).toMatchObject({ parentSpanId: root!.spanId, traceId: root!.traceId });
    expect(attrs(client!)).toMatchObject({ "user_agent.synthetic.type": "test", "websocket.probe.name": "chat" });
    const [served] = spans(telemetry, { name: "websocket /echo" });
    expect(served).toMatchObject({ parentSpanId: client!.spanId, traceId: root!.traceId });
    expect(sdk.openSpans()).toEqual([]);
  });

  test("whose span says what went wrong, and in which phase", async () => {
    const result = await visit({ steps: [{ send: "hello" }, { expect: { text: "bye", within: 100 } }] });
    expect(result.error).toMatchObject({ type: "unexpected_message", phase: "message" });
    const telemetry = await sdk.collect();
    const [root] = spans(telemetry, { name: "websocket.probe chat" });
    expect(root!.status).toMatchObject({ code: 2, message: result.error!.message });
    expect(attrs(root!)).toMatchObject({
      "websocket.probe.result": "down",
      "websocket.probe.phase": "message",
      "error.type": "unexpected_message",
    });
    const [failed] = spans(telemetry, { name: "message" });
    expect(failed!.status).toMatchObject({ code: 2 });
    expect(attrs(failed!)).toMatchObject({ "error.type": "unexpected_message" });
  });

  test("of its own, also where a span is active", async () => {
    const tracer = sdk.tracerProvider.getTracer("application");
    const result = await tracer.startActiveSpan("work", async (span) => {
      const found = await visit();
      span.end();
      return found;
    });
    expect(result.traceId).not.toBe(spans(await sdk.collect(), { name: "work" })[0]!.traceId);
  });
});

describe("runs are counted", () => {
  const attributes = () => ({
    "websocket.probe.name": "chat",
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(url).port),
  });

  test("by result, and each phase that was completed is measured", async () => {
    await visit();
    await visit({ maxRoundTrip: 0.000_001 });
    server.close();
    for (const client of server.clients) client.terminate();
    await visit();
    const telemetry = await sdk.collect();
    expect(
      latest(telemetry, METRIC_WEBSOCKET_PROBE_RUNS).map(({ attributes: found, value }) => [found, value]),
    ).toEqual([
      [{ ...attributes(), "websocket.probe.result": "up" }, 1],
      [{ ...attributes(), "websocket.probe.result": "degraded", "error.type": "slow_round_trip" }, 1],
      [{ ...attributes(), "websocket.probe.result": "down", "error.type": "ECONNREFUSED" }, 1],
    ]);
    const counts = latest(telemetry, METRIC_WEBSOCKET_PROBE_DURATION).map(({ attributes: found, value }) => [
      found["websocket.probe.phase"],
      value,
    ]);
    expect(Object.fromEntries(counts)).toEqual({ connect: 2, upgrade: 2, message: 2, close: 2 });
    expect(latest(telemetry, METRIC_WEBSOCKET_PROBE_UP)).toMatchObject([{ attributes: attributes(), value: 0 }]);
    expect(points(telemetry, METRIC_WEBSOCKET_PROBE_TLS_EXPIRY)).toEqual([]);
  });

  test("a degraded target is up", async () => {
    await visit({ maxRoundTrip: 0.000_001 });
    expect(latest(await sdk.collect(), METRIC_WEBSOCKET_PROBE_UP)).toMatchObject([{ value: 1 }]);
  });

  test("a run that was stopped says nothing about its target", async () => {
    await visit();
    const result = await probe({ url, name: "chat" }, { ...providers(), signal: AbortSignal.abort() });
    expect(result).toMatchObject({ result: "down", error: { type: "aborted" } });
    const telemetry = await sdk.collect();
    expect(latest(telemetry, METRIC_WEBSOCKET_PROBE_UP)).toMatchObject([{ value: 1 }]);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_PROBE_RUNS, { "error.type": "aborted" })).toBe(1);
  });

  test("by family where the check is bound to one", async () => {
    await visit({ ip: "ipv4" });
    expect(latest(await sdk.collect(), METRIC_WEBSOCKET_PROBE_UP)[0]!.attributes).toEqual({
      ...attributes(),
      "network.type": "ipv4",
    });
  });

  test("and their connections, told apart from those of the application", async () => {
    await visit({}, "lab");
    const telemetry = await sdk.collect();
    const synthetic = {
      "user_agent.synthetic.type": "test",
      "websocket.probe.name": "chat",
      "websocket.probe.location": "lab",
    };
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS, synthetic)).toBe(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_HEARTBEAT_DURATION, synthetic)).toBe(1);
  });
});
