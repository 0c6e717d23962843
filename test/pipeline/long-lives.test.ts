import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { listening, runApp, stopApps } from "./support/apps.ts";
import { reaches } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import type { JaegerSpan } from "./support/jaeger.ts";
import { removeServers } from "./support/server.ts";

const CONNECTIONS = 50;
const SERVICE = "chat-server";
const ID = "websocket.connection.id";
const SEGMENT = "websocket.connection.segment";
const OPENED = "websocket.connection.opened";

let jaeger: Jaeger;
let clients: WebSocket[];
let whileOpen: JaegerSpan[];
let afterwards: JaegerSpan[];

/** Spans of segments. */
function segments(spans: readonly JaegerSpan[]): JaegerSpan[] {
  return spans.filter(({ name }) => name === "websocket /chat");
}

beforeAll(async () => {
  jaeger = await Jaeger.create();
  await jaeger.start();
  const server = runApp("server.mjs", SERVICE, jaeger.otlp, {
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_BSP_SCHEDULE_DELAY: "200",
    OTEL_WEBSOCKET_CONNECTION_SPAN_SEGMENT_DURATION: "1000",
    // Jaeger takes no logs.
    OTEL_WEBSOCKET_EVENTS_AS: "spans",
  });
  const url = await listening(server);
  clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new WebSocket(url);
      await once(client, "open");
      return client;
    }),
  );
  // Everybody is in the third segment at least.
  await reaches(async () => {
    whileOpen = await jaeger.spans(SERVICE);
    return segments(whileOpen).filter(({ tags }) => tags[SEGMENT] === 2).length;
  }, CONNECTIONS);
  await Promise.all(
    clients.map(async (client) => {
      client.close(1000);
      await once(client, "close");
    }),
  );
  await reaches(async () => {
    afterwards = await jaeger.spans(SERVICE);
    return segments(afterwards).filter(({ tags }) => tags["websocket.close.code"] === 1000).length;
  }, CONNECTIONS);
}, 120_000);

afterAll(async () => {
  await stopApps();
  await removeServers();
});

describe("while 50 connections are open, Jaeger finds", () => {
  test("that each has been opened", () => {
    const opened = whileOpen.filter(({ name }) => name === OPENED);
    expect(opened).toHaveLength(CONNECTIONS);
    expect(new Set(opened.map(({ tags }) => tags[ID])).size).toBe(CONNECTIONS);
    expect(whileOpen.some(({ name }) => name === "websocket.connection.closed")).toBe(false);
  });

  test("what has ended of each", () => {
    const ended = segments(whileOpen);
    const ids = new Set(ended.map(({ tags }) => tags[ID]));
    expect(ids.size).toBe(CONNECTIONS);
    expect(ended.some(({ tags }) => tags["websocket.close.code"] !== undefined)).toBe(false);
  });
});

describe("after the close, the links of Jaeger's API", () => {
  test("lead from any segment of a connection to any other", () => {
    const chains = byConnection(segments(afterwards));
    expect(chains.size).toBe(CONNECTIONS);
    for (const chain of chains.values()) {
      expect(chain.length).toBeGreaterThan(2);
      const wanted = new Set(chain.map(({ spanId }) => spanId));
      for (const start of chain) expect(reachable(start, afterwards)).toEqual(wanted);
    }
  });

  test("can be followed one trace at a time", async () => {
    const first = segments(afterwards).find(({ tags }) => tags[SEGMENT] === 1);
    const walked: unknown[] = [];
    for (let span = first; span !== undefined;) {
      walked.push(span.tags[SEGMENT]);
      const { links }: JaegerSpan = span;
      let next: JaegerSpan | undefined;
      for (const { traceId, spanId } of links) {
        const trace = await jaeger.trace(traceId);
        const found = trace.find((candidate) => candidate.spanId === spanId);
        if (Number(found?.tags[SEGMENT]) === walked.length + 1) next = found;
      }
      span = next;
    }
    expect(walked).toEqual(walked.map((_, index) => index + 1));
    expect(walked.length).toBeGreaterThan(2);
  });
});

/** Every span that links lead to, from one. */
function reachable(start: JaegerSpan, spans: readonly JaegerSpan[]): Set<string> {
  const found = new Set<string>();
  const pending = [start.spanId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    pending.push(...spans.find(({ spanId }) => spanId === id)!.links.map(({ spanId }) => spanId));
  }
  return found;
}

function byConnection(spans: readonly JaegerSpan[]): Map<unknown, JaegerSpan[]> {
  const chains = new Map<unknown, JaegerSpan[]>();
  for (const span of spans) chains.set(span.tags[ID], [...(chains.get(span.tags[ID]) ?? []), span]);
  return chains;
}
