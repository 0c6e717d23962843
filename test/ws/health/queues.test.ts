import { once } from "node:events";
import { diag } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import type { SlowConsumer } from "../../../src/core/health/options.ts";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTION_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT,
  METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS,
} from "../../../src/semconv.ts";
import { attrs, latest, logs, spans, sumOf } from "../../support/query.ts";
import { rawClient } from "../../support/raw.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import type { Kit } from "../conformance.ts";

const CHUNK: Buffer = Buffer.alloc(1024 * 1024);
const EVENT = "websocket.connection.slow_consumer";

/** A client that does not read, and a server that has sent it more than the kernel takes. */
async function stuck(kit: Kit): Promise<{ peer: WebSocket; client: Awaited<ReturnType<typeof rawClient>> }> {
  const connected = once(kit.server, "connection") as Promise<[WebSocket]>;
  const client = await rawClient(kit.url);
  client.pause();
  const [peer] = await connected;
  peer.on("error", () => {});
  while (peer.bufferedAmount < 2 * CHUNK.length) {
    peer.send(CHUNK);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return { peer, client };
}

/** Collections until the duration has passed. */
async function collectUntilSlow(kit: Kit): Promise<Awaited<ReturnType<Kit["sdk"]["collect"]>>> {
  return vi.waitFor(
    async () => {
      const telemetry = await kit.sdk.collect();
      expect(logs(telemetry, { name: EVENT }).length).toBeGreaterThan(0);
      return telemetry;
    },
    { timeout: 4000, interval: 10 },
  );
}

const RULE: ObserverOptions["slowConsumer"] = { bytes: CHUNK.length, duration: 20 };

conformance("queues", (kit) => {
  afterEach(() => diag.disable());

  test("a reader that stops is a slow consumer until it reads again; the log says both once", async () => {
    await kit.start({ perMessageDeflate: false }, { slowConsumer: RULE });
    const { client: healthy, peer: reading } = await connect(kit.ws, kit.server, kit.url);
    const { peer, client } = await stuck(kit);
    const first = await kit.sdk.collect();
    expect(sumOf(first, METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT)).toBe(peer.bufferedAmount);
    expect(sumOf(first, METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT)).toBe(peer.bufferedAmount);
    expect(sumOf(first, METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS)).toBe(0);
    const [distribution] = latest(first, METRIC_WEBSOCKET_SERVER_CONNECTION_BUFFERED_AMOUNT);
    expect(distribution?.value).toBe(2);
    expect(distribution?.point.sum).toBe(peer.bufferedAmount);

    const slow = await collectUntilSlow(kit);
    expect(sumOf(slow, METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS)).toBe(1);
    await kit.sdk.collect();
    const buffered = peer.bufferedAmount;
    client.resume();
    await vi.waitFor(() => expect(peer.bufferedAmount).toBe(0), { timeout: 4000 });
    const after = await kit.sdk.collect();
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT)).toBe(0);
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT)).toBe(0);
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS)).toBe(0);
    const events = logs(await kit.sdk.collect(), { name: EVENT });
    const identity = {
      "websocket.connection.id": expect.any(String) as unknown,
      "websocket.connection.role": "server",
    };
    expect(events.map((event) => [event.severityNumber, attrs(event)])).toEqual([
      [13, { ...identity, "websocket.condition": "begun", "websocket.connection.buffered_amount": buffered }],
      [9, { ...identity, "websocket.condition": "ended", "websocket.connection.buffered_amount": 0 }],
    ]);
    peer.terminate();
    healthy.terminate();
    await closed(peer, healthy, reading);
    const maxima = spans(await kit.sdk.collect(), ({ kind }) => kind === 2).map((span) => [
      span.spanId,
      attrs(span)["websocket.connection.max_buffered_amount"],
    ]);
    expect(maxima).toContainEqual([events[0]?.spanId, buffered]);
  });

  test("the policy `close` closes the slow one with 1013 and no other", async () => {
    await kit.start({ perMessageDeflate: false }, { slowConsumer: { ...RULE, policy: "close" } });
    const { client: healthy, peer: reading } = await connect(kit.ws, kit.server, kit.url);
    const { peer, client } = await stuck(kit);
    await collectUntilSlow(kit);
    expect(peer.readyState).toBe(peer.CLOSING);
    expect(reading.readyState).toBe(reading.OPEN);
    const received: Buffer[] = [];
    client.on("data", (chunk: Buffer) => void received.push(chunk));
    client.resume();
    // RFC 6455 section 5.5.1: the last that it gets is the close frame, with the code in its first two bytes.
    const frame = Buffer.concat([Buffer.from([0x88, 15, 1013 >> 8, 1013 & 0xff]), Buffer.from("slow_consumer")]);
    await vi.waitFor(() => expect(received.at(-1)?.subarray(-frame.length)).toEqual(frame), { timeout: 4000 });
    client.destroy();
    await closed(peer);
    const telemetry = await kit.sdk.collect();
    expect(logs(telemetry, { name: EVENT })).toHaveLength(1);
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS).map((p) => p.attributes)).toEqual([
      expect.objectContaining({ "error.type": "slow_consumer", "websocket.close.initiator": "server" }),
    ]);
    expect(reading.readyState).toBe(reading.OPEN);
    healthy.terminate();
    await closed(healthy, reading);
  });

  test.each([
    ["terminates", (consumer: { terminate(): void }) => consumer.terminate()],
    ["throws", () => void JSON.parse("{")],
  ])("a policy of the application's own that %s is asked once, and contained", async (name, act) => {
    const reports: string[] = [];
    diag.setLogger({ error: (m) => void reports.push(m), warn() {}, info() {}, debug() {}, verbose() {} });
    const policy = vi.fn<(consumer: SlowConsumer) => void>(act);
    await kit.start({ perMessageDeflate: false }, { slowConsumer: { ...RULE, policy } });
    const { peer, client } = await stuck(kit);
    await collectUntilSlow(kit);
    await kit.sdk.collect();
    expect(policy).toHaveBeenCalledTimes(1);
    expect(policy.mock.calls[0]?.[0]).toMatchObject({ bufferedAmount: expect.any(Number) as number });
    expect(peer.readyState === peer.OPEN).toBe(name === "throws");
    expect(reports.length).toBeLessThanOrEqual(1);
    client.destroy();
    peer.terminate();
    await closed(peer);
  });
});
