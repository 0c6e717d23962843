// Names for a Prometheus that scrapes an application's own exporter.
import type { MetricName } from "./names.ts";
import { labelName, metricNames, unitSuffix } from "./names.ts";

/** A rule of `metric_relabel_configs`. */
export interface RelabelRule {
  readonly source_labels: readonly string[];
  readonly regex: string;
  readonly target_label: string;
  readonly replacement: string;
}

/**
 * Rules that add the unit to the names of the registry's metrics, one for each unit. The Prometheus exporter of
 * OpenTelemetry JS writes names without it, OTLP and the Collector with it.
 */
export function relabelRules(): RelabelRule[] {
  const bySuffix = new Map<string, MetricName[]>();
  for (const metric of metricNames()) {
    const suffix = unitSuffix(metric);
    if (suffix !== "") bySuffix.set(suffix, [...(bySuffix.get(suffix) ?? []), metric]);
  }
  return [...bySuffix].map(([suffix, metrics]) => ({
    source_labels: ["__name__"],
    regex: `(${metrics.map(labelName).join("|")})(_bucket|_sum|_count|_total)?`,
    target_label: "__name__",
    replacement: `\${1}${suffix}\${2}`,
  }));
}
