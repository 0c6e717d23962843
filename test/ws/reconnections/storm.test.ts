import { afterEach, beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { WebSocket as Client, WebSocketServer } from "ws";
import { observeServer } from "../../../src/index.ts";
import type { Observation } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY,
} from "../../../src/semconv.ts";
import { clientOf, join, left } from "../../support/clients.ts";
import { latest, points, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { listen, shut } from "../../support/ws.ts";

const CLIENTS = 1000;
const FLAPPING = 20;

let sdk: TestSdk;
let server: WebSocketServer;
let url: string;
let observation: Observation;

beforeEach(async () => {
  sdk = startSdk();
  ({ server, url } = await listen({ WebSocket: Client, WebSocketServer, createWebSocketStream: undefined }));
  const { meterProvider } = sdk;
  observation = observeServer(server, { clientId: clientOf, connectionSpan: { mode: "off" }, meterProvider });
});

afterEach(async () => {
  await shut(server);
  observation.stop();
});

/** What the application itself can measure: seconds from each client's `close` to its next `connection`. */
function measure(): { delays: number[] } {
  const delays: number[] = [];
  const lostAt = new Map<string, number>();
  server.on("connection", (socket, request) => {
    const client = clientOf(request)!;
    const lost = lostAt.get(client);
    if (lost !== undefined) delays.push((performance.now() - lost) / 1000);
    socket.on("close", () => void lostAt.set(client, performance.now()));
  });
  return { delays };
}

const names = Array.from({ length: CLIENTS }, (_, index) => `client-${String(index)}`);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

async function joinAll(delay: () => number): Promise<Map<string, WebSocket>> {
  const joined = new Map<string, WebSocket>();
  await Promise.all(
    names.map(async (name) => {
      await pause(delay());
      joined.set(name, await join(url, name));
    }),
  );
  return joined;
}

test("counts 1,000 clients that are dropped at once and come back within seconds", async () => {
  const { delays } = measure();
  let joined = await joinAll(() => Math.random() * 500);
  const before = await sdk.collect();
  expect(points(before, METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([]);
  expect(sumOf(before, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(0);

  for (const [index, socket] of [...server.clients].entries()) {
    if (index % 2 === 0) socket.terminate();
    else socket.close(1012);
  }
  await Promise.all([...joined.values()].map(left));
  joined = await joinAll(() => Math.random() * 2500);

  const storm = await sdk.collect();
  expect(sumOf(storm, METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toBe(CLIENTS);
  for (const closeClass of ["abnormal", "restart"]) {
    const attributes = { "websocket.close.class": closeClass };
    expect(sumOf(storm, METRIC_WEBSOCKET_SERVER_RECONNECTIONS, attributes)).toBe(CLIENTS / 2);
  }
  expect(sumOf(storm, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(0);
  expect(delays).toHaveLength(CLIENTS);
  const measured = delays.reduce((sum, delay) => sum + delay);
  const [histogram] = latest(storm, METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY);
  expect(histogram?.value).toBe(CLIENTS);
  // Our times are whole milliseconds.
  expect(Math.abs(histogram!.point.sum! - measured)).toBeLessThan(measured * 0.02);

  // The threshold is five reconnections within a minute: the storm was the first.
  for (let round = 2; round <= 5; round += 1) {
    await Promise.all(
      names.slice(0, FLAPPING).map(async (name) => {
        const socket = joined.get(name)!;
        socket.close(1000);
        await left(socket);
        joined.set(name, await join(url, name));
      }),
    );
    const telemetry = await sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(round < 5 ? 0 : FLAPPING);
  }
  const after = await sdk.collect();
  expect(sumOf(after, METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toBe(CLIENTS + 4 * FLAPPING);
  expect(sumOf(after, METRIC_WEBSOCKET_SERVER_RECONNECTIONS, { "websocket.close.class": "normal" })).toBe(4 * FLAPPING);
  expect(JSON.stringify(after.resourceMetrics)).not.toContain("client-");
  for (const socket of joined.values()) socket.terminate();
}, 60_000);
