import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ATTR_WEBSOCKET_CONNECTION_ID, EVENT_WEBSOCKET_CONNECTION_OPENED } from "../../../src/semconv.ts";
import { attrs, logs, spans } from "../../support/query.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";

const DEFERRED = { connectionSpan: { mode: "deferred" } } as const;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterEach(() => context.disable());

conformance("deferred spans", (kit) => {
  test("hold no span while the connection is open, and say all of it at the close", async () => {
    await kit.start({ path: "/chat" }, DEFERRED);
    const before = Date.now();
    const { client, peer } = await connect(kit.ws, kit.server, `${kit.url}/chat`);
    expect(kit.sdk.openSpans()).toEqual([]);
    client.send("hello");
    await once(peer, "message");
    client.close(1000);
    await closed(client, peer);
    const found = spans(await kit.sdk.collect());
    expect(found).toHaveLength(2);
    const span = found.find(({ kind }) => kind === 2)!;
    const startedAt = Number(BigInt(span.startTimeUnixNano) / 1_000_000n);
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(Number(BigInt(span.endTimeUnixNano) / 1_000_000n)).toBeGreaterThanOrEqual(startedAt);
    expect(attrs(span)).toMatchObject({
      "http.route": "/chat",
      "http.response.status_code": 101,
      "network.peer.address": "127.0.0.1",
      "websocket.close.code": 1000,
      "websocket.connection.messages_received": 1,
    });
  });

  test("have the parent that a span from the beginning would have", async () => {
    await kit.start({}, DEFERRED);
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const { client, peer } = await connect(kit.ws, kit.server, kit.url, { headers });
    client.close(1000);
    await closed(client, peer);
    const [server] = spans(await kit.sdk.collect(), ({ kind }) => kind === 2);
    expect([server?.traceId, server?.parentSpanId]).toEqual([TRACE, PARENT]);
  });

  test("leave the trace context over the handshake to the application's own span", async () => {
    await kit.start({}, DEFERRED);
    const active = trace.wrapSpanContext({ traceId: TRACE, spanId: PARENT, traceFlags: 1 });
    const { client, peer } = await context.with(trace.setSpan(context.active(), active), () =>
      connect(kit.ws, kit.server, kit.url),
    );
    client.close(1000);
    await closed(client, peer);
    const found = spans(await kit.sdk.collect());
    expect(found.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [TRACE, PARENT],
      [TRACE, PARENT],
    ]);
  });

  test("have events in the parent's trace, told apart by the connection's id", async () => {
    await kit.start({}, DEFERRED);
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const { client, peer } = await connect(kit.ws, kit.server, kit.url, { headers });
    client.close(1000);
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    const [opened] = logs(telemetry, {
      name: EVENT_WEBSOCKET_CONNECTION_OPENED,
      attributes: { "websocket.connection.role": "server" },
    });
    const [server] = spans(telemetry, ({ kind }) => kind === 2);
    expect([opened?.traceId, opened?.spanId]).toEqual([TRACE, PARENT]);
    expect(attrs(opened!)[ATTR_WEBSOCKET_CONNECTION_ID]).toBe(attrs(server!)[ATTR_WEBSOCKET_CONNECTION_ID]);
  });

  test("are made at once of a handshake that is refused", async () => {
    await kit.start({}, DEFERRED);
    const http = createServer().on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const client = new kit.ws.WebSocket(`ws://127.0.0.1:${String((http.address() as AddressInfo).port)}`);
    await once(client, "error");
    await closed(client);
    http.close();
    const [span] = spans(await kit.sdk.collect());
    expect(attrs(span!)).toMatchObject({ "http.response.status_code": 403, "error.type": "403" });
    expect(span?.status?.code).toBe(2);
  });
});
