import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  EVENT_WEBSOCKET_CONNECTION_CHECKPOINT,
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  EVENT_WEBSOCKET_CONNECTION_OPENED,
} from "../../src/semconv.ts";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import { attrs, logs, spans } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";

const CONNECTIONS = 1000;
/** How many of them are closed before the end. */
const CLOSED = 100;

let app: App;
let receiver: ReceiverProcess;
/** What each client has sent, by the path that it used. */
const sent = new Map<string, { messages: number; bytes: number }>();

beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
  receiver = await startReceiverProcess();
  const server = app.run("many.cjs", {
    node: REGISTER,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_WEBSOCKET_EVENTS_CHECKPOINT_INTERVAL: "1000",
      OTEL_BLRP_SCHEDULE_DELAY: "100",
      OTEL_BLRP_MAX_QUEUE_SIZE: "20000",
    },
  });
  const [, port] = await server.line(/^listening (\d+)/);
  const clients: WebSocket[] = [];
  while (clients.length < CONNECTIONS) {
    const batch = Array.from({ length: 100 }, (_, index) => {
      const path = `/${clients.length + index}`;
      const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      client.on("error", () => {});
      sent.set(path, { messages: 1 + index, bytes: (1 + index) * 5 });
      return client;
    });
    await Promise.all(batch.map((client) => once(client, "open")));
    clients.push(...batch);
  }
  for (const [index, client] of clients.entries()) {
    for (let message = 0; message <= index % 100; message += 1) client.send("hello");
  }
  for (const client of clients.slice(0, CLOSED)) client.close(1000);
  // All that was sent is in the last checkpoint of everybody.
  const expected = [...sent].slice(CLOSED);
  await receiver.waitFor(
    () => {
      const last = lastCheckpoints();
      return expected.every(([path, { messages }]) => last.get(path)?.messages === messages);
    },
    { timeout: 30_000 },
  );
  server.kill("SIGKILL");
  await server.ended;
}, 120_000);

afterAll(async () => {
  await receiver?.stop();
  await app?.stop();
});

/** The last checkpoint of each connection that has not closed, by its path. */
function lastCheckpoints(): Map<string, { messages: unknown; bytes: unknown }> {
  const paths = pathsById();
  const closed = closedIds();
  const last = new Map<string, { messages: unknown; bytes: unknown }>();
  for (const event of logs(receiver.telemetry, { name: EVENT_WEBSOCKET_CONNECTION_CHECKPOINT })) {
    const found = attrs(event);
    const path = paths.get(found[ATTR_WEBSOCKET_CONNECTION_ID]);
    if (path === undefined || closed.has(found[ATTR_WEBSOCKET_CONNECTION_ID])) continue;
    last.set(path, {
      messages: found[ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED],
      bytes: found[ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED],
    });
  }
  return last;
}

function pathsById(): Map<unknown, string> {
  const events = logs(receiver.telemetry, { name: EVENT_WEBSOCKET_CONNECTION_OPENED });
  return new Map(events.map(attrs).map((found) => [found[ATTR_WEBSOCKET_CONNECTION_ID], found["url.path"] as string]));
}

function closedIds(): Set<unknown> {
  const events = logs(receiver.telemetry, { name: EVENT_WEBSOCKET_CONNECTION_CLOSED });
  return new Set(events.map((event) => attrs(event)[ATTR_WEBSOCKET_CONNECTION_ID]));
}

describe("after a server with 1,000 connections was killed, its events alone say", () => {
  test("which connections were open", () => {
    const closed = closedIds();
    const open = [...pathsById()].filter(([id]) => !closed.has(id)).map(([, path]) => path);
    const expected = [...sent.keys()].slice(CLOSED);
    expect(new Set(open)).toEqual(new Set(expected));
    expect(open).toHaveLength(expected.length);
  });

  test("what each had carried up to its last checkpoint", () => {
    const last = lastCheckpoints();
    for (const [path, expected] of [...sent].slice(CLOSED)) expect([path, last.get(path)]).toEqual([path, expected]);
  });

  test("and that no span tells it", () => {
    expect(spans(receiver.telemetry).length).toBeLessThanOrEqual(CLOSED);
  });
});
