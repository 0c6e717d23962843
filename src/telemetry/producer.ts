import type { Attributes, HrTime, MeterProvider } from "@opentelemetry/api";
import type { Role } from "../core/facts.ts";
import type { AttributeSet } from "../core/ledger.ts";
import { BINARY, RECEIVED, SENT, SIZE_BOUNDARIES, TEXT, payloadBytes, sizeCounts } from "../core/traffic.ts";
import {
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  METRIC_DEFINITIONS,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_SIZE,
  METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED,
  WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT,
} from "../semconv.ts";
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
export interface MessageSizePoint {
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
export interface MessageSizeMetric {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly valueType: 0;
  };
  readonly aggregationTemporality: 0 | 1;
  readonly dataPointType: 0;
  readonly dataPoints: MessageSizePoint[];
}

/** A collection, in the SDK's form; a reader takes the scope metrics and leaves the resource. */
export interface MessageSizeCollection {
  readonly resourceMetrics: {
    // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's Resource; 2.x and 3.x declare it differently
    readonly resource: any;
    readonly scopeMetrics: { scope: { name: string; version: string }; metrics: MessageSizeMetric[] }[];
  };
  readonly errors: unknown[];
}

/** What was reported of one point before, for delta temporality. */
interface Reported {
  readonly counts: number[];
  readonly sum: number;
}

/**
 * Gives a metric reader the message size histograms. Messages are counted into buckets of our own, since a
 * `Histogram.record()` per message costs more than `ws` itself; the only way from there into an SDK is a producer.
 * `register` adds one by itself. One producer serves one reader.
 *
 * @example
 * ```ts
 * new PeriodicExportingMetricReader({ exporter, metricProducers: [new WebSocketMetricProducer()] });
 * ```
 */
export class WebSocketMetricProducer {
  readonly #temporality: 0 | 1;
  readonly #provider: MeterProvider | undefined;
  readonly #reported = new WeakMap<AttributeSet, Map<number, Reported>>();
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
  async collect(): Promise<MessageSizeCollection> {
    const endTime = hrTime();
    const metrics = [
      this.#metric(METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE, "server", endTime),
      this.#metric(METRIC_WEBSOCKET_CLIENT_MESSAGE_SIZE, "client", endTime),
    ].filter((metric) => metric.dataPoints.length > 0);
    if (this.#temporality === DELTA) this.#startTime = endTime;
    const scopeMetrics = metrics.length > 0 ? [{ scope: { name: SCOPE_NAME, version: SCOPE_VERSION }, metrics }] : [];
    return { resourceMetrics: { resource: undefined, scopeMetrics }, errors: [] };
  }

  #metric(name: keyof typeof METRIC_DEFINITIONS, role: Role, endTime: HrTime): MessageSizeMetric {
    const { description, unit } = METRIC_DEFINITIONS[name];
    const dataPoints: MessageSizePoint[] = [];
    for (const set of metricsFor(this.#provider).ledger(role).sets()) {
      for (const direction of [RECEIVED, SENT]) {
        const point = this.#point(set, direction, endTime);
        if (point !== undefined) dataPoints.push(point);
      }
    }
    return {
      descriptor: { name, description, unit, valueType: 0 },
      aggregationTemporality: this.#temporality,
      dataPointType: HISTOGRAM,
      dataPoints,
    };
  }

  #point(set: AttributeSet, direction: number, endTime: HrTime): MessageSizePoint | undefined {
    const { cells } = set;
    const total: Reported = {
      counts: sizeCounts(cells, direction),
      sum: payloadBytes(cells, direction, TEXT) + payloadBytes(cells, direction, BINARY),
    };
    const { counts, sum } = this.#temporality === DELTA ? this.#since(set, direction, total) : total;
    const count = counts.reduce((all, one) => all + one, 0);
    if (count === 0) return undefined;
    const name =
      direction === SENT ? WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT : WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED;
    return {
      startTime: this.#startTime,
      endTime,
      attributes: { ...set.attributes, [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: name },
      value: { buckets: { boundaries: [...SIZE_BOUNDARIES], counts }, sum, count },
    };
  }

  #since(set: AttributeSet, direction: number, total: Reported): Reported {
    let byDirection = this.#reported.get(set);
    if (byDirection === undefined) this.#reported.set(set, (byDirection = new Map()));
    const before = byDirection.get(direction);
    byDirection.set(direction, total);
    if (before === undefined) return total;
    return { counts: total.counts.map((count, index) => count - before.counts[index]!), sum: total.sum - before.sum };
  }
}

function hrTime(): HrTime {
  const now = Date.now();
  return [Math.floor(now / 1000), (now % 1000) * 1_000_000];
}
