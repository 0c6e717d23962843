// An OpenTelemetry setup of your own, with this package in it: node --import ./examples/sdk.mjs examples/server.mjs
// The producer in the metric reader is for the message sizes.
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { WebSocketInstrumentation, WebSocketMetricProducer } from "opentelemetry-websocket";

const sdk = new NodeSDK({
  serviceName: "chat",
  instrumentations: [
    new WebSocketInstrumentation({
      // Only browsers send an Origin.
      metricAttributes: ({ headers }) => ({ "app.client": headers.origin ? "browser" : "other" }),
    }),
  ],
  metricReaders: [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      metricProducers: [new WebSocketMetricProducer()],
    }),
  ],
});

sdk.start();

process.once("beforeExit", () => sdk.shutdown());
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await sdk.shutdown();
    process.kill(process.pid, signal);
  });
}
