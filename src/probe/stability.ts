import { createHistogram } from "node:perf_hooks";
import type { RecordableHistogram } from "node:perf_hooks";
import type { StabilityFacts } from "./types.ts";

/** Longest round trip that is told apart, in microseconds: a minute. */
const HIGHEST = 60_000_000;

/** Round trips, counted as they come; times in seconds. */
export class RoundTrips {
  /** In microseconds. */
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 });
  #last: number | undefined;
  #differences = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #count = 0;

  /** A ping was answered after so many milliseconds. */
  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    this.#histogram.record(Math.min(HIGHEST, Math.max(1, Math.round(seconds * 1_000_000))));
    if (this.#last !== undefined) this.#differences += Math.abs(seconds - this.#last);
    this.#last = seconds;
    this.#sum += seconds;
    this.#min = Math.min(this.#min, seconds);
    this.#max = Math.max(this.#max, seconds);
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** The longest. */
  get max(): number {
    return this.#max;
  }

  /** `undefined` where no ping was answered. */
  facts(): StabilityFacts["roundTrip"] {
    if (this.#count === 0) return undefined;
    // The histogram's buckets are a thousandth wide; no percentile is to be outside of what was measured.
    const percentile = (value: number): number =>
      Math.min(this.#max, Math.max(this.#min, this.#histogram.percentile(value) / 1_000_000));
    return {
      min: this.#min,
      mean: this.#sum / this.#count,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      max: this.#max,
      jitter: this.#count === 1 ? 0 : this.#differences / (this.#count - 1),
    };
  }
}
