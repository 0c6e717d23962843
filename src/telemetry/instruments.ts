import type { Counter, Histogram, Meter, Observable } from "@opentelemetry/api";
import type { Role } from "../core/facts.ts";
import { METRIC_DEFINITIONS } from "../semconv.ts";

type MetricName = keyof typeof METRIC_DEFINITIONS;
/** A metric's name without its role, for metrics that servers have and for those that clients have. */
type Of<R extends Role, Name extends MetricName = MetricName> = Name extends `websocket.${R}.${infer Suffix}`
  ? Suffix
  : never;
/** What follows `websocket.server.` or `websocket.client.`; the compiler holds it to the registry. */
export type Suffix = Of<"server"> | Of<"client">;

/** Handshakes: what upstream advises for HTTP request durations, which a handshake is. */
const REQUEST = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Lifetimes: one second to seven days. */
const LIFETIME = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 259_200, 604_800];
/** Round trips and what is like them: a millisecond to half a minute. */
const ROUND_TRIP = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Listeners: ten microseconds to five seconds. */
const PROCESSING = [0.000_01, 0.000_1, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** Between two connections of a client: a tenth of a second to an hour. */
const ABSENCE = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800, 3600];

const BOUNDARIES: Partial<Record<Suffix, readonly number[]>> = {
  "handshake.duration": REQUEST,
  "connection.duration": LIFETIME,
  "heartbeat.duration": ROUND_TRIP,
  "ack.duration": ROUND_TRIP,
  "message.latency": ROUND_TRIP,
  "send.duration": ROUND_TRIP,
  "message.processing.duration": PROCESSING,
  "reconnection.delay": ABSENCE,
};

/** Metrics that are read at each collection and not measured one by one. */
const OBSERVED = [
  "active_connections",
  "messages",
  "message.io",
  "network.io",
  "buffered_amount",
  "connection.max_buffered_amount",
  "slow_consumers",
  "connections.by_age",
  "connection.age.max",
  "connections.by_quality",
  "connection.limit",
  "connection.utilization",
  "frequent_reconnectors",
] as const;

/** A metric that is read at each collection. */
export type ObservedSuffix = (typeof OBSERVED)[number];

/** The registry's definition of a metric; `undefined` where this role has no such metric. */
export function definitionOf(
  role: Role,
  suffix: Suffix,
): { name: MetricName; unit: string; description: string; instrument: string } | undefined {
  const name = `websocket.${role}.${suffix}`;
  return name in METRIC_DEFINITIONS ? METRIC_DEFINITIONS[name as MetricName] : undefined;
}

/** The instruments of one role on one meter, each made from its definition in the registry. */
export class Instruments {
  readonly #role: Role;
  readonly #meter: Meter;
  readonly #histograms = new Map<Suffix, Histogram>();
  readonly #counters = new Map<Suffix, Counter>();
  readonly #observables = new Map<ObservedSuffix, Observable>();

  constructor(role: Role, meter: Meter) {
    this.#role = role;
    this.#meter = meter;
    for (const suffix of OBSERVED) {
      const definition = definitionOf(role, suffix);
      if (definition === undefined) continue;
      const { name, unit, description, instrument } = definition;
      this.#observables.set(suffix, this.#observable(instrument)(name, { unit, description }));
    }
  }

  /** Everything that the batch callback observes. */
  get observables(): Observable[] {
    return [...this.#observables.values()];
  }

  observable(suffix: ObservedSuffix): Observable {
    return this.#observables.get(suffix)!;
  }

  histogram(suffix: Suffix): Histogram {
    const known = this.#histograms.get(suffix);
    if (known !== undefined) return known;
    const { name, unit, description } = definitionOf(this.#role, suffix)!;
    const explicitBucketBoundaries = [...(BOUNDARIES[suffix] ?? REQUEST)];
    const created = this.#meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
    this.#histograms.set(suffix, created);
    return created;
  }

  counter(suffix: Suffix): Counter {
    const known = this.#counters.get(suffix);
    if (known !== undefined) return known;
    const { name, unit, description } = definitionOf(this.#role, suffix)!;
    const created = this.#meter.createCounter(name, { unit, description });
    this.#counters.set(suffix, created);
    return created;
  }

  #observable(instrument: string): (name: string, options: { unit: string; description: string }) => Observable {
    const meter = this.#meter;
    if (instrument === "counter") return (name, options) => meter.createObservableCounter(name, options);
    if (instrument === "gauge") return (name, options) => meter.createObservableGauge(name, options);
    return (name, options) => meter.createObservableUpDownCounter(name, options);
  }
}
