import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "../support/process.ts";
import type { Ending, Running } from "../support/process.ts";
import { Browser } from "./support/browser.ts";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import type { JaegerSpan } from "./support/jaeger.ts";
import { removeServers } from "./support/server.ts";

/** Of Jaeger's, for `npm run picture:trace`, which draws them. */
const ANSWERS = process.env["TRACE_ANSWERS"];

const apps: Running[] = [];
let spans: JaegerSpan[];
let shown: unknown;
let ending: Ending;

beforeAll(async () => {
  const [jaeger, browser] = await Promise.all([Jaeger.create(), Browser.create()]);
  const collector = await Collector.create({
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    JAEGER_ENDPOINT: jaeger.grpc,
    OTELCOL_DECISION_WAIT: "1s",
    OTELCOL_SAMPLING_PERCENTAGE: "100",
  });
  await Promise.all([jaeger.start(), collector.start(), browser.start()]);
  const database = run("database.mjs");
  const [, address] = await database.line(/^listening (.*)$/);
  const server = run("server.cjs", ["--require", "./test/pipeline/apps/trace/otel.cjs"], {
    DATABASE_URL: `postgres://postgres@${address}/postgres`,
    OTEL_SERVICE_NAME: "chat-server",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlp,
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
  });
  const [, port] = await server.line(/^listening (\d+)/);

  // The first page warms up what runs for the first time, so that the second one is what users see.
  await browser.evaluate(`http://localhost:${port}/?otlp=${collector.otlp}`, "done");
  shown = await browser.evaluate(`http://localhost:${port}/?otlp=${collector.otlp}`, "done");
  server.kill("SIGTERM");
  ending = await server.ended;
  spans = await eventually(async () => {
    const found = [...(await jaeger.spans("chat-page")), ...(await jaeger.spans("chat-server"))];
    const all = [...new Map(found.map((span) => [span.spanId, span])).values()];
    if (all.length !== 12) throw new Error(`${all.length} spans instead of 12`);
    return lastVisit(all);
  });
  if (ANSWERS !== undefined) writeFileSync(ANSWERS, JSON.stringify(spans));
}, 120_000);

afterAll(async () => {
  for (const app of apps) {
    app.kill("SIGKILL");
    await app.ended;
  }
  await removeServers();
});

function run(file: string, node: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Running {
  const path = fileURLToPath(new URL(`apps/trace/${file}`, import.meta.url));
  const app = start(process.execPath, [...node, path], process.cwd(), env);
  apps.push(app);
  return app;
}

/** The spans of the page that was opened last. */
function lastVisit(all: readonly JaegerSpan[]): JaegerSpan[] {
  const opened = all.filter(({ name }) => name === "open chat").map(({ start }) => start);
  return all.filter((span) => span.start >= Math.max(...opened)).toSorted((a, b) => a.start - b.start);
}

function only(name: string): JaegerSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0]!;
}

test("the page shows what the database has", () => {
  expect(shown).toBe('["hello","anybody here?"]');
  expect(ending).toMatchObject({ code: 0, stderr: "" });
});

test("the page's spans and the server's handshake are one trace", () => {
  const page = only("open chat");
  const client = only("websocket localhost");
  const server = only("websocket /chat");
  expect(page).toMatchObject({ service: "chat-page", parent: undefined });
  expect(client).toMatchObject({ service: "chat-page", traceId: page.traceId, parent: page.spanId });
  expect(server).toMatchObject({ service: "chat-server", traceId: page.traceId, parent: client.spanId });
  expect(server.tags).toMatchObject({ "span.kind": "server", "http.response.status_code": 101 });
  expect(spans.filter(({ traceId }) => traceId === page.traceId)).toHaveLength(3);
});

test("a message's trace is linked to the connection, with the query and the answer beneath", () => {
  const connection = only("websocket /chat");
  const message = only("receive /chat");
  const query = only("pg.query:SELECT postgres");
  const answer = only("send /chat");
  const { traceId } = message;
  expect(traceId).not.toBe(connection.traceId);
  expect(message).toMatchObject({
    parent: undefined,
    links: [{ traceId: connection.traceId, spanId: connection.spanId }],
    tags: { "span.kind": "consumer", "websocket.connection.id": connection.tags["websocket.connection.id"] },
  });
  expect(query).toMatchObject({ traceId, parent: message.spanId, tags: { "db.system.name": "postgresql" } });
  expect(answer).toMatchObject({ traceId, parent: message.spanId, tags: { "span.kind": "producer" } });
  expect(spans).toHaveLength(6);
  // The SDK's start times are whole milliseconds.
  expect(query.start).toBeGreaterThanOrEqual(message.start);
  expect(answer.start).toBeGreaterThanOrEqual(query.start + query.duration - 1000);
  expect(message.duration).toBeGreaterThanOrEqual(query.duration);
});
