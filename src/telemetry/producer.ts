import type { Attributes, HrTime, MeterProvider } from "@opentelemetry/api";
import type { Role } from "../core/facts.ts";
import type { AttributeSet } from "../core/ledger.ts";
import { BINARY, RECEIVED, SENT, SIZE_BOUNDARIES, TEXT, payloadBytes, sizeCounts } from "../core/traffic.ts";
import {
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT,
} from "../semconv.ts";
import { definitionOf } from "./instruments.ts";
import type { Suffix } from "./instruments.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";
import { metricsFor } from "./telemetry.ts";

/** `AggregationTemporality` of the metrics SDK. */
const DELTA = 0;
const CUMULATIVE = 1;
/** `DataPointType.HISTOGRAM` of the metrics SDK. */
const HISTOGRAM = 0;

/** Options of `WebSocketMetricProducer`. */
export interface WebSocketMetricProducerOptions {
  /**
   * The temporality that the reader's exporter wants of histograms: 0 delta, 1 cumulative (`AggregationTemporality`
   * of the metrics SDK).
   * @default 1
   */
  temporality?: 0 | 1 | undefined;
  /**
   * The meter provider whose connections are reported.
   * @default the globally registered one
   */
  meterProvider?: MeterProvider | undefined;
}

/** A histogram point, in the SDK's form. */
export interface DistributionPoint {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Attributes;
  readonly value: {
    readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
    readonly sum: number;
    readonly count: number;
  };
}

/** A histogram metric, in the SDK's form. */
export interface DistributionMetric {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly valueType: 0;
  };
  readonly aggregationTemporality: 0 | 1;
  readonly dataPointType: 0;
  readonly dataPoints: DistributionPoint[];
}

/** A collection, in the SDK's form; a reader takes the scope metrics and leaves the resource. */
export interface DistributionCollection {
  readonly resourceMetrics: {
    // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's Resource; 2.x and 3.x declare it differently
    readonly resource: any;
    readonly scopeMetrics: { scope: { name: string; version: string }; metrics: DistributionMetric[] }[];
  };
  readonly errors: unknown[];
}

/** The state of one histogram point. */
interface Counted {
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A histogram that leaves through a producer: where its counts are. */
interface Source {
  readonly suffix: Suffix;
  readonly direction?: string;
  read(set: AttributeSet): Counted;
}

const SOURCES: readonly Source[] = [
  messageSize(RECEIVED, WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED),
  messageSize(SENT, WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT),
  { suffix: "connection.buffered_amount", read: ({ swept }) => swept.bufferedAmounts },
  { suffix: "connection.quality", read: ({ swept }) => swept.qualities },
];

function messageSize(offset: number, direction: string): Source {
  return {
    suffix: "message.size",
    direction,
    read: ({ cells }) => ({
      boundaries: SIZE_BOUNDARIES,
      counts: sizeCounts(cells, offset),
      sum: payloadBytes(cells, offset, TEXT) + payloadBytes(cells, offset, BINARY),
    }),
  };
}

/**
 * Gives a metric reader the histograms of what is counted per message or per connection: message sizes, buffered
 * amounts, quality. They are counted into buckets of our own, since a `Histogram.record()` per message costs more than
 * `ws` itself; the only way from there into an SDK is a producer. `register` adds one by itself. One producer serves
 * one reader.
 *
 * @example
 * ```ts
 * new PeriodicExportingMetricReader({ exporter, metricProducers: [new WebSocketMetricProducer()] });
 * ```
 */
export class WebSocketMetricProducer {
  readonly #temporality: 0 | 1;
  readonly #provider: MeterProvider | undefined;
  readonly #reported = new Map<Source, WeakMap<AttributeSet, Counted>>();
  #startTime: HrTime = hrTime();

  constructor(options: WebSocketMetricProducerOptions = {}) {
    const { temporality = CUMULATIVE, meterProvider } = options;
    if (temporality !== DELTA && temporality !== CUMULATIVE) {
      throw new TypeError(
        `opentelemetry-websocket: option "temporality": expected 0 (delta) or 1 (cumulative), got ${String(temporality)}; pass exporter.selectAggregationTemporality("HISTOGRAM")`,
      );
    }
    this.#temporality = temporality;
    this.#provider = meterProvider;
  }

  /** Called by the reader at each collection. */
  async collect(): Promise<DistributionCollection> {
    const endTime = hrTime();
    const metrics = (["server", "client"] as const).flatMap((role) => this.#metrics(role, endTime));
    if (this.#temporality === DELTA) this.#startTime = endTime;
    const scopeMetrics = metrics.length > 0 ? [{ scope: { name: SCOPE_NAME, version: SCOPE_VERSION }, metrics }] : [];
    return { resourceMetrics: { resource: undefined, scopeMetrics }, errors: [] };
  }

  #metrics(role: Role, endTime: HrTime): DistributionMetric[] {
    const metrics = new Map<Suffix, DistributionMetric>();
    for (const source of SOURCES) {
      for (const set of metricsFor(this.#provider).of(role).ledger.sets()) {
        const point = this.#point(source, set, endTime);
        if (point !== undefined) this.#metric(metrics, role, source.suffix).dataPoints.push(point);
      }
    }
    return [...metrics.values()];
  }

  #metric(metrics: Map<Suffix, DistributionMetric>, role: Role, suffix: Suffix): DistributionMetric {
    const known = metrics.get(suffix);
    if (known !== undefined) return known;
    const { name, description, unit } = definitionOf(role, suffix)!;
    const created: DistributionMetric = {
      descriptor: { name, description, unit, valueType: 0 },
      aggregationTemporality: this.#temporality,
      dataPointType: HISTOGRAM,
      dataPoints: [],
    };
    metrics.set(suffix, created);
    return created;
  }

  #point(source: Source, set: AttributeSet, endTime: HrTime): DistributionPoint | undefined {
    const total = source.read(set);
    const { counts, sum } = this.#temporality === DELTA ? this.#since(source, set, total) : total;
    const count = counts.reduce((all, one) => all + one, 0);
    if (count === 0) return undefined;
    const { direction } = source;
    return {
      startTime: this.#startTime,
      endTime,
      attributes:
        direction === undefined ? set.attributes : { ...set.attributes, [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: direction },
      value: { buckets: { boundaries: [...total.boundaries], counts: [...counts] }, sum, count },
    };
  }

  #since(source: Source, set: AttributeSet, total: Counted): Counted {
    let sets = this.#reported.get(source);
    if (sets === undefined) this.#reported.set(source, (sets = new WeakMap()));
    const before = sets.get(set);
    sets.set(set, { ...total, counts: [...total.counts] });
    if (before === undefined) return total;
    const counts = total.counts.map((count, index) => count - before.counts[index]!);
    return { ...total, counts, sum: total.sum - before.sum };
  }
}

function hrTime(): HrTime {
  const now = Date.now();
  return [Math.floor(now / 1000), (now % 1000) * 1_000_000];
}
