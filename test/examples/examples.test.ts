import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { PlainAttributes } from "../../src/viewer/otlp.ts";
import { assertConforms } from "../support/conform.ts";
import { attrs, points, spans } from "../support/query.ts";
import { describeExample, exampleKit } from "./kit.ts";
import type { Running } from "../support/process.ts";
import { expectedSeries, seriesOf } from "./series.ts";
import type { Told } from "./series.ts";

const kit = exampleKit({ userAttributes: ["app.client", "app.tier"] });
const run: typeof kit.run = (...args) => kit.run(...args);

/** Lets client.mjs visit a server that is an example; gives the URL that it printed. */
async function visit(server: Running): Promise<string> {
  const [url] = await server.line(/^.*$/);
  await runClient(url);
  return url;
}

async function runClient(url: string): Promise<void> {
  const ending = await run("client.mjs", { url }).ended;
  expect(ending).toEqual({ code: 0, signal: null, stdout: "closed with 1000\n", stderr: "" });
}

/** Holds that exactly these connections have been reported, and in terms of the registry. */
async function assertTold(ends: readonly Told[], userAttributes: readonly string[] = []): Promise<void> {
  // The receiver's reports come in order.
  await kit.receiver.behave("accept");
  assertConforms(kit.receiver.telemetry, { userAttributes });
  expect(seriesOf(kit.receiver.telemetry)).toEqual(expectedSeries(ends));
}

const SCHEME = { "url.scheme": "ws" };

function peerOf(url: string): PlainAttributes {
  return { ...SCHEME, "server.address": "127.0.0.1", "server.port": Number(new URL(url).port) };
}

// What client.mjs sends and gets back: "hello", "żółć" and 1000 bytes, then a close frame with "done". A frame has a
// header of 2 bytes, 4 from 126 bytes on, and a client's has a mask of 4 more (RFC 6455 section 5.2).
const MESSAGES = { text: [2, 13], binary: [1, 1000] } as const;
const TO_SERVER = { ...MESSAGES, wire: 11 + 14 + 1008 + 12 };
const TO_CLIENT = { ...MESSAGES, wire: 7 + 10 + 1004 + 8 };
const CLOSED = { code: 1000, closeClass: "normal", initiator: "client" };

function visitedServer(attributes: PlainAttributes): Told {
  return { role: "server", attributes, received: TO_SERVER, sent: TO_CLIENT, closed: CLOSED };
}

function visitingClient(url: string): Told {
  return { role: "client", attributes: peerOf(url), received: TO_CLIENT, sent: TO_SERVER, closed: CLOSED };
}

/** Holds that the two ends of one visit have a span each, the server's below the client's. */
function assertVisitSpans(serverName: string): void {
  const totals = {
    "websocket.connection.messages_sent": 3,
    "websocket.connection.messages_received": 3,
    "websocket.connection.bytes_sent": 1013,
    "websocket.connection.bytes_received": 1013,
    "websocket.close.code": 1000,
    "websocket.close.reason": "done",
    "websocket.close.initiator": "client",
    "websocket.close.clean": true,
  };
  const [client] = spans(kit.receiver.telemetry, { name: "websocket 127.0.0.1", attributes: totals });
  const [server] = spans(kit.receiver.telemetry, { name: serverName, attributes: totals });
  expect(server).toMatchObject({ traceId: client?.traceId, parentSpanId: client?.spanId });
  expect(spans(kit.receiver.telemetry)).toHaveLength(2);
}

/** Its port is known to its telemetry alone. */
function clientAttributes(): PlainAttributes {
  const [span] = spans(kit.receiver.telemetry, { name: "websocket 127.0.0.1" });
  return { ...SCHEME, "server.address": "127.0.0.1", "server.port": attrs(span!)["server.port"]! };
}

async function assertSdkTold(url: string): Promise<void> {
  const server = visitedServer({ ...SCHEME, "http.route": "/chat", "app.client": "other" });
  await assertTold([server, visitingClient(url)], ["app.client"]);
  assertVisitSpans("websocket /chat");
  const services = points(kit.receiver.telemetry, "websocket.server.messages").map(({ resource }) => resource);
  expect(new Set(services.map((resource) => resource["service.name"]))).toEqual(new Set(["chat"]));
}

/** Both clients and both ends of the server: exact paths on spans, the template in their names. */
function assertRoomSpans(): void {
  const clients = spans(kit.receiver.telemetry, { name: "websocket 127.0.0.1" });
  const servers = spans(kit.receiver.telemetry, { name: "websocket /rooms/{id}" });
  expect(clients).toHaveLength(2);
  expect(servers.map((span) => attrs(span)["url.path"])).toEqual(["/rooms/1", "/rooms/2"]);
  expect(new Set(servers.map(({ parentSpanId }) => parentSpanId))).toEqual(
    new Set(clients.map(({ spanId }) => spanId)),
  );
  for (const span of [...clients, ...servers]) {
    expect(span.resource["service.name"]).toBe("rooms");
    expect(attrs(span)).toMatchObject({ "websocket.close.code": 4429, "websocket.close.reason": "message limit" });
  }
}

describeExample("server.mjs", () => {
  test("is observed without a line of code", async () => {
    const server = run("server.mjs", { env: { CONNECTIONS: "1" } });
    const url = await visit(server);
    expect(await server.ended).toEqual({ code: 0, signal: null, stdout: `${url}\n`, stderr: "" });
    await assertTold([visitedServer({ ...SCHEME, "http.route": "/chat" }), visitingClient(url)]);
    assertVisitSpans("websocket /chat");
  });
});

describeExample("server.cjs", () => {
  test("is observed without a line of code, and has no route that it does not name", async () => {
    const server = run("server.cjs", { env: { CONNECTIONS: "1" } });
    const url = await visit(server);
    expect(await server.ended).toEqual({ code: 0, signal: null, stdout: `${url}\n`, stderr: "" });
    await assertTold([visitedServer(SCHEME), visitingClient(url)]);
    assertVisitSpans("websocket");
  });
});

describeExample("client.mjs", () => {
  test("carries its trace to a server that is not observed", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    try {
      await once(server, "listening");
      const connected = once(server, "connection");
      server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await runClient(url);
      await assertTold([visitingClient(url)]);
      expect(spans(kit.receiver.telemetry)).toHaveLength(1);
      const [span] = spans(kit.receiver.telemetry);
      const [, { headers }] = (await connected) as [unknown, IncomingMessage];
      expect(headers["traceparent"]).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
    } finally {
      server.close();
    }
  });
});

describeExample("sdk.mjs", () => {
  test("reports with its options and under its name", async () => {
    const server = run("sdk.mjs", { env: { CONNECTIONS: "1" } });
    const url = await visit(server);
    expect(await server.ended).toEqual({ code: 0, signal: null, stdout: `${url}\n`, stderr: "" });
    await assertSdkTold(url);
  });

  test("sends what is left on SIGTERM", async () => {
    const server = run("sdk.mjs", { env: { OTEL_BSP_SCHEDULE_DELAY: "50" } });
    const url = await visit(server);
    // The server may see the end of the connection later than the client does.
    await kit.receiver.waitFor((telemetry) => spans(telemetry, { name: "websocket /chat" }).length === 1);
    server.kill("SIGTERM");
    expect(await server.ended).toEqual({ code: null, signal: "SIGTERM", stdout: `${url}\n`, stderr: "" });
    await assertSdkTold(url);
  });
});

describeExample("observe-server.mjs", () => {
  test("reports every connection with the options of its own", async () => {
    const ending = await run("observe-server.mjs").ended;
    const stdout = "room 1: closed with 4429\nroom 2: closed with 4429\n";
    expect(ending).toEqual({ code: 0, signal: null, stdout, stderr: "" });
    const subprotocol = { "websocket.subprotocol": "chat.v2" };
    const room = { ...SCHEME, ...subprotocol, "http.route": "/rooms/{id}" };
    // An SDK without the producer has no message sizes.
    const common = { closed: { code: 4429, closeClass: "application", initiator: "server" }, sizes: false };
    // A close frame has the code and the reason, "message limit".
    const [closeToServer, closeToClient] = [6 + 15, 2 + 15];
    await assertTold(
      [
        {
          ...common,
          role: "server",
          attributes: { ...room, "app.tier": "gold" },
          received: { text: [3, 25], wire: 3 * 6 + 25 + closeToServer },
          sent: { text: [2, 17], wire: 2 * 2 + 17 + closeToClient },
        },
        {
          ...common,
          role: "server",
          attributes: { ...room, "app.tier": "free" },
          received: { text: [2, 12], wire: 2 * 6 + 12 + closeToServer },
          sent: { text: [1, 5], wire: 2 + 5 + closeToClient },
        },
        {
          ...common,
          role: "client",
          attributes: { ...clientAttributes(), ...subprotocol },
          connections: 2,
          received: { text: [3, 22], wire: 3 * 2 + 22 + 2 * closeToClient },
          sent: { text: [5, 37], wire: 5 * 6 + 37 + 2 * closeToServer },
        },
      ],
      ["app.tier"],
    );
    assertRoomSpans();
  });
});

test("every example of one file has a test", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".test.ts"));
  const sources = files.map((file) => readFileSync(new URL(file, import.meta.url), "utf8"));
  const tested = sources.flatMap((source) =>
    [...source.matchAll(/^describeExample\("([^"]+)"/gm)].map(([, file = ""]) => file),
  );
  const examples = readdirSync(new URL("../../examples", import.meta.url), { withFileTypes: true });
  const single = examples.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(tested.toSorted()).toEqual(single.toSorted());
});
