// How the registry's metrics and attributes are named in Prometheus. The rule is OpenTelemetry's:
// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
import { METRIC_DEFINITIONS } from "../../src/semconv.ts";

/** A metric of the registry. */
export type MetricName = keyof typeof METRIC_DEFINITIONS;

type Definition = (typeof METRIC_DEFINITIONS)[MetricName];

/** Units as Prometheus spells them; annotations in braces are left out. */
const UNITS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/** What a histogram's metric becomes. */
export const HISTOGRAM_SUFFIXES: readonly string[] = ["_bucket", "_sum", "_count"];

/** How Prometheus names an attribute. */
export function labelName(key: string): string {
  return key.replaceAll(/[^a-zA-Z0-9_]/g, "_");
}

/** The name of a metric that is no histogram. @throws TypeError for a histogram, which has no series of that name */
export function seriesName(metric: MetricName): string {
  if (METRIC_DEFINITIONS[metric].instrument === "histogram") {
    throw new TypeError(`${metric} is a histogram: use histogramName`);
  }
  return baseName(metric);
}

/** The name of a histogram's buckets, sum or count. @throws TypeError for a metric that is no histogram */
export function histogramName(metric: MetricName, part: "bucket" | "sum" | "count"): string {
  const { instrument } = METRIC_DEFINITIONS[metric];
  if (instrument !== "histogram") throw new TypeError(`${metric} is no histogram but a ${instrument}: use seriesName`);
  return `${baseName(metric)}_${part}`;
}

/** All series that a metric becomes. */
export function seriesNames(metric: MetricName): string[] {
  if (METRIC_DEFINITIONS[metric].instrument !== "histogram") return [baseName(metric)];
  return HISTOGRAM_SUFFIXES.map((suffix) => baseName(metric) + suffix);
}

/** Names of the metrics. */
export function metricNames(): MetricName[] {
  return Object.keys(METRIC_DEFINITIONS) as MetricName[];
}

/** The suffix for the unit, which the Prometheus exporter of OpenTelemetry JS leaves out; empty where there is none. */
export function unitSuffix(metric: MetricName): string {
  const { unit, instrument }: Definition = METRIC_DEFINITIONS[metric];
  if (unit === "1") return instrument === "gauge" ? "_ratio" : "";
  return unit in UNITS ? `_${UNITS[unit]}` : "";
}

function baseName(metric: MetricName): string {
  const total = METRIC_DEFINITIONS[metric].instrument === "counter" ? "_total" : "";
  return metric.replaceAll(".", "_") + unitSuffix(metric) + total;
}
