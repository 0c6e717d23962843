import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { getConnection, observeServer } from "../../../src/index.ts";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY,
  METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY,
  METRIC_WEBSOCKET_SERVER_HEARTBEATS,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
} from "../../../src/semconv.ts";
import { connectPeer } from "../../support/memory-peer.ts";
import type { MemoryPeer } from "../../support/memory-peer.ts";
import { logs, points, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import { copyWs } from "../../support/ws.ts";
import type { WsCopy, WsModule } from "../../support/ws.ts";

/** Longer where there is time for it. */
const TIME = process.env["CI"] === undefined ? 5_000 : 30_000;
const TEXT = 0x01;
const PONG = 0x0a;

let copy: WsCopy;
let ws: WsModule;

beforeEach(() => {
  copy = copyWs("8");
  ws = copy.load();
});

afterEach(() => copy.remove());

type Step = {
  do:
    | "open"
    | "ping"
    | "answer"
    | "ignore"
    | "pong"
    | "message"
    | "wait"
    | "expect"
    | "ack"
    | "send"
    | "collect"
    | "end";
  which: number;
  value: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(["open", "ping", "answer", "answer", "ignore", "pong", "message", "wait", "wait"] as const),
    ...(["expect", "expect", "ack", "send", "collect", "end"] as const),
  ),
  which: fc.nat({ max: 5 }),
  value: fc.nat({ max: 7 }),
});

const heartbeat: fc.Arbitrary<ObserverOptions["heartbeat"]> = fc.option(
  fc.record({
    interval: fc.constant(1000),
    timeout: fc.constantFrom(100, 500, 999),
    maxMissed: fc.integer({ min: 1, max: 4 }),
    terminate: fc.boolean(),
    application: fc.constantFrom(undefined, {
      create: (sequence: number) => `beat ${String(sequence)}`,
      match: (message: unknown) => String(message) === "ack",
      consume: true,
    }),
  }),
  { nil: undefined },
);

interface Open {
  readonly peer: MemoryPeer;
  readonly socket: WebSocket;
}

const ends: ((open: Open) => void)[] = [
  ({ socket }) => socket.close(),
  ({ socket }) => socket.close(4000, "x"),
  ({ socket }) => socket.terminate(),
  ({ peer }) => peer.leave(),
  ({ peer }) => peer.destroy(new Error("the transport broke")),
  ({ peer }) => void peer.destroy(),
  ({ peer }) => peer.frame(0x0f, "garbage"),
  ({ peer }) => void peer.push(null),
];

test(
  "whatever happens in whatever order, every counter is consistent and every timer is cleared",
  async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), heartbeat, async (steps, beats) => {
        vi.useFakeTimers({
          toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
        });
        try {
          await run(steps, beats);
        } finally {
          vi.useRealTimers();
          vi.restoreAllMocks();
        }
        runs += 1;
      }),
      { interruptAfterTimeLimit: TIME, numRuns: 100_000 },
    );
    expect(runs).toBeGreaterThan(20);
  },
  TIME + 30_000,
);

async function run(steps: readonly Step[], beats: ObserverOptions["heartbeat"]): Promise<void> {
  const sdk = startSdk();
  const { meterProvider, tracerProvider } = sdk;
  const server = new ws.WebSocketServer({ noServer: true });
  const options: ObserverOptions = {
    heartbeat: beats,
    processingTime: true,
    sendTime: true,
    capacity: 3,
    slowConsumer: { bytes: 1, duration: 1 },
  };
  // Ours go through the socket's own method too.
  const pings = vi.spyOn(ws.WebSocket.prototype, "ping");
  const observation = observeServer(server, { ...options, meterProvider, tracerProvider });
  const all: Open[] = [];
  const sent = { messages: 0, pongs: 0, expectations: 0, keys: [] as string[] };
  const open = (): void => void all.push(connectPeer(server));
  open();
  for (const { do: action, which, value } of steps) {
    const one = all[which % all.length]!;
    const { peer, socket } = one;
    const connection = getConnection(socket);
    if (action === "open" && all.length < 6) open();
    else if (action === "ping" && socket.readyState === socket.OPEN) socket.ping(["", "a", "b", "c"][value % 4]);
    else if (action === "answer") sent.pongs += Number(peer.answer(true));
    else if (action === "ignore") peer.answer(false);
    else if (action === "pong") {
      peer.frame(PONG, ["", "a", "b", "nobody asked"][value % 4]);
      sent.pongs += 1;
    } else if (action === "message") {
      peer.frame(TEXT, value % 2 === 0 ? "ack" : "data");
      sent.messages += 1;
    } else if (action === "wait")
      await vi.advanceTimersByTimeAsync([1, 99, 500, 1000, 5000, 10_000, 29_000, 31_000][value]!);
    else if (action === "expect" && connection !== undefined) {
      const key = String((sent.expectations += 1));
      connection.expectAck(key, { timeout: 1 + value * 300 });
      sent.keys.push(key);
    } else if (action === "ack") connection?.ack(sent.keys[value * 3] ?? "unknown");
    else if (action === "send" && socket.readyState === socket.OPEN) socket.send("hello");
    else if (action === "collect") await sdk.collect();
    else if (action === "end") ends[value]!(one);
    if (value % 3 === 0) await settle();
  }
  await settle();
  const active = all.filter(({ socket }) => getConnection(socket) !== undefined).length;
  const before = await sdk.collect();
  expect(sumOf(before, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(active);
  expect(sumOf(before, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE)).toBe(active);
  expect(sumOf(before, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY)).toBeLessThanOrEqual(active);
  expect(sumOf(before, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(all.length - active);

  for (const { socket } of all) socket.terminate();
  await settle();
  // The SDK's exporters in memory answer in the next turn; `ws` has a timer only during a closing handshake.
  vi.advanceTimersByTime(1);
  expect(vi.getTimerCount()).toBe(0);
  const telemetry = await sdk.collect();
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(0);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(all.length);
  expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACK_DURATION)).toBe(sent.expectations);
  const heartbeats = (type: string, outcome: string): number =>
    sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEATS, {
      "websocket.heartbeat.type": type,
      "websocket.heartbeat.outcome": outcome,
    });
  const acknowledged = heartbeats("protocol", "acknowledged");
  expect(acknowledged + heartbeats("protocol", "missed")).toBeLessThanOrEqual(pings.mock.calls.length);
  expect(heartbeats("application", "acknowledged")).toBeLessThanOrEqual(sent.messages);
  expect(
    sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION, { "websocket.heartbeat.type": "protocol" }),
  ).toBeLessThanOrEqual(Math.min(acknowledged, sent.pongs));
  const missed = heartbeats("protocol", "missed") + heartbeats("application", "missed");
  expect(logs(telemetry, { name: "websocket.connection.heartbeat_missed" })).toHaveLength(missed);
  for (const { point } of points(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY)) {
    expect(point.sum).toBeLessThanOrEqual(Number(point.count) * 100);
  }
  expect(sdk.openSpans()).toEqual([]);
  observation.stop();
}

/** Streams of Node end in ticks and microtasks of their own. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
}
