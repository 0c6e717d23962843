import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect as connectTcp } from "node:net";
import { diag, metrics, propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocketInstrumentation } from "../../src/index.ts";
import type { ObserverOptions } from "../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { attrs, latest, points, spans, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { closed, connect, copyWs, listen, shut } from "../support/ws.ts";
import type { WsCopy } from "../support/ws.ts";

let copy: WsCopy;
let sdk: TestSdk;
let instrumentation: WebSocketInstrumentation;
let reports: string[];

beforeEach(() => {
  copy = copyWs("8");
  sdk = startSdk({ userAttributes: ["app.tenant"] });
  reports = [];
  const log = (message: string): void => void reports.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

afterEach(() => {
  instrumentation.disable();
  diag.disable();
  propagation.disable();
  metrics.disable();
  trace.disable();
  copy.remove();
});

function instrument(options: ObserverOptions = {}): void {
  instrumentation = new WebSocketInstrumentation(options);
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
}

async function openAndClose(url: string, count = 1): Promise<void> {
  const ws = copy.load();
  for (let index = 0; index < count; index += 1) {
    const client = new ws.WebSocket(url);
    await once(client, "open");
    client.close(1000);
    await closed(client);
  }
}

/** A client that was answered a text and a binary message, and stays open. */
async function talk(url: string): Promise<{ terminate(): void }> {
  const client = new (copy.load().WebSocket)(url);
  await once(client, "open");
  for (const message of ["text", Buffer.from("binary")]) {
    client.send(message);
    await once(client, "message");
  }
  return client;
}

describe("what is no WebSocket handshake of this server", () => {
  test("an upgrade to another protocol leaves no telemetry, and gets the answer of ws", async () => {
    instrument();
    const { server, url } = await listen(copy.load());
    const socket = connectTcp(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain("400 Bad Request");
    await shut(server);
    const telemetry = await sdk.collect();
    expect(points(telemetry)).toEqual([]);
    expect(spans(telemetry)).toEqual([]);
  });

  test("an upgrade that another server of the same port takes is reported by that one alone", async () => {
    instrument({ route: (request) => request.url });
    const ws = copy.load();
    const http = createServer();
    const servers = ["/a", "/b"].map((path) => ({ path, server: new ws.WebSocketServer({ noServer: true }) }));
    http.on("upgrade", (request, socket, head) => {
      const { server } = servers.find(({ path }) => path === request.url)!;
      server.handleUpgrade(request, socket, head, () => {});
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    await openAndClose(`ws://127.0.0.1:${String((http.address() as AddressInfo).port)}/a`);
    http.close();
    const telemetry = await sdk.collect();
    expect(
      latest(telemetry, METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION).map((p) => p.attributes["http.route"]),
    ).toEqual(["/a"]);
    expect(spans(telemetry, ({ kind }) => kind === 2)).toHaveLength(1);
  });

  test("an upgrade that nobody finishes ends its span when the transport ends", async () => {
    instrument();
    const { server, url } = await listen(copy.load(), { verifyClient: (_info, _answer) => {} });
    const http = (server as unknown as { _server: ReturnType<typeof createServer> })._server;
    const upgraded = once(http, "upgrade");
    const socket = connectTcp(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    const [, transport] = (await upgraded) as [unknown, { destroy(): void; once(name: string, f: () => void): void }];
    expect(sdk.openSpans()).toEqual(["websocket"]);
    const gone = new Promise<void>((resolve) => {
      transport.once("close", resolve);
    });
    transport.destroy();
    await gone;
    expect(sdk.openSpans()).toEqual([]);
    await shut(server);
  });
});

describe("hooks of the application", () => {
  test("that throw are reported once and leave the connection as it is", async () => {
    instrument({
      route: () => {
        throw new Error("route is broken");
      },
      metricAttributes: () => {
        throw new Error("attributes are broken");
      },
    });
    const { server, url } = await listen(copy.load());
    await openAndClose(url, 3);
    await shut(server);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(3);
    expect(reports.filter((report) => report.includes("route is broken"))).toHaveLength(1);
    expect(reports.filter((report) => report.includes("attributes are broken"))).toHaveLength(1);
  });

  test("that return thousands of values end in one overflow series, and no connection is lost", async () => {
    let count = 0;
    instrument({ metricAttributes: () => ({ "app.tenant": String((count += 1)) }), maxAttributeSets: 10 });
    const { server, url } = await listen(copy.load());
    await openAndClose(url, 60);
    await shut(server);
    const telemetry = await sdk.collect();
    const series = latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS);
    expect(series).toHaveLength(11);
    expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(60);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { "otel.metric.overflow": true })).toBe(50);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(0);
  });

  test("that return more values than the SDK has room for lose nothing that was counted", async () => {
    let count = 0;
    instrument({ metricAttributes: () => ({ "app.tenant": String((count += 1)) }), maxAttributeSets: 498 });
    const { server, url } = await listen(copy.load());
    server.on("connection", (socket) => {
      socket.on("message", (data, binary) => {
        socket.send(data, { binary });
      });
    });
    const clients = await Promise.all(Array.from({ length: 520 }, async () => talk(url)));
    const telemetry = await sdk.collect();
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toHaveLength(499 * 4);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(520 * 4);
    for (const client of clients) client.terminate();
    await shut(server);
  });

  test("that return what no metric can have are cut down to what it can", async () => {
    instrument({
      metricAttributes: () =>
        JSON.parse(`{ "app.tenant": "${"x".repeat(500)}", "url.scheme": "gopher", "nested": {},
          "websocket.connection.age_group": "old", "otel.metric.overflow": true }`) as {},
    });
    const { server, url } = await listen(copy.load());
    await openAndClose(url);
    await shut(server);
    const [point] = latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS);
    expect(point?.attributes).toMatchObject({ "app.tenant": "x".repeat(128), "url.scheme": "ws" });
    expect(point?.attributes).not.toHaveProperty("nested");
    expect(point?.attributes).toMatchObject({ "websocket.connection.age_group": "under_1h" });
    expect(point?.attributes).not.toHaveProperty("otel.metric.overflow");
    for (const name of ["url.scheme", "websocket.connection.age_group", "otel.metric.overflow"]) {
      expect(reports.some((report) => report.includes(`metricAttributes.${name}`))).toBe(true);
    }
  });
});

describe("spans", () => {
  test("that are sampled out are not kept, but their trace goes on to the server", async () => {
    sdk = startSdk({ sampler: new AlwaysOffSampler() });
    instrument();
    const { server, url } = await listen(copy.load());
    const request = once(server, "connection") as Promise<[unknown, { headers: Record<string, string> }]>;
    await openAndClose(url);
    const [, { headers }] = await request;
    await shut(server);
    expect(headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    const telemetry = await sdk.collect();
    expect(spans(telemetry)).toEqual([]);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(1);
  });

  test("carry exact values, without secrets", async () => {
    instrument();
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const { client, peer } = await connect(ws, server, `${url.replace("//", "//me:pw@")}/a/b?room=1&access_token=abc`, {
      headers: { "user-agent": "test/1", "x-forwarded-for": "203.0.113.7, 10.0.0.1", "x-forwarded-proto": "https" },
    });
    client.close(4999, "because");
    await closed(client, peer);
    await shut(server);
    const telemetry = await sdk.collect();
    const [onServer] = spans(telemetry, ({ kind }) => kind === 2);
    const [onClient] = spans(telemetry, ({ kind }) => kind === 3);
    expect(attrs(onServer!)).toMatchObject({
      "network.protocol.name": "websocket",
      "network.protocol.version": "13",
      "network.transport": "tcp",
      "network.type": "ipv4",
      "network.peer.address": "127.0.0.1",
      "client.address": "203.0.113.7",
      "server.address": "127.0.0.1",
      "url.scheme": "wss",
      "url.path": "/a/b",
      "url.query": "room=1&access_token=REDACTED",
      "user_agent.original": "test/1",
      "websocket.close.code": 4999,
      "websocket.close.reason": "because",
      "websocket.close.clean": true,
    });
    expect(attrs(onClient!)["url.full"]).toBe(
      `${url.replace("//", "//REDACTED:REDACTED@")}/a/b?room=1&access_token=REDACTED`,
    );
    expect(JSON.stringify(telemetry)).not.toContain("abc");
    expect(JSON.stringify(telemetry)).not.toContain("me:pw");
  });
});

describe("an SDK that starts late", () => {
  test("gets what was counted before it was there", async () => {
    instrumentation = new WebSocketInstrumentation();
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const { client, peer } = await connect(ws, server, url);
    client.send("before");
    await once(peer, "message");
    metrics.setGlobalMeterProvider(sdk.meterProvider);
    await openAndClose(url);
    expect(
      sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_MESSAGES, { "websocket.message.direction": "received" }),
    ).toBe(1);
    client.terminate();
    await closed(client, peer);
    await shut(server);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(0);
  });
});
