import type { MetricDefinition } from "../semconv/model.ts";
import type { Resolved } from "../semconv/resolve.ts";

/** Units as Prometheus spells them; annotations in braces are left out. */
const UNITS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };
const HISTOGRAM = ["_bucket", "_count", "_sum"];

/** How Prometheus names an attribute. */
export function labelName(key: string): string {
  return key.replaceAll(".", "_");
}

/**
 * The series that a metric becomes in Prometheus, over OTLP and when it is scraped alike:
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */
export function seriesNames({ name, unit, instrument }: Resolved<MetricDefinition>): string[] {
  const base = [name.replaceAll(".", "_"), UNITS[unit] ?? []].flat().join("_");
  if (instrument === "histogram") return HISTOGRAM.map((suffix) => base + suffix);
  if (instrument === "counter") return [`${base}_total`];
  return [instrument === "gauge" && unit === "1" ? `${base}_ratio` : base];
}
