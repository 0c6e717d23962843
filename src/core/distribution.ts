/** Counts of measurements by bucket, for histograms that leave through a metric producer. */
export class Distribution {
  readonly boundaries: readonly number[];
  readonly counts: number[];
  sum = 0;
  readonly #bucket: (value: number) => number;

  constructor(boundaries: readonly number[], bucket: (value: number) => number) {
    this.boundaries = boundaries;
    this.counts = Array.from({ length: boundaries.length + 1 }, () => 0);
    this.#bucket = bucket;
  }

  add(value: number): void {
    this.counts[this.#bucket(value)]! += 1;
    this.sum += value;
  }
}

/** Bounds of quality scores, every ten points; the index is one division. */
export const SCORE_BOUNDARIES: readonly number[] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/** Index of the bucket for a score of 0 to 100; the upper bounds are inclusive. */
export function scoreBucket(score: number): number {
  return Math.max(0, Math.ceil(Math.min(score, 100) / 10) - 1);
}
