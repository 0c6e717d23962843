import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { METRIC_WEBSOCKET_PROBE_RUNS, METRIC_WEBSOCKET_PROBE_UP } from "../../src/semconv.ts";
import { runCli } from "../support/cli.ts";
import { attrs, latest, spans } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";

const LOCATIONS = ["fra-1", "iad-1", "sin-1"];

let receiver: ReceiverProcess;
let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  receiver = await startReceiverProcess();
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
});

afterEach(async () => {
  server.close();
  await receiver.stop();
});

test("three processes in three places are told apart by one attribute", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const runs = LOCATIONS.map((location) => runCli(["probe", url, "--name", "feed", "--location", location], env));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);

  const up = await receiver.waitFor((telemetry) => {
    const found = latest(telemetry, METRIC_WEBSOCKET_PROBE_UP);
    return found.length === LOCATIONS.length && found;
  });
  expect(up.map(({ value }) => value)).toEqual([1, 1, 1]);
  const common = {
    "websocket.probe.name": "feed",
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(url).port),
  };
  const expected = LOCATIONS.map((location) => ({ ...common, "websocket.probe.location": location }));
  expect(new Set(up.map(({ attributes }) => attributes))).toEqual(new Set(expected));
  for (const location of LOCATIONS) {
    const attributes = { "websocket.probe.location": location };
    expect(latest(receiver.telemetry, METRIC_WEBSOCKET_PROBE_RUNS, attributes)).toMatchObject([{ value: 1 }]);
    const [run] = spans(receiver.telemetry, { name: "websocket.probe feed", attributes });
    const children = spans(receiver.telemetry, ({ parentSpanId }) => parentSpanId === run!.spanId);
    expect(children.map(({ name }) => name).sort()).toEqual([
      "close",
      "connect",
      "message",
      "upgrade",
      "websocket 127.0.0.1",
    ]);
    for (const child of children) expect(attrs(child)).toMatchObject(attributes);
    expect(run!.resource["service.name"]).toBe("otel-ws-probe");
  }
});
