import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { ROOT_CONTEXT, context, createContextKey, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { observeServer } from "../../../src/index.ts";
import { start } from "../../support/process.ts";
import { spans } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import { connectionSpan, messageSpans, parentOf, useContexts, work } from "./kit.ts";

useContexts();

conformance("the connection's context", (kit) => {
  test("is active in every listener of the socket where the application asks for it", async () => {
    await kit.start({}, { propagateConnection: true });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const events = ["message", "ping", "close"];
    for (const event of events) peer.on(event, () => work(kit.sdk, event));
    peer.once("message", () => {
      expect(context.active().getValue(createContextKey("of nobody"))).toBeUndefined();
    });
    client.send("x");
    await once(peer, "message");
    client.ping();
    await once(peer, "ping");
    client.close();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    const { spanId } = connectionSpan(telemetry, "server");
    expect(events.map((event) => [event, parentOf(telemetry, event)?.spanId])).toEqual(
      events.map((event) => [event, spanId]),
    );
  });

  test("gives way to the span of a message", async () => {
    let chosen = true;
    await kit.start({}, { propagateConnection: true, messageSpans: { send: false, filter: () => chosen } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    for (const name of ["chosen", "not chosen"]) {
      chosen = name === "chosen";
      peer.once("message", () => work(kit.sdk, name));
      client.send("x");
      await once(peer, "message");
    }
    client.terminate();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    expect(parentOf(telemetry, "chosen")?.spanId).toBe(messageSpans(telemetry, "receive")[0]?.spanId);
    expect(parentOf(telemetry, "not chosen")?.spanId).toBe(connectionSpan(telemetry, "server").spanId);
  });

  test("stays away from a message without a span where nobody asked for it", async () => {
    await kit.start({}, { messageSpans: { send: false, filter: () => false } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    peer.once("message", () => work(kit.sdk, "work"));
    client.send("x");
    await once(peer, "message");
    client.terminate();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    expect(spans(telemetry, { name: "work" }).map(({ parentSpanId }) => parentSpanId ?? "")).toEqual([""]);
  });

  test("is left alone once the connection has ended", async () => {
    await kit.start({}, { propagateConnection: true, messageSpans: {} });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    client.terminate();
    await closed(client, peer);
    peer.on("message", () => work(kit.sdk, "late"));
    peer.emit("message", Buffer.from("x"), false);
    const telemetry = await kit.sdk.collect();
    expect(spans(telemetry, { name: "late" }).map(({ parentSpanId }) => parentSpanId ?? "")).toEqual([""]);
    expect(messageSpans(telemetry, "receive")).toEqual([]);
  });
});

describe("an upgrade within a span of the application's", () => {
  test("does not make its span the parent of what listeners start", async () => {
    const sdk = startSdk();
    const server = new WebSocketServer({ noServer: true });
    const observation = observeServer(server, { tracerProvider: sdk.tracerProvider, meterProvider: sdk.meterProvider });
    const http = createServer();
    http.on("upgrade", (request, socket, head) => {
      const span = sdk.tracerProvider.getTracer("app").startSpan("upgrade", {}, ROOT_CONTEXT);
      context.with(trace.setSpan(ROOT_CONTEXT, span), () =>
        server.handleUpgrade(request, socket, head, (peer) => server.emit("connection", peer, request)),
      );
      span.end();
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const client = new WebSocket(`ws://127.0.0.1:${String((http.address() as AddressInfo).port)}`);
    const [[peer]] = await Promise.all([connected, once(client, "open")]);
    peer.on("message", () => work(sdk, "work"));
    client.send("x");
    await once(peer, "message");
    client.terminate();
    await closed(client, peer);
    http.close();
    const telemetry = await sdk.collect();
    expect(spans(telemetry, { name: "work" }).map(({ parentSpanId }) => parentSpanId ?? "")).toEqual([""]);
    expect(connectionSpan(telemetry, "server").parentSpanId).toBe(spans(telemetry, { name: "upgrade" })[0]?.spanId);
    observation.stop();
  });

  test.each(["plain", "observed"])(
    "what it stored for the request goes while the connection is open: %s",
    async (how) => {
      const apps = fileURLToPath(new URL("apps/", import.meta.url));
      const { stdout, stderr } = await start(process.execPath, ["--expose-gc", "store.mjs", how], apps, {}).ended;
      expect([stdout, stderr]).toEqual(["true free\n", ""]);
    },
  );
});
