import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runApp, stopApps } from "./support/apps.ts";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import type { JaegerSpan } from "./support/jaeger.ts";
import { removeServers } from "./support/server.ts";

const PAGE = readFileSync(new URL("../../docs/backends/jaeger.md", import.meta.url), "utf8");
const SEARCHES = [...PAGE.matchAll(/^\| (.+?) +\| `(\/search\?.+)` +\|$/gm)].map(([, what = "", path = ""]) => ({
  what,
  path,
}));

/** Seven connections of searches-clients.mjs, seen from both ends. */
const SPANS = 14;

/** What every span that a search finds has, by the parameters of the search. */
const MEANS: Readonly<Record<string, (span: JaegerSpan, value: string) => boolean>> = {
  service: ({ service }, value) => service === value,
  operation: ({ name }, value) => name === value,
  tags: ({ tags }, value) =>
    Object.entries(JSON.parse(value) as Record<string, string>).every(([key, tag]) => String(tags[key]) === tag),
  minDuration: ({ duration }, value) => duration >= Number.parseInt(value, 10) * 1_000_000,
  lookback: () => true,
};

let jaeger: Jaeger;
let all: JaegerSpan[];

beforeAll(async () => {
  jaeger = await Jaeger.create();
  const collector = await Collector.create({
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    OTELCOL_SAMPLING_PERCENTAGE: "100",
    OTELCOL_DECISION_WAIT: "1s",
    JAEGER_ENDPOINT: jaeger.grpc,
    // What waits on a loopback connection whose peer does not read, less what the kernel takes.
    OTELCOL_KEEP_BUFFERED: "10000",
  });
  await Promise.all([jaeger.start(), collector.start()]);
  const faster = { OTEL_BSP_SCHEDULE_DELAY: "500", OTEL_METRIC_EXPORT_INTERVAL: "500" };
  const server = runApp("searches-server.mjs", "chat", collector.otlp, faster);
  const [, port] = await server.line(/^listening (\d+)/);
  const url = `ws://127.0.0.1:${port}/chat`;
  const clients = runApp("searches-clients.mjs", "chat-clients", collector.otlp, { ...faster, URL: url });
  await clients.ended;
  server.kill("SIGTERM");
  await server.ended;
  all = await eventually(async () => {
    const spans = await jaeger.spans("chat");
    if (spans.length < SPANS) throw new Error(`expected ${SPANS} spans in Jaeger, and there are ${spans.length}`);
    return spans;
  });
}, 90_000);

afterAll(async () => {
  await stopApps();
  await removeServers();
});

test("the page has searches", () => {
  expect(SEARCHES.length).toBeGreaterThan(10);
});

test.each(SEARCHES)("a search finds $what, and nothing else", async ({ path }) => {
  const id = all.find(({ service }) => service === "chat")?.tags["websocket.connection.id"];
  const parameters = new URLSearchParams(path.replace('"ID"', JSON.stringify(id)).slice("/search?".length));
  const found = await jaeger.search(parameters);
  expect(found.length).toBeGreaterThan(0);

  // Jaeger gives whole traces: in each, a span is what was asked for.
  const matches = (span: JaegerSpan): boolean =>
    [...parameters].every(([name, value]) => MEANS[name]?.(span, value) ?? false);
  const traces = new Set(found.map(({ traceId }) => traceId));
  const matching = new Set(all.filter(matches).map(({ traceId }) => traceId));
  expect(traces).toEqual(matching);
});
