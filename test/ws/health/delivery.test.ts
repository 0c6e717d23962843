import { diag } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { getConnection } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_ACK_DURATION,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_LATENCY,
  METRIC_WEBSOCKET_CLIENT_SEND_DURATION,
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY,
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
} from "../../../src/semconv.ts";
import { latest, points, sumOf } from "../../support/query.ts";
import { closed, connect, received } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";

conformance("latency and delivery", (kit) => {
  afterEach(() => diag.disable());

  test("acknowledgements are measured on both ends, with what never came", async () => {
    await kit.start({}, { maxPendingAcks: 3 });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const [onServer, onClient] = [getConnection(peer)!, getConnection(client)!];
    expect(getConnection(peer)).toBe(onServer);
    onServer.expectAck("1");
    expect(onServer.ack("1")).toBe(true);
    expect(onServer.ack("1")).toBe(false);
    expect(onServer.ack("never asked")).toBe(false);
    for (const key of ["a", "b", "c", "d"]) onServer.expectAck(key, { timeout: 60_000 });
    expect(onServer.ack("a")).toBe(false);
    expect(onServer.ack("b")).toBe(true);
    onServer.expectAck("late", { timeout: 1 });
    onClient.expectAck("1", { timeout: 1000 });
    expect(onClient.ack("1")).toBe(true);
    await new Promise((resolve) => void setTimeout(resolve, 3));
    await kit.sdk.collect();
    expect(onServer.ack("late")).toBe(false);
    client.close();
    await closed(client, peer);
    expect(onServer.ack("c")).toBe(false);
    onServer.expectAck("after the close");
    onServer.recordLatency(1);
    expect(getConnection(peer)).toBeUndefined();
    expect(getConnection(client)).toBeUndefined();

    const telemetry = await kit.sdk.collect();
    const counts = Object.fromEntries(
      latest(telemetry, METRIC_WEBSOCKET_SERVER_ACK_DURATION).map(({ attributes, value }) => [
        attributes["error.type"] ?? "acknowledged",
        value,
      ]),
    );
    expect(counts).toEqual({ acknowledged: 2, overflow: 1, timeout: 1, closed: 2 });
    const [late] = latest(telemetry, METRIC_WEBSOCKET_SERVER_ACK_DURATION, { "error.type": "timeout" });
    expect(late?.point.sum).toBeCloseTo(0.001, 6);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_ACK_DURATION)).toBe(1);
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY)).toEqual([]);
  });

  test("a latency that the application measured is recorded in seconds; one below 0 is left out", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    getConnection(peer)!.recordLatency(250);
    getConnection(peer)!.recordLatency(0);
    getConnection(peer)!.recordLatency(-20);
    getConnection(client)!.recordLatency(1500);
    const telemetry = await kit.sdk.collect();
    const [onServer] = latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY);
    expect([onServer?.value, onServer?.point.sum]).toEqual([2, 0.25]);
    expect(latest(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGE_LATENCY)[0]?.point.sum).toBe(1.5);
    client.terminate();
    await closed(client, peer);
  });

  test("the handle is there in the first listeners, and only where a socket is observed", async () => {
    await kit.start();
    const early: boolean[] = [];
    kit.server.on("connection", (peer) => void early.push(getConnection(peer) !== undefined));
    const client = new kit.ws.WebSocket(kit.url);
    early.push(getConnection(client) !== undefined);
    const opened = new Promise<void>((resolve) => {
      client.on("open", () => {
        early.push(getConnection(client) !== undefined);
        resolve();
      });
    });
    await opened;
    expect(early).toEqual([false, true, true]);
    expect(getConnection({})).toBeUndefined();
    client.terminate();
    await closed(client, ...kit.server.clients);
  });

  test.each<[string, (socket: WebSocket) => unknown, RegExp]>([
    [
      "no socket",
      () => getConnection(undefined as never),
      /getConnection: expected a WebSocket of the ws package, got undefined/,
    ],
    ["a number for a socket", () => getConnection(7 as never), /getConnection: .*got 7/],
    [
      "no key",
      (s) => getConnection(s)!.expectAck(undefined as never),
      /expectAck: expected key to be a non-empty string, got undefined/,
    ],
    ["an empty key", (s) => getConnection(s)!.expectAck(""), /got ""/],
    [
      "a number for a key",
      (s) => getConnection(s)!.ack(1 as never),
      /ack: expected key to be a non-empty string, got 1/,
    ],
    [
      "a timeout for the options",
      (s) => getConnection(s)!.expectAck("a", 5000 as never),
      /expectAck: expected options to be \{ timeout \} in milliseconds, got 5000/,
    ],
    [
      "a timeout of 0",
      (s) => getConnection(s)!.expectAck("a", { timeout: 0 }),
      /timeout to be a number of milliseconds greater than 0, got 0/,
    ],
    ["a timeout of NaN", (s) => getConnection(s)!.expectAck("a", { timeout: Number.NaN }), /milliseconds.*got NaN/],
    [
      "a timeout as text",
      (s) => getConnection(s)!.expectAck("a", { timeout: "5s" as never }),
      /milliseconds.*got "5s"/,
    ],
    [
      "no latency",
      (s) => getConnection(s)!.recordLatency(undefined as never),
      /recordLatency: expected a number of milliseconds, got undefined/,
    ],
    [
      "an endless latency",
      (s) => getConnection(s)!.recordLatency(Number.POSITIVE_INFINITY),
      /milliseconds, got Infinity/,
    ],
  ])("a wrong argument is named with what was expected: %s", async (_name, call, message) => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    expect(() => call(peer)).toThrow(TypeError);
    expect(() => call(peer)).toThrow(message);
    client.terminate();
    await closed(client, peer);
  });

  test("the time in listeners and until the transport has a message are measured on request", async () => {
    await kit.start({}, { processingTime: true, sendTime: true });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    client.send("nobody listens");
    await new Promise<void>((resolve) => {
      client.send("nor here", () => resolve());
    });
    await kit.sdk.collect();
    peer.on("message", () => {
      const until = performance.now() + 20;
      while (performance.now() < until);
    });
    const both = received(peer, 2);
    client.send("slow");
    client.send("slow", { binary: true });
    await both;
    const telemetry = await kit.sdk.collect();
    const [processing] = latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION);
    expect(processing?.point.sum).toBeGreaterThanOrEqual(0.04);
    expect(processing?.point.sum).toBeLessThan(1);
    const [sending] = latest(telemetry, METRIC_WEBSOCKET_CLIENT_SEND_DURATION);
    expect(sending?.value).toBe(4);
    expect(sending?.point.sum).toBeLessThan(4);
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_SEND_DURATION)).toEqual([]);
    client.close();
    await closed(client, peer);
  });

  test("neither is measured without being asked for", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const all = received(peer, 1);
    client.send("x");
    await all;
    const names = new Set(points(await kit.sdk.collect()).map(({ metric }) => metric));
    expect(names).not.toContain(METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION);
    expect(names).not.toContain(METRIC_WEBSOCKET_CLIENT_SEND_DURATION);
    client.close();
    await closed(client, peer);
  });
});
