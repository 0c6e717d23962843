import { once } from "node:events";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import { Share } from "../../../src/core/share.ts";
import { spans } from "../../support/query.ts";
import { closed, connect, received } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import { messageSpans, useContexts, work } from "./kit.ts";

const SPARSE = { messageSpans: { ratio: 0.1 } };
const MANY = 2000;

useContexts();

test("a share of events is taken, one independent of the other", () => {
  const ratio = 0.05;
  const gaps: number[] = [];
  const share = new Share(ratio);
  let gap = 0;
  const events = 200_000;
  for (let event = 0; event < events; event += 1) {
    gap += 1;
    if (!share.next()) continue;
    gaps.push(gap);
    gap = 0;
  }
  // Within five standard deviations of a binomial distribution, and as often right after another as by chance.
  const deviation = Math.sqrt(events * ratio * (1 - ratio));
  expect(Math.abs(gaps.length - events * ratio)).toBeLessThan(5 * deviation);
  const successive = gaps.filter((length) => length === 1).length / gaps.length;
  expect(Math.abs(successive - ratio)).toBeLessThan(0.015);
});

test.for([
  [0, 0],
  [1e-300, 0],
  [1, 100],
])("of a ratio of %d, %d events in a hundred are taken", ([ratio, expected]) => {
  const share = new Share(ratio!);
  expect(Array.from({ length: 100 }, () => share.next()).filter(Boolean)).toHaveLength(expected!);
});

conformance("spans of few messages", (kit) => {
  async function exchange(client: WebSocket, peer: WebSocket): Promise<void> {
    const all = received(client, MANY);
    peer.on("message", (data) => peer.send(data as Buffer));
    for (let message = 0; message < MANY; message += 1) client.send(`message ${message}`);
    await all;
  }

  test("are made of about the share that was asked for, each whole", async () => {
    await kit.start({}, { ...SPARSE, route: () => "/chat" });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    peer.on("message", () => work(kit.sdk, "application"));
    await exchange(client, peer);
    client.terminate();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    // Both ends; 400 are expected of each, with a standard deviation of 19.
    for (const verb of ["receive", "send"] as const) {
      const found = messageSpans(telemetry, verb);
      expect(found.length).toBeGreaterThan(300);
      expect(found.length).toBeLessThan(500);
      expect(found.every(({ links }) => links.length === 1)).toBe(true);
    }
    expect(kit.sdk.openSpans()).toEqual([]);
    const parents = messageSpans(telemetry, "receive").filter(({ name }) => name === "receive /chat");
    const ids = new Set(parents.map(({ spanId }) => spanId));
    const beneath = spans(telemetry, { name: "application" }).filter(({ parentSpanId }) => ids.has(parentSpanId));
    expect(beneath).toHaveLength(parents.length);
    expect(parents.length).toBeGreaterThan(120);
  });

  test("lose and repeat no message, and leave the socket's methods as they were", async () => {
    await kit.start({}, SPARSE);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const texts: string[] = [];
    client.on("message", (data: unknown) => texts.push(String(data)));
    await exchange(client, peer);
    expect(texts).toEqual(Array.from({ length: MANY }, (_, message) => `message ${message}`));
    for (const socket of [client, peer]) {
      expect([Object.hasOwn(socket, "emit"), Object.hasOwn(socket, "send")]).toEqual([false, false]);
      expect([socket.listenerCount("message"), socket.emit.name, socket.send.name]).toEqual([
        socket === client ? 2 : 1,
        "emit",
        "send",
      ]);
    }
    client.terminate();
    await closed(client, peer);
  });

  test("stay beneath what the application puts around the socket's methods", async () => {
    await kit.start({}, SPARSE);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    let emitted = 0;
    let sent = 0;
    const emit = peer.emit.bind(peer);
    const send = peer.send.bind(peer) as (...args: unknown[]) => void;
    peer.emit = (event: string | symbol, ...args: unknown[]) => {
      if (event === "message") emitted += 1;
      return emit(event as never, ...(args as never[]));
    };
    peer.send = ((...args: unknown[]) => {
      sent += 1;
      send(...args);
    }) as typeof peer.send;
    await exchange(client, peer);
    expect([emitted, sent]).toEqual([MANY, MANY]);
    client.close(1000);
    await Promise.all([once(client, "close"), closed(peer)]);
    expect(messageSpans(await kit.sdk.collect(), "receive").length).toBeGreaterThan(300);
  });
});
