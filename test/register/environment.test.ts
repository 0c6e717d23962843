import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
} from "../../src/semconv.ts";
import { decodeRequest } from "../../src/viewer/decode.ts";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import { freePort } from "../support/port.ts";
import { logs, points, spans, sumOf } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { Collected, ReceiverProcess } from "../support/receiver.ts";
import { ALL, assertExact, exchange } from "./traffic.ts";

let app: App;
let receiver: ReceiverProcess;
beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
}, 120_000);
afterAll(() => app?.stop());

async function ended(
  way: string,
  env: Record<string, string>,
  node = REGISTER,
): Promise<Collected & { stderr: string }> {
  receiver = await startReceiverProcess();
  try {
    const running = app.run("ending.cjs", {
      node,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, WAY: way, ...env },
    });
    const { stderr } = await running.ended;
    await receiver.behave("accept");
    return { ...receiver.telemetry, stderr };
  } finally {
    await receiver.stop();
  }
}

const pathsOf = ({ requests }: Collected): string[] => [...new Set(requests.map(({ path }) => path))].sort();

describe("variables of OpenTelemetry", () => {
  test("OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES describe the resource", async () => {
    const named = await ended("drain", {
      OTEL_SERVICE_NAME: "shop",
      OTEL_RESOURCE_ATTRIBUTES: "service.version=7,service.name=other",
    });
    const unnamed = await ended("drain", {});
    expect(spans(named)[0]?.resource).toMatchObject({ "service.name": "shop", "service.version": "7" });
    expect(points(named)[0]?.resource).toMatchObject({ "service.name": "shop", "service.version": "7" });
    expect(spans(unnamed)[0]?.resource).toMatchObject({
      "service.name": expect.stringMatching(/^unknown_service:/),
    });
  });

  test("OTEL_SDK_DISABLED turns everything off", async () => {
    expect(await ended("drain", { OTEL_SDK_DISABLED: "true" })).toMatchObject({ requests: [], stderr: "" });
  });

  test("an exporter none leaves its signal out, without a word", async () => {
    const noTraces = await ended("drain", { OTEL_TRACES_EXPORTER: "none" });
    const noMetrics = await ended("drain", { OTEL_METRICS_EXPORTER: "none" });
    expect([pathsOf(noTraces), noTraces.stderr]).toEqual([["/v1/metrics"], ""]);
    expect([pathsOf(noMetrics), noMetrics.stderr]).toEqual([["/v1/logs", "/v1/traces"], ""]);
    const noLogs = await ended("drain", { OTEL_LOGS_EXPORTER: "none" });
    expect([pathsOf(noLogs), noLogs.stderr]).toEqual([["/v1/metrics", "/v1/traces"], ""]);
  });

  test("OTEL_TRACES_SAMPLER decides on spans and leaves the counts alone", async () => {
    const unsampled = await ended("drain", { OTEL_TRACES_SAMPLER: "always_off" });
    expect(pathsOf(unsampled)).toEqual(["/v1/metrics"]);
    expect(sumOf(unsampled, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(6);
  });

  test("a sampler that takes a share keeps the segments of a connection together", async () => {
    const all = await ended("drain", { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "1" });
    expect([spans(all).length, all.stderr]).toEqual([2, ""]);
    const none = await ended("drain", { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" });
    expect([pathsOf(none), none.stderr]).toEqual([["/v1/metrics"], ""]);
    const wrong = await ended("drain", { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" });
    expect(wrong.stderr).toContain("OTEL_TRACES_SAMPLER_ARG=2 was given, but it is out of range");
    expect(spans(wrong)).toHaveLength(2);
  });

  test("the temporality preference reaches the message sizes", async () => {
    const DELTA = 1;
    const delta = await ended("drain", { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta" });
    const sizes = delta.resourceMetrics
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .filter(({ name }) => name === METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE);
    expect(sizes).not.toHaveLength(0);
    expect(new Set(sizes.map(({ histogram }) => histogram?.aggregationTemporality))).toEqual(new Set([DELTA]));
  });

  test("what is unknown is named, and the default is used", async () => {
    const { stderr, ...telemetry } = await ended("drain", {
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/xml",
      OTEL_METRICS_EXPORTER: "otlp,kafka",
      OTEL_METRIC_EXPORT_INTERVAL: "soon",
    });
    expect(stderr).toContain('got "http/xml"; http/protobuf is used');
    expect(stderr).toContain('got "kafka"; it is left out');
    expect(stderr).toContain('OTEL_METRIC_EXPORT_INTERVAL: expected a number greater than 0, got "soon"');
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES)).toBe(6);
  });

  test("OTEL_LOG_LEVEL=none silences an endpoint that fails", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT: "300" };
    expect(await ended("drain", { ...env, OTEL_LOG_LEVEL: "none" })).toMatchObject({ stderr: "" });
    expect((await ended("drain", env)).stderr).toContain("ECONNREFUSED");
  });
});

describe("exporters other than OTLP over HTTP", () => {
  test("prometheus serves the counts and the message sizes", async () => {
    const port = String(await freePort());
    const running = app.run("ending.cjs", {
      node: REGISTER,
      env: {
        WAY: "unhandled",
        OTEL_TRACES_EXPORTER: "none",
        OTEL_METRICS_EXPORTER: "prometheus",
        OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
        OTEL_EXPORTER_PROMETHEUS_PORT: port,
      },
    });
    await running.line(/^ready$/);
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ signal: "SIGTERM" });
    expect(page).toMatch(/^websocket_server_messages_total\{.*direction="received".*\} 3$/m);
    expect(page).toMatch(/^websocket_server_message_size(?:_bytes)?_sum\{.*direction="received".*\} 5$/m);
  });

  test("console prints both signals", async () => {
    const running = app.run("ending.cjs", {
      node: REGISTER,
      env: { WAY: "drain", OTEL_TRACES_EXPORTER: "console", OTEL_METRICS_EXPORTER: "console" },
    });
    const { stdout } = await running.ended;
    expect(stdout).toContain("name: 'websocket /chat'");
    expect(stdout).toContain("name: 'websocket.server.message.size'");
  });

  test("gRPC carries all signals", async () => {
    const collector = await startGrpcCollector();
    try {
      const running = app.run("ending.cjs", {
        node: REGISTER,
        env: { WAY: "drain", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      });
      expect(await running.ended).toMatchObject({ code: 4, stderr: "" });
      expect(spans(collector.telemetry)).toHaveLength(2);
      expect(logs(collector.telemetry)).toHaveLength(4);
      expect(sumOf(collector.telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(6);
    } finally {
      collector.stop();
    }
  });
});

describe("however often it is registered", () => {
  test.for([
    ["twice", [...REGISTER, ...REGISTER]],
    ["with --require", ["--require", "opentelemetry-websocket/register"]],
    ["with --require and --import", ["--require", "opentelemetry-websocket/register", ...REGISTER]],
  ] as const)("%s, everything is counted once", async ([_how, node]) => {
    receiver = await startReceiverProcess();
    try {
      const traffic = { server: "server.cjs", client: "client.mjs", messages: ALL, node };
      const endings = await exchange(app, receiver, traffic);
      expect(endings).toMatchObject({ server: { stderr: "" }, client: { stderr: "" } });
      assertExact(receiver.telemetry, ALL);
    } finally {
      await receiver.stop();
    }
  });
});

interface GrpcServer {
  register(path: string, handler: unknown, serialize: unknown, deserialize: unknown, type: "unary"): void;
  bindAsync(address: string, credentials: unknown, bound: (error: Error | null, port: number) => void): void;
  forceShutdown(): void;
}

interface Grpc {
  readonly Server: new () => GrpcServer;
  readonly ServerCredentials: { createInsecure(): unknown };
}

/** The gRPC that the exporter sends with; it is no dependency of this project. */
function loadGrpc(): Grpc {
  let { resolve } = createRequire(import.meta.url);
  for (const name of ["@opentelemetry/sdk-node", "@opentelemetry/exporter-trace-otlp-grpc"]) {
    ({ resolve } = createRequire(resolve(name)));
  }
  return createRequire(import.meta.url)(resolve("@grpc/grpc-js")) as Grpc;
}

async function startGrpcCollector(): Promise<{
  url: string;
  telemetry: Omit<Collected, "requests">;
  stop(): void;
}> {
  const { Server, ServerCredentials } = loadGrpc();
  const telemetry: Omit<Collected, "requests"> = { resourceSpans: [], resourceMetrics: [], resourceLogs: [] };
  const server = new Server();
  const raw = (buffer: Buffer): Buffer => buffer;
  type Answer = (error: null, answer: Buffer) => void;
  const take = (signal: "traces" | "metrics" | "logs") => (call: { request: Buffer }, done: Answer) => {
    const received = decodeRequest(signal, "protobuf", call.request);
    telemetry.resourceSpans.push(...(received.resourceSpans ?? []));
    telemetry.resourceMetrics.push(...(received.resourceMetrics ?? []));
    telemetry.resourceLogs.push(...(received.resourceLogs ?? []));
    done(null, Buffer.alloc(0));
  };
  const service = "/opentelemetry.proto.collector";
  server.register(`${service}.trace.v1.TraceService/Export`, take("traces"), raw, raw, "unary");
  server.register(`${service}.metrics.v1.MetricsService/Export`, take("metrics"), raw, raw, "unary");
  server.register(`${service}.logs.v1.LogsService/Export`, take("logs"), raw, raw, "unary");
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { url: `http://127.0.0.1:${port}`, telemetry, stop: () => server.forceShutdown() };
}
