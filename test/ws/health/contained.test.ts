import { once } from "node:events";
import { diag } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocketInstrumentation } from "../../../src/index.ts";
import type { ObserverOptions } from "../../../src/index.ts";
import { METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS } from "../../../src/semconv.ts";
import { sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import { closed, connect, copyWs, listen, received, shut } from "../../support/ws.ts";
import type { WsCopy } from "../../support/ws.ts";

let copy: WsCopy;
let reports: string[];

beforeEach(() => {
  copy = copyWs("8");
  reports = [];
  const report = (message: string): void => void reports.push(message);
  diag.setLogger({ error: report, warn: report, info: () => {}, debug: () => {}, verbose: () => {} });
});

afterEach(() => {
  diag.disable();
  copy.remove();
});

function broken(): never {
  throw new Error("the hook is broken");
}

const beats = { interval: 4, timeout: 2 };

// Each line has a place of its own: a process reports it once, however many tests break it.
test.each<[string, ObserverOptions, RegExp]>([
  [
    "create throws",
    { heartbeat: { ...beats, application: { create: broken, match: () => false } } },
    /heartbeat\.application\.create: the hook is broken/,
  ],
  [
    "match throws",
    { heartbeat: { ...beats, application: { create: () => "beat", match: broken } } },
    /heartbeat\.application\.match: the hook is broken/,
  ],
  ["the capacity throws", { capacity: broken }, /capacity: the hook is broken/],
  [
    "the capacity's hook throws",
    { capacity: { limit: 1, onWarning: broken } },
    /capacity\.onWarning: the hook is broken/,
  ],
  ["the quality throws", { quality: broken }, /quality: the hook is broken/],
  [
    "the quality is nonsense",
    { quality: () => -5 },
    /quality, result: expected a number from 0 to 100 or undefined, got -5/,
  ],
])("where %s, that is reported once and connections go on", async (_name, options, message) => {
  const sdk = startSdk();
  const instrumentation = new WebSocketInstrumentation({ ...options, enabled: false });
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  instrumentation.enable();
  const ws = copy.load();
  const { server, url } = await listen(ws);
  for (let connection = 0; connection < 3; connection += 1) {
    const { client, peer } = await connect(ws, server, url);
    const message = received(peer, 1);
    client.send("hello");
    await message;
    peer.ping("a");
    await once(peer, "pong");
    await sdk.collect();
    client.close();
    await closed(client, peer);
  }
  await vi.waitFor(async () => {
    const { client, peer } = await connect(ws, server, url);
    await sdk.collect();
    client.close();
    await closed(client, peer);
    expect(reports).toHaveLength(1);
  });
  expect(reports[0]).toMatch(message);
  expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBeGreaterThan(3);
  instrumentation.disable();
  await shut(server);
});
