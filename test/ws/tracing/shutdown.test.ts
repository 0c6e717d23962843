import { once } from "node:events";
import { diag } from "@opentelemetry/api";
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { WebSocketInstrumentation, observeServer } from "../../../src/index.ts";
import type { ConnectionObservation } from "../../../src/index.ts";
import {
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
} from "../../../src/semconv.ts";
import { attrs, logs, spans, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { closed, connect, copyWs, listen, shut } from "../../support/ws.ts";
import type { WsCopy, WsModule } from "../../support/ws.ts";

/** More than an SDK's processor holds by default, which is 2048. */
const MANY = 2500;

let copy: WsCopy;
let ws: WsModule;
let sdk: TestSdk;
let server: Awaited<ReturnType<typeof listen>>["server"];
let url: string;
let observation: ConnectionObservation | undefined;

beforeEach(async () => {
  copy = copyWs("8");
  ws = copy.load();
  sdk = startSdk();
  ({ server, url } = await listen(ws));
});

afterEach(async () => {
  await shut(server);
  observation?.stop();
  diag.disable();
  copy.remove();
});

async function openMany(count: number): Promise<WebSocket[]> {
  const clients: WebSocket[] = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(250, count - clients.length) }, () => new ws.WebSocket(url));
    await Promise.all(batch.map((client) => once(client, "open")));
    clients.push(...batch);
  }
  await vi.waitFor(() => expect(server.clients.size).toBe(count));
  return clients;
}

describe("at the end of the process", { timeout: 60_000 }, () => {
  test("every open connection is reported as closed by it, more than a processor holds", async () => {
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    observation = observeServer(server, { tracerProvider, meterProvider: sdk.meterProvider });
    const clients = await openMany(MANY);
    await observation.shutdown();
    await tracerProvider.forceFlush();
    const found = exporter.getFinishedSpans();
    expect(found).toHaveLength(MANY);
    expect(new Set(found.map(({ attributes }) => attributes["error.type"]))).toEqual(new Set(["shutdown"]));
    const telemetry = await sdk.collect();
    const closedBy = { "error.type": "shutdown", "websocket.close.code": 1006, "websocket.close.initiator": "server" };
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, closedBy)).toBe(MANY);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(0);
    expect(logs(telemetry, { name: EVENT_WEBSOCKET_CONNECTION_CLOSED })).toHaveLength(MANY);
    for (const client of clients) client.terminate();
  });

  test("connections themselves go on, and are reported once", async () => {
    const { tracerProvider, meterProvider } = sdk;
    observation = observeServer(server, { tracerProvider, meterProvider });
    const { client, peer } = await connect(ws, server, url);
    await observation.shutdown();
    const echoed = once(client, "message");
    peer.send("still here");
    expect(String((await echoed)[0])).toBe("still here");
    client.close(1000);
    await closed(client, peer);
    const telemetry = await sdk.collect();
    expect(spans(telemetry)).toHaveLength(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(1);
  });

  test("both ends are reported by the instrumentation, which is off then", async () => {
    const instrumentation = new WebSocketInstrumentation();
    instrumentation.setTracerProvider(sdk.tracerProvider);
    instrumentation.setMeterProvider(sdk.meterProvider);
    const { client } = await connect(ws, server, url);
    await instrumentation.shutdown();
    expect(instrumentation.isEnabled()).toBe(false);
    const found = spans(await sdk.collect());
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set([2, 3]));
    expect(found.map((span) => attrs(span)["error.type"])).toEqual(["shutdown", "shutdown"]);
    client.terminate();
  });

  test("an exporter that hangs holds it up for the given time at most, and one that fails not at all", async () => {
    const reports: string[] = [];
    const log = (message: string): void => void reports.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    const { tracerProvider, meterProvider } = sdk;
    observation = observeServer(server, { tracerProvider, meterProvider });
    const { client } = await connect(ws, server, url);
    const from = performance.now();
    await observation.shutdown({ timeout: 200, flush: () => new Promise(() => {}) });
    expect(performance.now() - from).toBeGreaterThanOrEqual(199);

    observation = observeServer(server, { tracerProvider, meterProvider });
    await observation.shutdown({ timeout: 60_000, flush: () => Promise.reject(new Error("no way out")) });
    expect(reports.join("\n")).toMatch(/shutdown: not everything was sent within 200 ms/);
    client.terminate();
  });

  test.for([
    [
      { timeout: 0 },
      /option "timeout": expected a number of milliseconds greater than 0, got 0; leave it out for 5000/,
    ],
    [{ flush: 1 }, /option "flush": expected a function, got 1; pass \(\) => … or leave it out/],
  ] as const)("a wrong option is refused", async ([options, message]) => {
    observation = observeServer(server);
    await expect(observation.shutdown(options as never)).rejects.toThrow(message);
  });
});
