import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/port.ts";
import type { Ending } from "../support/process.ts";
import { listening, runApp, stopApps } from "./support/apps.ts";
import { Collector } from "./support/collector.ts";
import { eventually, reaches } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import type { JaegerSpan } from "./support/jaeger.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers } from "./support/server.ts";

/** How the clients' connections end, and how often each. */
const ENDINGS = { 1000: 4, 1001: 2, broken: 3, "server-1011": 2, "server-4401": 1, refused: 5 };
const CONNECTIONS = 4 + 2 + 3 + 2 + 1;
const MESSAGES = 7;
/** `häll€`, as the clients send it. */
const BYTES = 8;
/** A server that is asked to close is asked with a message, of 10 bytes, which it does not echo. */
const REQUESTS = 2 + 1;
/** Spans that go around the sampler, which lets nothing through: of both sides. */
const KEPT = 2 * (3 + 2 + 1 + 5);

let collector: Collector;
let prometheus: Prometheus;
let jaeger: Jaeger;
let spans: JaegerSpan[];
let endings: Ending[];

beforeAll(async () => {
  const scrape = `127.0.0.1:${await freePort()}`;
  jaeger = await Jaeger.create();
  prometheus = await Prometheus.create({ targets: [scrape] });
  collector = await Collector.create({
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    OTELCOL_METRICS_TO: "[otlp_http/prometheus, prometheus]",
    JAEGER_ENDPOINT: jaeger.grpc,
    OTELCOL_SAMPLING_PERCENTAGE: "0",
    OTELCOL_DECISION_WAIT: "1s",
    OTELCOL_SPAN_METRICS_INTERVAL: "1s",
    OTELCOL_SCRAPE: scrape,
    PROMETHEUS_ENDPOINT: prometheus.otlp,
  });
  await Promise.all([jaeger.start(), prometheus.start(), collector.start()]);

  const server = runApp("server.mjs", "chat-server", collector.otlp);
  const clients = runApp("clients.mjs", "chat-client", collector.otlp, {
    URL: await listening(server),
    MESSAGES: String(MESSAGES),
    ENDINGS: Object.entries(ENDINGS)
      .flatMap(([ending, times]) => Array.from({ length: times }, () => ending))
      .join(),
  });
  endings = [await clients.ended];
  server.kill("SIGTERM");
  endings.push(await server.ended);

  // A trace for each connection, with the spans of both sides: the sampler has decided them all.
  const decided = "otelcol_processor_tail_sampling_global_count_traces_sampled";
  await reaches(() => collector.own(decided), CONNECTIONS + ENDINGS.refused);
  const sent = (): Promise<number> => collector.own("otelcol_exporter_sent_spans", { exporter: "otlp_grpc/jaeger" });
  await reaches(sent, KEPT);
  spans = await jaeger.spans("chat-server");
}, 120_000);

afterAll(async () => {
  await stopApps();
  await removeServers();
});

test("the applications end as they would without us", () => {
  expect(endings).toMatchObject([
    { code: 0, stdout: "done\n", stderr: "" },
    { signal: "SIGTERM", stderr: "" },
  ]);
});

describe.each([
  { way: "pushed over OTLP", via: 'via=""' },
  { way: "scraped", via: 'via="scrape"' },
])("metrics in Prometheus, $way", ({ via }) => {
  const sum = (metric: string, labels: string, by = ""): string => `sum${by}(${metric}{${via},${labels}})`;

  test.each([
    { role: "server", echoed: "sent", asked: "received" },
    { role: "client", echoed: "received", asked: "sent" },
  ])("count every message and byte of the $role", async ({ role, echoed, asked }) => {
    await eventually(async () => {
      const messages = await prometheus.by(
        "websocket_message_direction",
        sum(`websocket_${role}_messages_total`, 'websocket_message_type="text"', " by (websocket_message_direction)"),
      );
      const bytes = await prometheus.by(
        "websocket_message_direction",
        sum(`websocket_${role}_message_io_bytes_total`, "", " by (websocket_message_direction)"),
      );
      expect(messages).toEqual({ [echoed]: CONNECTIONS * MESSAGES, [asked]: CONNECTIONS * MESSAGES + REQUESTS });
      expect(bytes).toEqual({
        [echoed]: CONNECTIONS * MESSAGES * BYTES,
        [asked]: CONNECTIONS * MESSAGES * BYTES + REQUESTS * "close 1011".length,
      });
    });
  });

  test.each(["server", "client"])("count the closes of the $0 by code, and refused handshakes", async (role) => {
    await eventually(async () => {
      const byCode = " by (websocket_close_code)";
      const closes = await prometheus.by(
        "websocket_close_code",
        sum(`websocket_${role}_closed_connections_total`, "", byCode),
      );
      expect(closes).toEqual({ 1000: 4, 1001: 2, 1006: 3, 1011: 2, 4401: 1 });
      const handshakes = sum(
        `websocket_${role}_handshake_duration_seconds_count`,
        "",
        " by (http_response_status_code)",
      );
      expect(await prometheus.by("http_response_status_code", handshakes)).toEqual({
        101: CONNECTIONS,
        401: ENDINGS.refused,
      });
      expect(await prometheus.value(sum(`websocket_${role}_active_connections`, ""))).toBe(0);
    });
  });

  test.each(["SERVER", "CLIENT"])("are made from the spans alone too, of kind %s", async (kind) => {
    const labels = `span_kind="SPAN_KIND_${kind}"`;
    await eventually(async () => {
      const closes = await prometheus.by(
        "websocket_close_code",
        sum("websocket_spans_calls_total", `${labels},websocket_close_code!=""`, " by (websocket_close_code)"),
      );
      // Of a code that a peer can choose freely only the class stays.
      expect(closes).toEqual({ 1000: 4, 1001: 2, 1006: 3, 1011: 2, _OTHER: 1 });
      expect(
        await prometheus.value(sum("websocket_spans_calls_total", `${labels},websocket_close_class="application"`)),
      ).toBe(1);
      expect(
        await prometheus.value(sum("websocket_spans_calls_total", `${labels},http_response_status_code="401"`)),
      ).toBe(5);
      expect(await prometheus.value(sum("websocket_spans_duration_seconds_count", labels))).toBe(
        CONNECTIONS + ENDINGS.refused,
      );
    });
  });
});

describe("traces in Jaeger, with a sampling share of 0", () => {
  test("hold every abnormal close and refused handshake from both sides, with the reason, and nothing else", () => {
    const kept = spans.map(({ service, tags }) => [
      service,
      tags["sampling.keep"],
      tags["websocket.close.code"] ?? tags["http.response.status_code"],
    ]);
    const reasons = [
      ...repeat(3, "abnormal_close,1006"),
      ...repeat(2, "abnormal_close,1011"),
      ...repeat(1, "abnormal_close,4401"),
      ...repeat(5, "handshake_refused,401"),
    ];
    const expected = ["chat-client", "chat-server"].flatMap((service) =>
      reasons.map((reason) => `${service},${reason}`),
    );
    expect(kept.map(String).sort()).toEqual(expected.sort());
  });

  test("join both sides: the server's span is a child of the client's", () => {
    const servers = spans.filter(({ service }) => service === "chat-server");
    const clients = new Map(
      spans.filter(({ service }) => service === "chat-client").map((span) => [span.spanId, span]),
    );
    expect(servers).toHaveLength(11);
    for (const server of servers) expect(clients.get(server.parent ?? "")?.traceId).toBe(server.traceId);
    expect(servers.map(({ name }) => name)).toEqual(Array.from({ length: 11 }, () => "websocket /chat"));
  });

  test("know no address and no port of a person", () => {
    for (const { tags } of spans) {
      expect([undefined, "127.0.0.0"]).toContain(tags["network.peer.address"]);
      expect([undefined, "127.0.0.0"]).toContain(tags["client.address"]);
      expect(tags).not.toHaveProperty("network.peer.port");
    }
    expect(spans.filter(({ tags }) => tags["network.peer.address"] === "127.0.0.0")).toHaveLength(12);
  });
});

function repeat<T>(times: number, value: T): T[] {
  return Array.from({ length: times }, () => value);
}
