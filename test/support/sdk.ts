import { logs } from "@opentelemetry/api";
import { JsonLogsSerializer, JsonMetricsSerializer, JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Sampler } from "@opentelemetry/sdk-trace";
import { WebSocketMetricProducer } from "../../src/telemetry/producer.ts";
import { decodeRequest } from "../../src/viewer/decode.ts";
import type { Telemetry } from "../../src/viewer/otlp.ts";
import { assertConforms } from "./conform.ts";
import type { ConformOptions } from "./conform.ts";
import { logsSdk } from "./exporters.ts";

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** An SDK of one test's own, whose telemetry is read as OTLP. */
export interface TestSdk {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  /** Everything up to now, encoded as OTLP and decoded again, and held against the registry. */
  collect(): Promise<Telemetry>;
  /** Names of the spans that have started and not ended. */
  openSpans(): string[];
}

/** Starts an SDK in memory. Its logs are those of the global API, until another one is started. */
export function startSdk({ sampler, ...conform }: ConformOptions & { sampler?: Sampler } = {}): TestSdk {
  const exporter = new InMemorySpanExporter();
  const open = new Map<string, string>();
  const watch = {
    onStart: (span: { name: string; spanContext(): { spanId: string } }) => {
      open.set(span.spanContext().spanId, span.name);
    },
    onEnd: (span: { spanContext(): { spanId: string } }) => void open.delete(span.spanContext().spanId),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const tracerProvider = new TracerProvider({
    ...(sampler !== undefined && { sampler }),
    spanProcessors: [new SimpleSpanProcessor({ exporter }), watch],
  });
  const logExporter = new logsSdk.InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(
    new logsSdk.LoggerProvider({ processors: [new logsSdk.SimpleLogRecordProcessor({ exporter: logExporter })] }),
  );
  const metricProducers: MetricProducer[] = [];
  const reader = new ManualReader({ metricProducers });
  const meterProvider = new MeterProvider({ readers: [reader] });
  metricProducers.push(new WebSocketMetricProducer({ meterProvider }));
  return {
    meterProvider,
    tracerProvider,
    async collect() {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new AggregateError(errors, "the collection had errors");
      const metrics = JsonMetricsSerializer.serializeRequest(resourceMetrics);
      const traces = JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans());
      const records = logExporter.getFinishedLogRecords() as Parameters<typeof JsonLogsSerializer.serializeRequest>[0];
      const events = JsonLogsSerializer.serializeRequest(records);
      const telemetry: Telemetry = {
        ...decodeRequest("metrics", "json", metrics ?? new Uint8Array()),
        ...decodeRequest("traces", "json", traces ?? new Uint8Array()),
        ...decodeRequest("logs", "json", events ?? new Uint8Array()),
      };
      assertConforms(telemetry, conform);
      return telemetry;
    },
    openSpans: () => [...open.values()],
  };
}
