import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exporters } from "../support/exporters.ts";
import { sumOf } from "../support/query.ts";
import type { ReceiverProcess } from "../support/receiver.ts";
import { startReceiverProcess } from "../support/receiver.ts";

let receiver: ReceiverProcess;
beforeAll(async () => {
  receiver = await startReceiverProcess();
});
afterAll(() => receiver.stop());

const body = '{"resourceSpans":[]}';
const post = (signal?: AbortSignal): Promise<Response> =>
  fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    ...(signal && { signal }),
  });

test("sums are of the newest values of every series, by attributes that a point contains", async () => {
  const exporter = new exporters.protobuf.metrics({ url: `${receiver.url}/v1/metrics` });
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const counter = provider.getMeter("test").createCounter("a.counter");
  counter.add(1, { direction: "sent", type: "text" });
  counter.add(2, { direction: "sent", type: "binary" });
  await provider.forceFlush();
  counter.add(10, { direction: "sent", type: "text" });
  counter.add(100, { direction: "received", type: "text" });
  await provider.shutdown();
  await receiver.waitFor((telemetry) => sumOf(telemetry, "a.counter") === 113);
  expect(sumOf(receiver.telemetry, "a.counter", { direction: "sent" })).toBe(13);
  expect(sumOf(receiver.telemetry, "a.counter", { type: "binary", direction: "sent" })).toBe(2);
  expect(sumOf(receiver.telemetry, "another")).toBe(0);
});

test("waiting in vain tells what had arrived", async () => {
  await expect(receiver.waitFor(() => false, { timeout: 50 })).rejects.toThrow(
    /not seen within \d+ ms; arrived:\nrequests: /,
  );
});

test("requests fail or hang when told to, and are accepted again", async () => {
  await receiver.behave(503);
  expect((await post()).status).toBe(503);
  await receiver.behave(500);
  expect((await post()).status).toBe(500);
  await receiver.behave("hang");
  const before = receiver.telemetry.requests.length;
  const controller = new AbortController();
  const hanging = post(controller.signal);
  await receiver.waitFor(({ requests }) => requests.length > before);
  controller.abort();
  await expect(hanging).rejects.toThrow("aborted");
  await receiver.behave("accept");
  expect((await post()).status).toBe(200);
});
