import { diag } from "@opentelemetry/api";
import { WebSocketMetricProducer } from "../telemetry/producer.ts";
import { list, positive, text } from "./env.ts";
import type { SdkPackages } from "./packages.ts";

const SDK_METRICS = "@opentelemetry/sdk-metrics";
const HTTP_PROTOBUF = "http/protobuf";

/** Package of the OTLP metric exporter, by protocol. */
const OTLP_EXPORTERS: Readonly<Record<string, string>> = {
  grpc: "@opentelemetry/exporter-metrics-otlp-grpc",
  "http/json": "@opentelemetry/exporter-metrics-otlp-http",
  [HTTP_PROTOBUF]: "@opentelemetry/exporter-metrics-otlp-proto",
};

/** What is needed of an exporter to which metrics are pushed. */
interface PushExporter {
  selectAggregationTemporality?(instrument: "HISTOGRAM"): 0 | 1;
}

/**
 * The metric readers that OTEL_METRICS_EXPORTER asks for, as NodeSDK would make them, with our producer in each. Those
 * that push keep up to `series` of each instrument, where that is given.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function metricReaders(sdk: SdkPackages, series?: number): unknown[] {
  const names = list("OTEL_METRICS_EXPORTER");
  if (names.includes("none")) return [];
  return (names.length === 0 ? ["otlp"] : names).flatMap((name) => {
    if (name === "otlp") return [periodic(sdk, otlpExporter(sdk), series)];
    if (name === "console") {
      return [periodic(sdk, sdk.create(SDK_METRICS, "ConsoleMetricExporter") as PushExporter, series)];
    }
    if (name === "prometheus") return [prometheus(sdk)];
    diag.warn(`OTEL_METRICS_EXPORTER: expected otlp, console, prometheus or none, got "${name}"; it is left out`);
    return [];
  });
}

function otlpExporter(sdk: SdkPackages): PushExporter {
  const protocol = text("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL") ?? text("OTEL_EXPORTER_OTLP_PROTOCOL") ?? HTTP_PROTOBUF;
  let name = OTLP_EXPORTERS[protocol];
  if (name === undefined) {
    const known = Object.keys(OTLP_EXPORTERS).join(", ");
    diag.warn(`the OTLP protocol for metrics: expected one of ${known}, got "${protocol}"; ${HTTP_PROTOBUF} is used`);
    name = OTLP_EXPORTERS[HTTP_PROTOBUF]!;
  }
  return sdk.create(name, "OTLPMetricExporter") as PushExporter;
}

function periodic(sdk: SdkPackages, exporter: PushExporter, series: number | undefined): unknown {
  const exportIntervalMillis = positive("OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;
  // The reader refuses a timeout that is longer than the interval.
  const exportTimeoutMillis = Math.min(positive("OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000, exportIntervalMillis);
  const temporality = exporter.selectAggregationTemporality?.("HISTOGRAM");
  return sdk.create(SDK_METRICS, "PeriodicExportingMetricReader", {
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis,
    metricProducers: [new WebSocketMetricProducer({ temporality })],
    ...(series !== undefined && { cardinalityLimits: { default: series } }),
  });
}

function prometheus(sdk: SdkPackages): unknown {
  return sdk.create("@opentelemetry/exporter-prometheus", "PrometheusExporter", {
    host: text("OTEL_EXPORTER_PROMETHEUS_HOST"),
    port: positive("OTEL_EXPORTER_PROMETHEUS_PORT"),
    metricProducers: [new WebSocketMetricProducer()],
  });
}
