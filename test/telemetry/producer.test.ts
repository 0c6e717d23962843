import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { WebSocketInstrumentation, WebSocketMetricProducer } from "../../src/index.ts";
import { startSdk } from "../support/sdk.ts";
import { closed, connect, copyWs, listen, received, shut } from "../support/ws.ts";

test("a producer gives cumulative or delta histograms, as it was told", async () => {
  const sdk = startSdk();
  const copy = copyWs("8");
  const instrumentation = new WebSocketInstrumentation();
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  const { meterProvider } = sdk;
  const producers = {
    cumulative: new WebSocketMetricProducer({ meterProvider }),
    delta: new WebSocketMetricProducer({ meterProvider, temporality: 0 }),
  };
  const ws = copy.load();
  const { server, url } = await listen(ws);
  const { client, peer } = await connect(ws, server, url);
  const counts: Record<string, number[]> = { cumulative: [], delta: [] };
  for (const batch of [3, 2, 0]) {
    const all = batch === 0 ? Promise.resolve() : received(peer, batch);
    for (let index = 0; index < batch; index += 1) client.send("x".repeat(100));
    await all;
    for (const [name, producer] of Object.entries(producers)) {
      const { resourceMetrics } = await producer.collect();
      const metric = resourceMetrics.scopeMetrics[0]?.metrics.find((one) => one.descriptor.name.includes("server"));
      counts[name]!.push(metric?.dataPoints[0]?.value.count ?? 0);
    }
  }
  client.close();
  await closed(client, peer);
  await shut(server);
  instrumentation.disable();
  copy.remove();
  expect(counts).toEqual({ cumulative: [3, 5, 5], delta: [3, 2, 0] });
});

test("a producer fits a reader of the metrics SDK, and refuses another temporality", () => {
  const producer: MetricProducer = new WebSocketMetricProducer();
  expect(producer).toBeDefined();
  expect(() => new WebSocketMetricProducer({ temporality: 2 as never })).toThrow(/option "temporality": expected 0/);
});
