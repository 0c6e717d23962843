import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { WebSocketInstrumentation, observeServer } from "../../../src/index.ts";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HEARTBEATS,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
} from "../../../src/semconv.ts";
import { delayingProxy } from "../../support/proxy.ts";
import { attrs, latest, logs, spans, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { closed, connect, copyWs, listen, shut } from "../../support/ws.ts";
import type { WsCopy } from "../../support/ws.ts";

const PEER = fileURLToPath(new URL("../../support/peer-process.ts", import.meta.url));
const MISSED = { "websocket.heartbeat.outcome": "missed" };

let copy: WsCopy;
let sdk: TestSdk;
let instrumentation: WebSocketInstrumentation | undefined;

beforeEach(() => {
  copy = copyWs("8");
  sdk = startSdk();
});

afterEach(() => {
  instrumentation?.disable();
  copy.remove();
});

function instrument(options: ObserverOptions): void {
  instrumentation = new WebSocketInstrumentation({ ...options, enabled: false });
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  instrumentation.enable();
}

test("a peer whose process is stopped is terminated in time, and nobody else", { timeout: 20_000 }, async () => {
  const [interval, timeout, maxMissed] = [600, 500, 3];
  instrument({ heartbeat: { interval, timeout, maxMissed, terminate: true } });
  const { server, url } = await listen(copy.load());
  const connect = async (): Promise<[ReturnType<typeof fork>, WebSocket]> => {
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const child = fork(PEER, [url], { execArgv: [] });
    const [[peer]] = await Promise.all([connected, once(child, "message")]);
    return [child, peer];
  };
  const [stopped, lost] = await connect();
  const [running, alive] = await connect();
  await vi.waitFor(
    async () => expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_HEARTBEATS)).toBeGreaterThan(3),
    { timeout: 10_000 },
  );
  expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_HEARTBEATS, MISSED)).toBe(0);

  stopped.kill("SIGSTOP");
  const stoppedAt = performance.now();
  await closed(lost);
  const took = performance.now() - stoppedAt;
  expect(took).toBeGreaterThan(interval * (maxMissed - 1) * 0.8);
  // Half a second for this machine, which is busy with other tests.
  expect(took).toBeLessThan(interval * maxMissed + timeout + 500);
  stopped.kill("SIGKILL");

  const telemetry = await sdk.collect();
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEATS, MISSED)).toBe(maxMissed);
  expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS).map((p) => [p.value, p.attributes])).toEqual([
    [1, expect.objectContaining({ "error.type": "heartbeat_timeout", "websocket.close.initiator": "server" })],
  ]);
  expect(logs(telemetry, { name: "websocket.connection.heartbeat_missed" })).toHaveLength(maxMissed);
  const [span] = spans(telemetry, ({ kind }) => kind === 2);
  expect(attrs(span!)).toMatchObject({
    "error.type": "heartbeat_timeout",
    "websocket.connection.heartbeats_missed": maxMissed,
  });
  expect(alive.readyState).toBe(alive.OPEN);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(1);
  const exited = once(running, "exit");
  await shut(server);
  await exited;
});

test.each<[string, ObserverOptions]>([
  ["our pings", { heartbeat: { interval: 300, timeout: 290 } }],
  [
    "the application's heartbeat",
    {
      heartbeat: {
        interval: 300,
        timeout: 290,
        application: { create: (n) => `beat ${String(n)}`, match: (m) => String(m) === "ack" },
      },
    },
  ],
  ["the application's own pings", {}],
])("the round trip of %s is what the network takes: 40 ms each way", { timeout: 20_000 }, async (name, options) => {
  const ws = copy.load();
  const { server, url } = await listen(ws, { perMessageDeflate: false });
  const proxy = await delayingProxy(Number(new URL(url).port), 40);
  // The client, in this process too, is left alone: its pings would add to what the proxy holds.
  const { tracerProvider, meterProvider } = sdk;
  const observation = observeServer(server, { ...options, tracerProvider, meterProvider });
  const { client, peer } = await connect(ws, server, `ws://127.0.0.1:${String(proxy.port)}`);
  client.on("message", (data: unknown) => {
    if (String(data).startsWith("beat")) client.send("ack");
  });
  let pings = 0;
  const pinging = setInterval(() => {
    if (name.includes("own pings")) peer.ping(`ping ${String((pings += 1))}`);
  }, 200);
  // The shortest of several, since a busy machine can only make them longer; a false one would be shorter than 80 ms.
  await vi.waitFor(
    async () => {
      const [duration] = latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION);
      expect(duration?.value).toBeGreaterThanOrEqual(8);
      expect(Math.abs(duration!.point.min! * 1000 - 80)).toBeLessThan(5);
    },
    { timeout: 15_000 },
  );
  clearInterval(pinging);
  observation.stop();
  proxy.close();
  await closed(client, peer);
  await shut(server);
});
