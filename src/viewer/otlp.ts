/**
 * Decoded OTLP in the form of OTLP/JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
 * A field that the sender left out has its default (`""`, `0`, `false`, `[]`), so that a reader needs no checks;
 * only messages, `optional` fields and members of a `oneof` can be `undefined`.
 */

/** A 64-bit integer: a number where that is exact, else its decimal digits. */
type Int64 = number | string;

/** One of the fields is set; none for an empty value. `bytesValue` is base64. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: Int64;
  doubleValue?: number;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
  bytesValue?: string;
}

/** An attribute. */
export interface KeyValue {
  key: string;
  value?: AnyValue;
}

/** What sends: a service, a process, a host. */
export interface Resource {
  attributes: KeyValue[];
  droppedAttributesCount: number;
  entityRefs: { schemaUrl: string; type: string; idKeys: string[]; descriptionKeys: string[] }[];
}

/** The instrumentation that recorded. */
export interface Scope {
  name: string;
  version: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}

/** An event of a span. */
export interface SpanEvent {
  timeUnixNano: string;
  name: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}

/** A link from a span to another. Ids are lower-case hexadecimal. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  flags: number;
}

/** A finished span. `parentSpanId` is `""` for a root. `kind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export interface Span extends SpanLink {
  parentSpanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  events: SpanEvent[];
  droppedEventsCount: number;
  links: SpanLink[];
  droppedLinksCount: number;
  /** `code`: 0 unset, 1 ok, 2 error. */
  status?: { code: number; message: string };
}

/** A raw measurement that belongs to a data point. Ids are `""` outside a span. */
export interface Exemplar {
  timeUnixNano: string;
  asDouble?: number;
  asInt?: Int64;
  spanId: string;
  traceId: string;
  filteredAttributes: KeyValue[];
}

interface DataPoint {
  attributes: KeyValue[];
  startTimeUnixNano: string;
  timeUnixNano: string;
  flags: number;
}

/** A point of a gauge or a sum. */
export interface NumberDataPoint extends DataPoint {
  asDouble?: number;
  asInt?: Int64;
  exemplars: Exemplar[];
}

/** A point of a histogram with `explicitBounds.length + 1` buckets. */
export interface HistogramDataPoint extends DataPoint {
  count: Int64;
  sum?: number;
  min?: number;
  max?: number;
  bucketCounts: Int64[];
  explicitBounds: number[];
  exemplars: Exemplar[];
}

/** The buckets of one sign: the first has index `offset`. */
export interface ExponentialBuckets {
  offset: number;
  bucketCounts: Int64[];
}

/** A point of an exponential histogram: bucket `i` holds `(base ** i, base ** (i + 1)]`, base is `2 ** 2 ** -scale`. */
export interface ExponentialHistogramDataPoint extends DataPoint {
  count: Int64;
  sum?: number;
  min?: number;
  max?: number;
  scale: number;
  zeroCount: Int64;
  zeroThreshold: number;
  positive?: ExponentialBuckets;
  negative?: ExponentialBuckets;
  exemplars: Exemplar[];
}

/** A point of a summary. */
export interface SummaryDataPoint extends DataPoint {
  count: Int64;
  sum: number;
  quantileValues: { quantile: number; value: number }[];
}

/** One of the five kinds of data is set. `aggregationTemporality`: 1 delta, 2 cumulative. */
export interface Metric {
  name: string;
  description: string;
  unit: string;
  metadata: KeyValue[];
  gauge?: { dataPoints: NumberDataPoint[] };
  sum?: { dataPoints: NumberDataPoint[]; aggregationTemporality: number; isMonotonic: boolean };
  histogram?: { dataPoints: HistogramDataPoint[]; aggregationTemporality: number };
  exponentialHistogram?: { dataPoints: ExponentialHistogramDataPoint[]; aggregationTemporality: number };
  summary?: { dataPoints: SummaryDataPoint[] };
}

/** A log record or event (then with `eventName`). */
export interface LogRecord {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  eventName: string;
  body?: AnyValue;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  flags: number;
  traceId: string;
  spanId: string;
}

/** Spans of one resource. */
export interface ResourceSpans {
  resource?: Resource;
  scopeSpans: { scope?: Scope; spans: Span[]; schemaUrl: string }[];
  schemaUrl: string;
}

/** Metrics of one resource. */
export interface ResourceMetrics {
  resource?: Resource;
  scopeMetrics: { scope?: Scope; metrics: Metric[]; schemaUrl: string }[];
  schemaUrl: string;
}

/** Log records of one resource. */
export interface ResourceLogs {
  resource?: Resource;
  scopeLogs: { scope?: Scope; logRecords: LogRecord[]; schemaUrl: string }[];
  schemaUrl: string;
}

/** What one request carried: exactly one of the fields. */
export interface Telemetry {
  resourceSpans?: ResourceSpans[];
  resourceMetrics?: ResourceMetrics[];
  resourceLogs?: ResourceLogs[];
}

/** An attribute's value as JavaScript has it. Bytes stay base64, integers beyond 2^53 stay decimal digits. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/** Attributes as an object. */
export type PlainAttributes = Record<string, PlainValue>;

/** The value as JavaScript has it; `null` for an empty value. */
function plainValue(value: AnyValue | undefined): PlainValue {
  if (value === undefined) return null;
  if (value.arrayValue) return value.arrayValue.values.map(plainValue);
  if (value.kvlistValue) return plainAttributes(value.kvlistValue.values);
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? value.bytesValue ?? null;
}

/** The attributes as an object; of a repeated key the last value. */
export function plainAttributes(attributes: readonly KeyValue[]): PlainAttributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

/** The value of one attribute, `undefined` where it is not set. */
export function attribute(attributes: readonly KeyValue[], key: string): PlainValue | undefined {
  const found = attributes.findLast((candidate) => candidate.key === key);
  return found && plainValue(found.value);
}

/** The value of a number data point; beyond 2^53 the nearest number. `NaN` where the point has no recorded value. */
export function pointValue(point: Pick<NumberDataPoint, "asDouble" | "asInt">): number {
  return point.asDouble ?? Number(point.asInt ?? Number.NaN);
}

/** The time between two `*UnixNano` fields, in seconds. */
export function secondsBetween(startUnixNano: string, endUnixNano: string): number {
  return Number(BigInt(endUnixNano) - BigInt(startUnixNano)) / 1e9;
}
