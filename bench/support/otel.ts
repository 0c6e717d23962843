/** The build under test, and an SDK around it whose exporters drop everything. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { propagation } from "@opentelemetry/api";
import { ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import type { MetricData, MetricProducer } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type * as builtPackage from "../../src/index.ts";
import type { ObserveOptions } from "../../src/observe.ts";
import { METRIC_WEBSOCKET_SERVER_MESSAGES } from "../../src/semconv.ts";

/** What is measured: nothing of ours, metrics only, with a span per connection, or with spans of 1 % of the messages too. */
export type Mode = "plain" | "metrics" | "span" | "messages";

export type Package = typeof builtPackage;

/** Loads the package from a folder with its built files. */
export async function loadPackage(dist: string): Promise<Package> {
  return (await import(pathToFileURL(join(dist, "index.js")).href)) as Package;
}

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const discarding: SpanExporter = {
  export: (_spans, done) => done({ code: ExportResultCode.SUCCESS }),
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** An SDK as an application has it, without a network. */
export interface Sdk {
  readonly meterProvider: MeterProvider;
  readonly reader: MetricReader;
  /** Options that observe in `mode` with this SDK. */
  options(mode: Exclude<Mode, "plain">): ObserveOptions;
  /** Number of points in one collection. */
  points(): Promise<number>;
  /** Messages that servers counted; proves that what was measured was observed. */
  messages(): Promise<number>;
}

/** Starts an SDK. */
export function startSdk({ WebSocketMetricProducer }: Package): Sdk {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const metricProducers: MetricProducer[] = [];
  const reader = new ManualReader({ metricProducers });
  const meterProvider = new MeterProvider({ readers: [reader] });
  metricProducers.push(new WebSocketMetricProducer({ meterProvider }));
  const tracerProvider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: discarding })] });
  return {
    meterProvider,
    reader,
    options: (mode) => ({
      meterProvider,
      tracerProvider,
      route: () => "/chat",
      connectionSpan: { mode: mode === "metrics" ? "off" : "lifetime" },
      ...(mode === "messages" && { messageSpans: { ratio: 0.01 } }),
    }),
    async points() {
      const metrics = await collect(reader);
      return metrics.reduce((sum, metric) => sum + metric.dataPoints.length, 0);
    },
    async messages() {
      const metrics = await collect(reader);
      const points = metrics.find(({ descriptor }) => descriptor.name === METRIC_WEBSOCKET_SERVER_MESSAGES)?.dataPoints;
      return (points ?? []).reduce((sum, { value }) => sum + (value as number), 0);
    },
  };
}

async function collect(reader: MetricReader): Promise<MetricData[]> {
  const { resourceMetrics, errors } = await reader.collect();
  if (errors.length > 0) throw new AggregateError(errors, "bench: the collection had errors");
  return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
}
