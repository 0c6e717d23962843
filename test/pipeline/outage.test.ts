import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { listening, runApp, stopApps } from "./support/apps.ts";
import { Collector } from "./support/collector.ts";
import { eventually, reaches } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import { sendSpans } from "./support/otlp.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers } from "./support/server.ts";

/** How long the Collector is away. */
const OUTAGE_SECONDS = Number(process.env["PIPELINE_OUTAGE_SECONDS"] ?? "10");
/** Messages a second. */
const RATE = 500;
/** Seconds for which the application runs before the outage and after it. */
const AROUND_SECONDS = 3;

interface Seen {
  readonly sent: number;
  readonly echoed: number;
  readonly errors: readonly string[];
  /** Echoes in each whole second since the application's start. */
  readonly bySecond: readonly number[];
}

afterAll(async () => {
  await stopApps();
  await removeServers();
});

describe("while the Collector is away", { timeout: (OUTAGE_SECONDS + 90) * 1000 }, () => {
  test("the application goes on as before, and its counters end exact", async () => {
    const prometheus = await Prometheus.create();
    const collector = await Collector.create({
      OTELCOL_METRICS_TO: "[otlp_http/prometheus]",
      OTELCOL_TRACES_TO: "[nop]",
      PROMETHEUS_ENDPOINT: prometheus.otlp,
    });
    await Promise.all([prometheus.start(), collector.start()]);
    const env = { RATE: String(RATE), OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_METRIC_EXPORT_TIMEOUT: "1000" };
    const server = runApp("server.mjs", "load-server", collector.otlp, env);
    const load = runApp("load.mjs", "load-client", collector.otlp, { ...env, URL: await listening(server) });
    await load.line(/^sending/);
    const received = 'sum(websocket_server_messages_total{websocket_message_direction="received"})';
    await eventually(async () => expect(await prometheus.value(received)).toBeGreaterThan(RATE * AROUND_SECONDS));

    await collector.end("SIGKILL");
    await delay(OUTAGE_SECONDS * 1000);
    const before = (await prometheus.value(received)) ?? 0;
    await collector.start();
    await eventually(async () =>
      expect(await prometheus.value(received)).toBeGreaterThan(before + RATE * OUTAGE_SECONDS),
    );
    load.kill("SIGUSR2");
    const ended = await load.ended;
    const seen = JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "") as Seen;
    server.kill("SIGTERM");
    await server.ended;

    expect(ended.code).toBe(0);
    expect(seen.errors).toEqual([]);
    expect(seen.echoed).toBe(seen.sent);
    // The first and the last second are not whole ones.
    const throughput = seen.bySecond.slice(1, -1);
    expect(throughput.length).toBeGreaterThanOrEqual(OUTAGE_SECONDS + AROUND_SECONDS);
    expect(Math.min(...throughput)).toBeGreaterThan(RATE * 0.7);

    for (const role of ["server", "client"]) {
      await eventually(async () => {
        const messages = `sum by (websocket_message_direction) (websocket_${role}_messages_total)`;
        expect(await prometheus.by("websocket_message_direction", messages)).toEqual({
          sent: seen.sent,
          received: seen.sent,
        });
        const bytes = `sum by (websocket_message_direction) (websocket_${role}_message_io_bytes_total)`;
        const total = seen.sent * "0123456789".length;
        expect(await prometheus.by("websocket_message_direction", bytes)).toEqual({ sent: total, received: total });
        expect(
          await prometheus.value(`sum(websocket_${role}_closed_connections_total{websocket_close_code="1000"})`),
        ).toBe(5);
      });
    }
    console.log(
      `outage of ${OUTAGE_SECONDS} s: ${seen.sent} messages, all counted; slowest second ${Math.min(...throughput)} of ${RATE}`,
    );
  });
});

describe("while Jaeger is away", () => {
  test("no span is lost, though the Collector is killed and started again", async () => {
    const jaeger = await Jaeger.create();
    const collector = await Collector.create({
      OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
      JAEGER_ENDPOINT: jaeger.grpc,
      OTELCOL_SAMPLING_PERCENTAGE: "100",
      OTELCOL_DECISION_WAIT: "1s",
      OTELCOL_RETRY_INTERVAL: "2s",
    });
    await collector.start();
    const sent: string[] = [];
    const send = async (count: number): Promise<void> => {
      const names = Array.from({ length: count }, (_, index) => `span ${sent.length + index}`);
      // Every fourth is one that goes around the sampler.
      const kept = (index: number): object => (index % 4 === 0 ? { attributes: { "sampling.keep": "test" } } : {});
      await sendSpans(
        collector.otlp,
        "away",
        names.map((name, index) => ({ name, ...kept(index) })),
      );
      sent.push(...names);
    };
    const queued = (): Promise<number> =>
      collector.own("otelcol_exporter_queue_size", { exporter: "otlp_grpc/jaeger" });

    for (let batch = 0; batch < 20; batch += 1) await send(50);
    await reaches(queued, 1000);
    await collector.end("SIGKILL");
    await collector.start();
    await send(200);
    await reaches(queued, 1200);
    await collector.end("SIGTERM");
    await collector.start();
    await jaeger.start();

    await eventually(async () => {
      const names = (await jaeger.spans("away")).map(({ name }) => name);
      expect(names.sort()).toEqual(sent.toSorted());
    }, 60_000);
    expect(sent).toHaveLength(1200);
  });
});
