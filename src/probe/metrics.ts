import { metrics as metricsApi } from "@opentelemetry/api";
import type { Attributes, Counter, Gauge, Histogram, Meter, MeterProvider } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_PROBE_PHASE,
  ATTR_WEBSOCKET_PROBE_RESULT,
  METRIC_DEFINITIONS,
  METRIC_WEBSOCKET_PROBE_DURATION,
  METRIC_WEBSOCKET_PROBE_RUNS,
  METRIC_WEBSOCKET_PROBE_TLS_EXPIRY,
  METRIC_WEBSOCKET_PROBE_UP,
} from "../semconv.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../telemetry/scope.ts";
import type { ProbeResult } from "./types.ts";

/** A millisecond to ten seconds. */
const BOUNDARIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of synthetic checks on one meter. */
class ProbeMetrics {
  readonly #runs: Counter;
  readonly #duration: Histogram;
  readonly #up: Gauge;
  readonly #expiry: Gauge;

  constructor(meter: Meter) {
    const { [METRIC_WEBSOCKET_PROBE_RUNS]: runs, [METRIC_WEBSOCKET_PROBE_DURATION]: duration } = METRIC_DEFINITIONS;
    const { [METRIC_WEBSOCKET_PROBE_UP]: up, [METRIC_WEBSOCKET_PROBE_TLS_EXPIRY]: expiry } = METRIC_DEFINITIONS;
    this.#runs = meter.createCounter(runs.name, runs);
    this.#duration = meter.createHistogram(duration.name, {
      ...duration,
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
    this.#up = meter.createGauge(up.name, up);
    this.#expiry = meter.createGauge(expiry.name, expiry);
  }

  /** A run has ended; `attributes` are those of its check. */
  record(result: ProbeResult, attributes: Attributes): void {
    const outcome: Attributes = { ...attributes, [ATTR_WEBSOCKET_PROBE_RESULT]: result.result };
    if (result.error !== undefined) outcome[ATTR_ERROR_TYPE] = result.error.type;
    this.#runs.add(1, outcome);
    // A run that was stopped says nothing about the target.
    if (result.error?.type !== "aborted") this.#up.record(result.result === "down" ? 0 : 1, attributes);
    for (const { phase, duration, error } of result.phases) {
      if (error === undefined) this.#duration.record(duration, { ...attributes, [ATTR_WEBSOCKET_PROBE_PHASE]: phase });
    }
    if (result.tls !== undefined) this.#expiry.record(result.tls.certificate.expiresIn, attributes);
  }
}

const byProvider = new WeakMap<MeterProvider, ProbeMetrics>();

/** The metrics of a provider, by default the one that is registered globally now. */
export function probeMetrics(provider: MeterProvider = metricsApi.getMeterProvider()): ProbeMetrics {
  const known = byProvider.get(provider);
  if (known !== undefined) return known;
  const created = new ProbeMetrics(provider.getMeter(SCOPE_NAME, SCOPE_VERSION));
  byProvider.set(provider, created);
  return created;
}
