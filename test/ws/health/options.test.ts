import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { WebSocketInstrumentation, getConnection, observeServer } from "../../../src/index.ts";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION,
  METRIC_WEBSOCKET_SERVER_HEARTBEATS,
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
} from "../../../src/semconv.ts";
import { latest, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { closed, connect, copyWs, listen, received, shut } from "../../support/ws.ts";
import type { WsCopy } from "../../support/ws.ts";

type Sending = (this: void, ...args: unknown[]) => void;

let copy: WsCopy;
let sdk: TestSdk;

beforeEach(() => {
  copy = copyWs("8");
  sdk = startSdk();
});

afterEach(() => copy.remove());

function instrument(options: ObserverOptions): WebSocketInstrumentation {
  const instrumentation = new WebSocketInstrumentation({ ...options, enabled: false });
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  instrumentation.enable();
  return instrumentation;
}

test("other options do not lose count of the connections that are open", async () => {
  const onWarning = vi.fn<(warning: object) => void>();
  const instrumentation = instrument({ capacity: { limit: 10, onWarning } });
  const ws = copy.load();
  const { server, url } = await listen(ws);
  const first = await connect(ws, server, url);
  instrumentation.setConfig({ capacity: { limit: 2, warnAt: 1, onWarning } });
  const second = await connect(ws, server, url);
  const telemetry = await sdk.collect();
  expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION).map(({ value }) => value)).toEqual([1]);
  expect(onWarning.mock.calls).toEqual([[{ active: 2, limit: 2, utilization: 1, exceeded: true }]]);
  for (const { client, peer } of [first, second]) {
    client.terminate();
    await closed(client, peer);
  }
  expect(latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION)[0]?.value).toBe(0);
  instrumentation.disable();
  await shut(server);
});

test("the capacity is reported while the instrumentation is enabled, and no end of a warning when it is not", async () => {
  const onWarning = vi.fn<(warning: object) => void>();
  const instrumentation = instrument({ capacity: { limit: 2, warnAt: 0.5, onWarning } });
  const ws = copy.load();
  const { server, url } = await listen(ws);
  const { client, peer } = await connect(ws, server, url);
  expect(onWarning).toHaveBeenCalledTimes(1);
  instrumentation.disable();
  expect(onWarning).toHaveBeenCalledTimes(1);
  expect(latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toEqual([]);
  instrumentation.enable();
  expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(2);
  client.terminate();
  await closed(client, peer);
  instrumentation.disable();
  await shut(server);
});

test("a connection that is let go of keeps its own methods, and is measured no more", async () => {
  const ws = copy.load();
  const { server, url } = await listen(ws);
  // Somebody else stands between already, and holds on to our method later.
  const connected = once(server, "connection") as Promise<[WebSocket]>;
  const client = new ws.WebSocket(url);
  const [[peer]] = await Promise.all([connected, once(client, "open")]);
  const calls: string[] = [];
  const sending = peer as unknown as { send: Sending };
  const methods = ws.WebSocket.prototype as unknown as { send: Sending };
  const own: Sending = function send(...args) {
    calls.push("before");
    Reflect.apply(methods.send, peer, args);
  };
  sending.send = own;
  const observation = observeServer(server, {
    sendTime: true,
    processingTime: true,
    meterProvider: sdk.meterProvider,
    tracerProvider: sdk.tracerProvider,
    heartbeat: { interval: 2 ** 30 },
  });
  const ours = methods.send;
  const both = received(client, 1);
  peer.send("a");
  await both;
  observation.stop();
  expect(sending.send).toBe(own);
  expect(methods.send).not.toBe(ours);
  expect([Object.hasOwn(peer, "emit"), Object.hasOwn(methods, "emit")]).toEqual([false, false]);
  const after = received(client, 2);
  peer.send("b");
  Reflect.apply(ours, peer, ["c"]);
  peer.ping("unobserved");
  await Promise.all([after, once(peer, "pong")]);
  expect(calls).toEqual(["before", "before"]);
  const telemetry = await sdk.collect();
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_SEND_DURATION)).toBe(1);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEATS)).toBe(0);
  client.terminate();
  await closed(client, peer);
  await shut(server);
});

test("a connection that is observed again after it was let go of is measured again", async () => {
  const ws = copy.load();
  const { server, url } = await listen(ws);
  const { meterProvider, tracerProvider } = sdk;
  const options = { meterProvider, tracerProvider };
  const first = observeServer(server, options);
  const { client, peer } = await connect(ws, server, url);
  const handle = getConnection(peer)!;
  first.stop();
  expect(getConnection(peer)).toBeUndefined();
  handle.expectAck("unobserved");
  expect(handle.ack("unobserved")).toBe(false);
  const unobserved = received(client, 1);
  peer.send("unobserved");
  await unobserved;

  const second = observeServer(server, options);
  getConnection(peer)!.expectAck("a");
  expect(getConnection(peer)!.ack("a")).toBe(true);
  const observed = received(client, 1);
  peer.send("observed");
  peer.ping("a");
  await Promise.all([observed, once(peer, "pong")]);
  const telemetry = await sdk.collect();
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(1);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(1);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEATS)).toBe(1);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACK_DURATION)).toBe(1);
  client.close();
  await closed(client, peer);
  expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(1);
  second.stop();
  await shut(server);
});
