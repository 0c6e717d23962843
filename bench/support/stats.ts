/** Robust statistics for measurements on a machine that others use too. */

/** The middle value; the mean of the two middle ones of an even number. `NaN` for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A result over several processes, with what an A/A control gave by the same arithmetic. */
export interface Estimate {
  readonly value: number;
  /** How far from "no difference" two copies without instrumentation would be, in 95 of 100 runs like this one. */
  readonly noise: number;
}

/** One process's paired differences or ratios, window by window. */
export interface Paired {
  /** The instrumented copy against plain ones. */
  readonly treated: readonly number[];
  /** A plain copy against another. */
  readonly control: readonly number[];
}

/** Standard deviation of normal values from the median of their distances; and of a median from that of its values. */
const DEVIATION = 1.4826;
const OF_MEDIAN = 1.2533;

/**
 * The median of each process's median: windows of one process share its code layout and JIT decisions, which move
 * a result by more than the noise between windows does. `neutral` is what no difference looks like.
 */
export function estimate(processes: readonly Paired[], neutral: number): Estimate {
  const distances = processes.map(({ control }) => Math.abs(median(control) - neutral));
  return {
    value: median(processes.map(({ treated }) => median(treated))),
    noise: (2 * OF_MEDIAN * DEVIATION * median(distances)) / Math.sqrt(processes.length),
  };
}
