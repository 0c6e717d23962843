import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, METRIC_WEBSOCKET_SERVER_MESSAGES } from "../../src/semconv.ts";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import type { Running } from "../support/process.ts";
import { assertConforms } from "../support/conform.ts";
import { freePort } from "../support/port.ts";
import { spans, sumOf } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import { allArrived } from "./traffic.ts";

let app: App;
beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
}, 120_000);
afterAll(() => app?.stop());

/** Exports often, and gives up soon. */
const IMPATIENT = {
  OTEL_METRIC_EXPORT_INTERVAL: "400",
  OTEL_BSP_SCHEDULE_DELAY: "200",
  OTEL_EXPORTER_OTLP_TIMEOUT: "300",
};

async function serve(endpoint: string): Promise<{ running: Running; url: string }> {
  const env = { ...IMPATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const running = app.run("echo.cjs", { node: REGISTER, env });
  const [, port] = await running.line(/^listening (\d+)/);
  return { running, url: `ws://127.0.0.1:${port}/chat` };
}

/** A connection's life: three messages are echoed. */
async function chat(url: string): Promise<void> {
  const socket = new WebSocket(url);
  const answers: string[] = [];
  socket.on("message", (data: Buffer) => {
    if (answers.push(data.toString()) === 3) socket.close(1000);
  });
  await once(socket, "open");
  for (const text of ["a", "bc", "é"]) socket.send(text);
  const [code] = (await once(socket, "close")) as [number];
  expect([code, answers]).toEqual([1000, ["a", "bc", "é"]]);
}

/** Lines on stderr about failed exports, by kind; anything else is kept as it is. */
function diagnostics(running: Running): string[] {
  const lines = running.stderr().trimEnd().split("\n");
  return lines.map((line) => line.match(/metrics export (?:failed|timed out)/)?.[0] ?? line);
}

/** An endpoint that refuses connections until it is opened, and then passes them on. */
async function closedEndpoint(target: string): Promise<{ url: string; open(): Promise<Server> }> {
  const port = await freePort();
  return {
    url: `http://127.0.0.1:${port}`,
    open: async () => {
      const to = Number(new URL(target).port);
      const server = createServer((socket) => socket.pipe(connect(to, "127.0.0.1")).pipe(socket));
      await once(server.listen(port, "127.0.0.1"), "listening");
      return server;
    },
  };
}

describe.concurrent("while the endpoint fails, clients are served and one diagnostic per kind is printed", () => {
  test.for([
    [500, "OpenTelemetry error: OTLPExporterError: Internal Server Error (500). Check"],
    [503, "OpenTelemetry error: OTLPExporterError: Export failed with retryable status. Check"],
    ["hang", "OpenTelemetry error: Request timed out. Check"],
    ["refuse", "OpenTelemetry error: connect ECONNREFUSED 127.0.0.1:"],
  ] as const)("%s; afterwards, counts are complete", { timeout: 60_000 }, async ([failure, expected]) => {
    const receiver = await startReceiverProcess();
    let proxy: Server | undefined;
    try {
      const refusing = failure === "refuse" ? await closedEndpoint(receiver.url) : undefined;
      if (failure !== "refuse") await receiver.behave(failure);
      const { running, url } = await serve(refusing?.url ?? receiver.url);
      await chat(url);
      // Several exports of both signals have failed by the time that both have been reported and some more have run.
      await expect.poll(() => diagnostics(running).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
      if (refusing === undefined) await receiver.waitFor(({ requests }) => requests.length > 6, { timeout: 20_000 });
      proxy = await refusing?.open();
      await receiver.behave("accept");
      await receiver.waitFor(({ resourceMetrics }) => resourceMetrics.length > 0);
      await chat(url);
      await receiver.waitFor((telemetry) => spans(telemetry).length > 0);
      running.kill("SIGTERM");
      const ended = await running.ended;
      await allArrived(receiver);
      expect(ended).toMatchObject({ code: null, signal: "SIGTERM" });
      expect(diagnostics(running).sort()).toEqual([
        expect.stringContaining(expected),
        expect.stringMatching(/^metrics export/),
      ]);
      assertConforms(receiver.telemetry);
      expect(sumOf(receiver.telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(12);
      expect(sumOf(receiver.telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(2);
    } finally {
      proxy?.close();
      await receiver.stop();
    }
  });
});
