import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  KeyValue,
  LogRecord,
  NumberDataPoint,
  PlainAttributes,
  PlainValue,
  Resource,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  Scope,
  Span,
  SummaryDataPoint,
  Telemetry,
} from "../../src/viewer/otlp.ts";
import { plainAttributes } from "../../src/viewer/otlp.ts";

/** A data point with what stands around it. */
export interface FoundPoint {
  metric: string;
  unit: string;
  kind: "gauge" | "sum" | "histogram" | "exponentialHistogram" | "summary";
  resource: PlainAttributes;
  scope: string;
  attributes: PlainAttributes;
  /** The value of a gauge or a sum; the count of measurements of the other kinds. */
  value: number;
  point: Partial<NumberDataPoint & HistogramDataPoint & ExponentialHistogramDataPoint & SummaryDataPoint>;
}

/** A span with its resource and the name of its scope. */
export type FoundSpan = Span & { resource: PlainAttributes; scope: string };

/** A log record with its resource and the name of its scope. */
export type FoundLog = LogRecord & { resource: PlainAttributes; scope: string };

/** What a record must satisfy: a function, or its name and attributes that it must have among others. */
export type Filter<T> = ((record: T) => boolean) | { name?: string; attributes?: PlainAttributes };

/** The attributes of anything that has some, as an object. */
export function attrs(record: { attributes: readonly KeyValue[] }): PlainAttributes {
  return plainAttributes(record.attributes);
}

/** All data points of a metric (of every metric without a name), in order of arrival: one per series and export. */
export function points(telemetry: Telemetry, metricName?: string): FoundPoint[] {
  const found: FoundPoint[] = [];
  for (const { resource, scopeMetrics } of telemetry.resourceMetrics ?? []) {
    for (const { scope, metrics } of scopeMetrics) {
      for (const { name, unit, ...metric } of metrics) {
        if (metricName !== undefined && name !== metricName) continue;
        for (const kind of kinds) {
          for (const point of metric[kind]?.dataPoints ?? []) {
            found.push({
              ...origin(resource, scope),
              metric: name,
              unit,
              kind,
              attributes: attrs(point),
              value: valueOf(point),
              point,
            });
          }
        }
      }
    }
  }
  return found;
}

const kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] as const;

function valueOf(point: FoundPoint["point"]): number {
  return Number(point.asDouble ?? point.asInt ?? point.count ?? Number.NaN);
}

function origin(
  resource: Resource | undefined,
  scope: Scope | undefined,
): { resource: PlainAttributes; scope: string } {
  return { resource: plainAttributes(resource?.attributes ?? []), scope: scope?.name ?? "" };
}

/** The newest point of each series of a metric: per process (or `service.instance.id`) and attribute set. */
export function latest(telemetry: Telemetry, metricName: string, attributes: PlainAttributes = {}): FoundPoint[] {
  const series = new Map<string, FoundPoint>();
  for (const found of points(telemetry, metricName)) {
    if (!contains(found.attributes, attributes)) continue;
    const instance = found.resource["service.instance.id"] ?? found.resource["process.pid"] ?? null;
    const sorted = Object.entries(found.attributes).sort(([left], [right]) => (left < right ? -1 : 1));
    const key = JSON.stringify([found.resource["service.name"], instance, sorted]);
    const known = series.get(key)?.point.timeUnixNano ?? "0";
    if (BigInt(found.point.timeUnixNano ?? "0") >= BigInt(known)) series.set(key, found);
  }
  return [...series.values()];
}

/**
 * The sum over the newest points of the series whose attributes contain `attributes`: of values, or for histograms of
 * counts. Meant for cumulative temporality. 0 where there are none.
 */
export function sumOf(telemetry: Telemetry, metricName: string, attributes: PlainAttributes = {}): number {
  return latest(telemetry, metricName, attributes).reduce((total, { value }) => total + value, 0);
}

/** The finished spans that satisfy the filter, in order of arrival. */
export function spans(telemetry: Telemetry, filter: Filter<FoundSpan> = {}): FoundSpan[] {
  return (telemetry.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans
        .map((span) => ({ ...span, ...origin(resource, scope) }))
        .filter((span) => satisfies(span, span.name, filter)),
    ),
  );
}

/** The log records that satisfy the filter, in order of arrival; `name` is the event's. */
export function logs(telemetry: Telemetry, filter: Filter<FoundLog> = {}): FoundLog[] {
  return (telemetry.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords
        .map((record) => ({ ...record, ...origin(resource, scope) }))
        .filter((record) => satisfies(record, record.eventName, filter)),
    ),
  );
}

function satisfies<T extends { attributes: KeyValue[] }>(record: T, name: string, filter: Filter<T>): boolean {
  if (typeof filter === "function") return filter(record);
  return (filter.name === undefined || filter.name === name) && contains(attrs(record), filter.attributes ?? {});
}

function contains(attributes: PlainAttributes, wanted: PlainAttributes): boolean {
  return Object.entries(wanted).every(([key, value]) => same(attributes[key], value));
}

function same(left: PlainValue | undefined, right: PlainValue): boolean {
  return left === right || (typeof right === "object" && JSON.stringify(left) === JSON.stringify(right));
}

/** What has arrived, in a few lines, for messages of failed tests. */
export function summary(telemetry: {
  resourceSpans: ResourceSpans[];
  resourceMetrics: ResourceMetrics[];
  resourceLogs: ResourceLogs[];
  requests?: { path: string; mode: string | number }[];
}): string {
  const series = new Set(points(telemetry).map(({ metric }) => metric));
  const lines = [
    `requests: ${telemetry.requests?.map(({ path, mode }) => `${path} ${mode}`).join(", ") ?? "unknown"}`,
    ...spans(telemetry).map((span) => `span ${span.name} ${JSON.stringify(attrs(span))}`),
    ...logs(telemetry).map((record) => `log ${record.eventName} ${JSON.stringify(attrs(record))}`),
    ...[...series]
      .sort()
      .flatMap((name) =>
        latest(telemetry, name).map(({ attributes, value }) => `${name} ${JSON.stringify(attributes)} = ${value}`),
      ),
  ];
  const shown = lines.slice(0, 60);
  return [...shown, ...(lines.length > shown.length ? [`… and ${lines.length - shown.length} more`] : [])].join("\n");
}
