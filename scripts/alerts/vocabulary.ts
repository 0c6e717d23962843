import { labelName, seriesNames } from "../prometheus/names.ts";
import type { MetricName } from "../prometheus/names.ts";
import type { ResolvedRegistry } from "../semconv/resolve.ts";
import type { Rule } from "./load.ts";
import { namesIn } from "./promql.ts";

/** Metrics with their labels; of labels with a closed set of values, these, else `undefined`. */
export type Vocabulary = ReadonlyMap<string, ReadonlyMap<string, readonly string[] | undefined>>;

/** Labels that Prometheus adds to every series; `le` is a histogram's. */
const ALWAYS = ["job", "instance"];
/** Metrics that Prometheus or its exporters make themselves. */
const PROMETHEUS = ["up", "target_info", "ALERTS"];
const BY = /^\s*(?:sum|max|min|count|group)\s+by\s*\(([^)]*)\)/;

/** What queries may name: the registry's metrics as Prometheus has them, and what recording rules make of them. */
export function vocabulary(registry: ResolvedRegistry, rules: readonly Rule[]): Vocabulary {
  const labels = (names: readonly string[]): [string, undefined][] => names.map((name) => [name, undefined]);
  const registered = registry.metrics.flatMap((metric) => {
    const own = metric.attributes.map(({ key, type }): [string, readonly string[] | undefined] => [
      labelName(key),
      typeof type === "string" ? undefined : type.members.map(({ value }) => String(value)),
    ]);
    return seriesNames(metric.name as MetricName).map((name): [string, Map<string, readonly string[] | undefined>] => [
      name,
      new Map([...own, ...labels([...ALWAYS, ...(name.endsWith("_bucket") ? ["le"] : [])])]),
    ]);
  });
  const recorded = rules.flatMap(({ record, expr }): [string, Map<string, undefined>][] => {
    if (record === undefined) return [];
    const by = BY.exec(expr)?.[1]
      ?.split(",")
      .map((label) => label.trim());
    return [[record, new Map(labels(by ?? []))]];
  });
  return new Map([
    ...registered,
    ...recorded,
    ...PROMETHEUS.map((name): [string, Map<string, undefined>] => [name, new Map(labels(ALWAYS))]),
  ]);
}

/** What a query names that is not in the vocabulary, a sentence each. */
export function misnamed(query: string, known: Vocabulary): string[] {
  const { selectors, grouping } = namesIn(query);
  const found = selectors.flatMap(({ metric, matchers }) => {
    const labels = known.get(metric);
    if (labels === undefined) return [`${metric} is no metric`];
    return matchers.flatMap(({ label, value }) => {
      if (!labels.has(label)) return [`${metric} has no label ${label}`];
      const values = labels.get(label);
      if (values === undefined) return [];
      return value.split("|").flatMap((one) => (one === "" || values.includes(one) ? [] : `${label} is never ${one}`));
    });
  });
  const onNone = grouping.filter((label) => !selectors.some(({ metric }) => known.get(metric)?.has(label)));
  return [...found, ...onNone.map((label) => `no metric has the label ${label}`)];
}
