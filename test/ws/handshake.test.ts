import { expect, test } from "vitest";
import {
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
} from "../../src/semconv.ts";
import { latest, spans, sumOf } from "../support/query.ts";
import { closed, connect, listen, shut } from "../support/ws.ts";
import { conformance } from "./conformance.ts";

conformance("handshake", (kit) => {
  test("reports a refusal with its status, and ends its span at once", async () => {
    await kit.start({ path: "/chat", verifyClient: ({ req }: { req: { headers: object } }) => "x-ok" in req.headers });
    for (const [path, headers] of [
      ["/other", { "x-ok": "1" }],
      ["/chat", {}],
    ] as const) {
      const client = new kit.ws.WebSocket(kit.url + path, { headers });
      await closed(client);
    }
    const { client, peer } = await connect(kit.ws, kit.server, `${kit.url}/chat`, { headers: { "x-ok": "1" } });
    client.close();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    for (const metric of [METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION, METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION]) {
      expect(sumOf(telemetry, metric, { "http.response.status_code": 400, "error.type": "400" })).toBe(1);
      expect(sumOf(telemetry, metric, { "http.response.status_code": 401, "error.type": "401" })).toBe(1);
      expect(sumOf(telemetry, metric, { "http.response.status_code": 101 })).toBe(1);
      expect(sumOf(telemetry, metric)).toBe(3);
    }
    expect(spans(telemetry, ({ status }) => status?.code === 2)).toHaveLength(4);
    expect(spans(telemetry, { name: "websocket /chat" })).toHaveLength(3);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(1);
    expect(kit.sdk.openSpans()).toEqual([]);
  });

  test("waits for a verifyClient that answers later, whichever way", async () => {
    await kit.start({
      verifyClient: ({ req }, answer) => void setImmediate(answer, req.url === "/yes", 403, "no"),
    });
    const refused = new kit.ws.WebSocket(`${kit.url}/no`);
    await closed(refused);
    const { client, peer } = await connect(kit.ws, kit.server, `${kit.url}/yes`);
    client.close();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION, { "http.response.status_code": 403 })).toBe(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION, { "http.response.status_code": 101 })).toBe(1);
    expect(kit.sdk.openSpans()).toEqual([]);
  });

  test.each([
    ["at once", (end: () => void) => end()],
    ["later", (end: () => void) => void setImmediate(end)],
  ])("reports an upgrade whose transport is destroyed before the answer, %s", async (_name, when) => {
    await kit.start({ verifyClient: ({ req }, _answer) => when(() => req.socket.destroy()) });
    const client = new kit.ws.WebSocket(kit.url);
    await closed(client);
    const telemetry = await kit.sdk.collect();
    const [onServer] = latest(telemetry, METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION);
    expect(onServer?.attributes["error.type"]).toBe("aborted");
    const [onClient] = latest(telemetry, METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION);
    expect(onClient?.attributes["error.type"]).toBe("ECONNRESET");
    expect(kit.sdk.openSpans()).toEqual([]);
  });

  test.each(["close", "terminate"] as const)(
    "reports a client on which %s() is called before it is open as aborted",
    async (method) => {
      await kit.start();
      const client = new kit.ws.WebSocket(kit.url);
      client.on("error", () => {});
      client[method]();
      await closed(client);
      const [point] = latest(await kit.sdk.collect(), METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION);
      expect(point?.attributes["error.type"]).toBe("aborted");
      expect(point?.value).toBe(1);
    },
  );

  test("reports a connection that was refused by the network", async () => {
    await kit.start();
    const { server: other, url: dead } = await listen(kit.ws);
    await shut(other);
    const client = new kit.ws.WebSocket(dead);
    await closed(client);
    const telemetry = await kit.sdk.collect();
    const [point] = latest(telemetry, METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION);
    expect(point?.attributes["error.type"]).toBe("ECONNREFUSED");
    expect(point?.attributes).not.toHaveProperty("http.response.status_code");
    expect(kit.sdk.openSpans()).toEqual([]);
  });

  test("makes the server's span a child of the client's, whatever headers the caller passes", async () => {
    await kit.start();
    const headers = { "x-mine": "1" };
    const { client, peer } = await connect(kit.ws, kit.server, kit.url, { headers });
    client.close();
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    const [onServer] = spans(telemetry, ({ kind }) => kind === 2);
    const [onClient] = spans(telemetry, ({ kind }) => kind === 3);
    expect(onServer?.parentSpanId).toBe(onClient?.spanId);
    expect(onServer?.traceId).toBe(onClient?.traceId);
    expect(headers).toEqual({ "x-mine": "1" });
  });

  test("names routes, subprotocols and the application's own attributes, all bounded", async () => {
    await kit.start(
      { handleProtocols: (protocols: Set<string> | string[]) => [...protocols][0] ?? false },
      {
        route: (request) => (request.url?.startsWith("/rooms/") === true ? "/rooms/{id}" : undefined),
        metricAttributes: () => ({ "app.tier": "gold" }),
        subprotocols: ["chat.v1"],
      },
    );
    for (const protocol of ["chat.v1", "graphql-ws", "made-up-by-the-peer"]) {
      const { client, peer } = await connect(kit.ws, kit.server, `${kit.url}/rooms/17`, { protocols: [protocol] });
      client.close(4001);
      await closed(client, peer);
    }
    const telemetry = await kit.sdk.collect();
    const ended = latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, {
      "http.route": "/rooms/{id}",
      "app.tier": "gold",
      "websocket.close.class": "application",
    });
    expect(new Set(ended.map((point) => point.attributes["websocket.subprotocol"]))).toEqual(
      new Set(["_OTHER", "chat.v1", "graphql-ws"]),
    );
    expect(ended.every((point) => !("websocket.close.code" in point.attributes))).toBe(true);
    expect(
      spans(telemetry, {
        attributes: { "websocket.subprotocol": "made-up-by-the-peer", "websocket.close.code": 4001 },
      }),
    ).toHaveLength(2);
  });
});
