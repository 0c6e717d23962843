import { EventEmitter, on, once } from "node:events";
import type { Duplex } from "node:stream";
import { expect, test } from "vitest";
import type { MessageEvent, WebSocket } from "ws";
import { getMessageContext } from "../../../src/index.ts";
import type { MessageSampler, WebSocketMessage } from "../../../src/index.ts";
import { spans } from "../../support/query.ts";
import { closed, connect, received } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import { attrs, connectionSpan, messageSpans, parentOf, useContexts, work } from "./kit.ts";

const SERVER_ONLY = { messageSpans: { send: false } };
const CONSUMER = 5;

useContexts();

conformance("received messages", (kit) => {
  /** Ends a connection, and gives what both ends told. */
  async function end(client: WebSocket, peer: WebSocket) {
    client.terminate();
    await closed(client, peer);
    return kit.sdk.collect();
  }

  test("each is a trace of its own, with a link to its connection", async () => {
    await kit.start({}, { ...SERVER_ONLY, route: () => "/chat" });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const all = [received(peer, 2), received(client, 1)];
    client.send("zwölf");
    client.send(Buffer.alloc(300));
    peer.send("back");
    await Promise.all(all);
    const telemetry = await end(client, peer);

    const [onServer, onClient] = [connectionSpan(telemetry, "server"), connectionSpan(telemetry, "client")];
    const found = messageSpans(telemetry, "receive");
    expect(found).toHaveLength(3);
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(3);
    for (const span of found) {
      expect([span.kind, span.parentSpanId ?? ""]).toEqual([CONSUMER, ""]);
      const connection = span.name === "receive" ? onClient : onServer;
      expect(span.links.map(({ spanId }) => spanId)).toEqual([connection.spanId]);
      expect(attrs(span)["websocket.connection.id"]).toBe(attrs(connection)["websocket.connection.id"]);
      expect(span.status?.code ?? 0).toBe(0);
    }
    const told = found.map((span) => [
      span.name,
      attrs(span)["websocket.message.type"],
      attrs(span)["websocket.message.size"],
    ]);
    expect(new Set(told.map((entry) => JSON.stringify(entry)))).toEqual(
      new Set(['["receive /chat","binary",300]', '["receive /chat","text",6]', '["receive","text",4]']),
    );
    const address = found.find(({ name }) => name === "receive");
    expect(attrs(address!)).toMatchObject({ "server.address": "127.0.0.1", "websocket.message.direction": "received" });
  });

  test("the span is active in listeners of every kind", async () => {
    await kit.start({}, SERVER_ONLY);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const kinds: Record<string, () => void> = {};
    const kind = (name: string): (() => void) => (kinds[name] = () => work(kit.sdk, name));
    peer.on("message", kind("on"));
    peer.prependListener("message", kind("prependListener"));
    peer.once("message", kind("once"));
    peer.addEventListener("message", kind("addEventListener"));
    if (kit.version !== "7.0") peer.addEventListener("message", kind("addEventListener, once"), { once: true });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the property is what is tested
    if (!kit.version.startsWith("7")) peer.onmessage = kind("onmessage");
    const looped = (async () => {
      for await (const [data] of on(peer, "message") as AsyncIterable<[unknown]>) {
        const active = getMessageContext(data);
        if (active !== undefined) work(kit.sdk, "events.on", active);
        return active !== undefined;
      }
      return false;
    })();
    const stream: Duplex | undefined = kit.ws.createWebSocketStream?.(peer);
    const piped = stream === undefined ? undefined : once(stream.on("data", kind("stream")), "data");
    client.send(Buffer.from("x"));
    expect(await looped).toBe(true);
    await piped;
    stream?.on("error", () => {});
    const telemetry = await end(client, peer);
    const [span] = messageSpans(telemetry, "receive");
    const expected = [...Object.keys(kinds), "events.on"];
    expect(expected.length).toBeGreaterThan(4);
    expect(expected.map((name) => [name, parentOf(telemetry, name)?.spanId])).toEqual(
      expected.map((name) => [name, span!.spanId]),
    );
  });

  test("onmessage alone is seen too", async () => {
    await kit.start({}, SERVER_ONLY);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const event = new Promise<MessageEvent>((resolve) => {
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the property is what is tested
      peer.onmessage = (given) => {
        work(kit.sdk, "onmessage");
        resolve(given);
      };
    });
    client.send("hello");
    const { data, target, type } = await event;
    expect([data, target === peer, type]).toEqual(["hello", true, "message"]);
    const telemetry = await end(client, peer);
    expect(parentOf(telemetry, "onmessage")?.name).toBe("receive");
  });

  test("the span lasts until the promises of the listeners are settled", async () => {
    await kit.start({}, SERVER_ONLY);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const gates = new EventEmitter();
    const names = ["async", "arrow", "onmessage", "once", "bound"];
    const handlers = Object.fromEntries(
      names.map((name) => {
        const wait = async (): Promise<void> => {
          await once(gates, name);
          work(kit.sdk, name);
        };
        return [name, name === "arrow" ? () => wait() : name === "bound" ? wait.bind(undefined) : wait];
      }),
    );
    peer.on("message", handlers["async"]!);
    peer.on("message", handlers["arrow"]!);
    peer.on("message", handlers["bound"]!);
    peer.once("message", handlers["once"]!);
    peer.addEventListener("message", handlers["onmessage"]!);
    const arrived = once(peer, "message");
    client.send("x");
    await arrived;
    for (const name of names) {
      expect([name, kit.sdk.openSpans().includes("receive")]).toEqual([name, true]);
      gates.emit(name);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(kit.sdk.openSpans()).not.toContain("receive");
    const telemetry = await end(client, peer);
    const [span] = messageSpans(telemetry, "receive");
    for (const name of names) expect([name, parentOf(telemetry, name)?.spanId]).toEqual([name, span!.spanId]);
  });

  test("an error of a listener is recorded and thrown unchanged; the listeners after it do not run", async () => {
    await kit.start({}, SERVER_ONLY);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const error = new TypeError("broken");
    const ran: string[] = [];
    peer.on("message", () => void ran.push("before"));
    peer.addEventListener("message", () => {
      throw error;
    });
    peer.on("message", () => void ran.push("after"));
    let thrown: unknown;
    try {
      peer.emit("message", Buffer.from("x"), false);
    } catch (given) {
      thrown = given;
    }
    expect([thrown === error, ran]).toEqual([true, ["before"]]);
    const telemetry = await end(client, peer);
    const [span] = messageSpans(telemetry, "receive");
    expect(span?.status?.code).toBe(2);
    expect(attrs(span!)["error.type"]).toBe("TypeError");
    expect(span!.events.map((event) => attrs(event)["exception.message"])).toEqual(["broken"]);
  });

  test("a filter sees the message, and decides", async () => {
    const seen: unknown[] = [];
    const filter = ({ direction, type, size, data, text }: WebSocketMessage): boolean => {
      seen.push([direction, type, size, text, typeof data === "string" ? data : (data as Buffer).toString()]);
      return type === "text";
    };
    await kit.start({}, { messageSpans: { send: false, filter } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const both = received(peer, 2);
    client.send("zwölf");
    client.send(Buffer.from("abc"));
    await both;
    const telemetry = await end(client, peer);
    expect(seen).toEqual([
      ["received", "text", 6, "zwölf", "zwölf"],
      ["received", "binary", 3, undefined, "abc"],
    ]);
    expect(messageSpans(telemetry, "receive").map((span) => attrs(span)["websocket.message.type"])).toEqual(["text"]);
  });

  test("a sampler is asked with what the span would have", async () => {
    const asked: unknown[] = [];
    const sampler: MessageSampler = {
      shouldSample(_context, traceId, name, kind, attributes, links) {
        asked.push([traceId.length, name, kind, attributes["websocket.message.size"], links.length]);
        return { decision: asked.length === 2 ? 2 : 0, attributes: { "app.tier": "gold" } };
      },
    };
    await kit.start({}, { messageSpans: { send: false, sampler } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    for (const data of ["1", "22", "333"]) {
      client.send(data);
      await once(peer, "message");
    }
    const telemetry = await end(client, peer);
    expect(asked).toEqual([1, 2, 3].map((size) => [32, "receive", 4, size, 1]));
    const having = messageSpans(telemetry, "receive").map((span) => attrs(span));
    expect(having.map((attributes) => [attributes["websocket.message.size"], attributes["app.tier"]])).toEqual([
      [2, "gold"],
    ]);
  });

  test("no more than a limited number of operations have names", async () => {
    const operation = ({ text }: WebSocketMessage): string | undefined => text;
    await kit.start({}, { messageSpans: { send: false, operation, maxOperations: 2 } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    for (const name of ["a", "b", "c", "a", "d", ""]) {
      client.send(name);
      await once(peer, "message");
    }
    const telemetry = await end(client, peer);
    const found = messageSpans(telemetry, "receive").map((span) => [
      span.name,
      attrs(span)["websocket.operation.name"],
    ]);
    expect(found).toEqual([
      ["receive a", "a"],
      ["receive b", "b"],
      ["receive _OTHER", "_OTHER"],
      ["receive a", "a"],
      ["receive _OTHER", "_OTHER"],
      ["receive", undefined],
    ]);
  });

  test("with a ratio of 0 there are none, and nothing is in the way of messages", async () => {
    await kit.start({}, { messageSpans: { ratio: 0 } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    expect(Object.hasOwn(kit.ws.WebSocket.prototype, "emit")).toBe(false);
    client.send("x");
    await once(peer, "message");
    const telemetry = await end(client, peer);
    expect(spans(telemetry, ({ name }) => !name.startsWith("websocket"))).toEqual([]);
  });

  test("work in listeners is not put under the connection's span, where nothing asks for it", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    peer.once("message", () => work(kit.sdk, "work"));
    client.send("x");
    await once(peer, "message");
    const telemetry = await end(client, peer);
    expect(spans(telemetry, { name: "work" }).map(({ parentSpanId }) => parentSpanId ?? "")).toEqual([""]);
  });
});
