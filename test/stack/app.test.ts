import { afterEach, beforeEach, expect, test } from "vitest";
import {
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY,
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
} from "../../src/semconv.ts";
import { start } from "../support/process.ts";
import type { Running } from "../support/process.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";
import { pathOf, readCompose } from "./stack.ts";

/** What makes the stack's dashboards and alerts have something to show. */
const EXPECTED = [
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_ACK_DURATION,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY,
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  METRIC_WEBSOCKET_SERVER_SEND_DURATION,
];

const { services } = readCompose();
let receiver: ReceiverProcess;
const running: Running[] = [];

beforeEach(async () => {
  receiver = await startReceiverProcess();
});
afterEach(async () => {
  for (const app of running) app.kill("SIGKILL");
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await receiver.stop();
});

/** Runs a file of the stack with the variables of its service, on loopback and faster. */
function run(service: string, file: string, env: Readonly<Record<string, string>>): Running {
  const app = start(
    process.execPath,
    ["--import", "opentelemetry-websocket/register", `examples/stack/app/${file}`],
    pathOf("."),
    {
      ...services[service]?.environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: "500",
      OTEL_BSP_SCHEDULE_DELAY: "500",
      ...env,
    },
  );
  running.push(app);
  return app;
}

test("the stack's chat and its people give every kind of telemetry that the dashboards show, and end on SIGTERM", async () => {
  const server = run("app", "server.mjs", { HOST: "127.0.0.1", PORT: "0" });
  const [, port] = await server.line(/^listening (\d+)$/);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  const clients = run("clients", "clients.mjs", { URL: `ws://127.0.0.1:${port}/chat`, SECONDS: "2" });

  await receiver.waitFor(
    ({ resourceMetrics }) => {
      const metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
      );
      expect(metrics).toEqual(expect.arrayContaining(EXPECTED));
      return true;
    },
    { timeout: 25_000 },
  );
  for (const app of [clients, server]) {
    app.kill("SIGTERM");
    expect(await app.ended).toMatchObject({ signal: "SIGTERM", stderr: "" });
  }
}, 60_000);
