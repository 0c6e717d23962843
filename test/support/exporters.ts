import { createRequire } from "node:module";
import type { LoggerProvider } from "@opentelemetry/api";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** How an exporter is told where to send. */
export interface ExporterOptions {
  url: string;
  compression?: "gzip" | "none";
}

/** An exporter of log records, as far as the tests need it. */
export interface LogExporter {
  export(records: unknown[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

/** The class of an exporter. */
export type Make<T> = new (options: ExporterOptions) => T;

/** The part of `@opentelemetry/sdk-logs` that the tests use. */
export interface LogsSdk {
  LoggerProvider: new (options: { processors: unknown[] }) => LoggerProvider;
  BatchLogRecordProcessor: new (options: { exporter: unknown }) => unknown;
  SimpleLogRecordProcessor: new (options: { exporter: unknown }) => unknown;
  InMemoryLogRecordExporter: new () => { getFinishedLogRecords(): unknown[] };
}

/**
 * What comes with `@opentelemetry/sdk-node` is what a user of `register` sends with. Its dependencies are not this
 * project's, so they are looked up from there.
 */
const fromSdkNode: NodeJS.Require = createRequire(createRequire(import.meta.url).resolve("@opentelemetry/sdk-node"));

function exporter<T>(name: string, className: string): Make<T> {
  const exported: Record<string, Make<T> | undefined> = fromSdkNode(`@opentelemetry/exporter-${name}`);
  const found = exported[className];
  if (found === undefined) throw new Error(`@opentelemetry/exporter-${name} has no ${className}`);
  return found;
}

/** The SDK for logs. */
export const logsSdk: LogsSdk = fromSdkNode("@opentelemetry/sdk-logs");

/** The exporters over HTTP, by the encoding of their requests. */
export const exporters: Record<
  "protobuf" | "json",
  { traces: Make<SpanExporter>; metrics: Make<PushMetricExporter>; logs: Make<LogExporter> }
> = {
  protobuf: {
    traces: exporter("trace-otlp-proto", "OTLPTraceExporter"),
    metrics: exporter("metrics-otlp-proto", "OTLPMetricExporter"),
    logs: exporter("logs-otlp-proto", "OTLPLogExporter"),
  },
  json: {
    traces: exporter("trace-otlp-http", "OTLPTraceExporter"),
    metrics: exporter("metrics-otlp-http", "OTLPMetricExporter"),
    logs: exporter("logs-otlp-http", "OTLPLogExporter"),
  },
};
