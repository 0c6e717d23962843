/** Three copies of `ws` side by side, of which one is observed; the other two are compared with it and each other. */
import type { Paired } from "./stats.ts";

/** Copies in one process. */
export const LANES = 3;

/**
 * Runs windows of all lanes in turns, so that whatever else the machine does falls on all of them.
 * @param window one window of one lane, as numbers of any names
 */
export async function rotate<Key extends string>(
  rounds: { warmUp: number; measured: number },
  window: (lane: number) => Promise<Record<Key, number>>,
): Promise<Record<Key, number>[][]> {
  const results: Record<Key, number>[][] = [];
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    const result: Record<Key, number>[] = [];
    for (let turn = 0; turn < LANES; turn += 1) {
      const lane = (round + turn) % LANES;
      result[lane] = await window(lane);
    }
    if (round >= rounds.warmUp) results.push(result);
  }
  return results;
}

/** A pairing, and what the plain copies measured. */
export interface Comparison extends Paired {
  readonly plain: readonly number[];
}

/** Pairs each round's windows: `difference` or `ratio` of the observed lane to the plain ones' mean. */
export function compare<Key extends string>(
  rounds: readonly Record<Key, number>[][],
  key: Key,
  observed: number,
  by: "difference" | "ratio",
): Comparison {
  const relate = by === "ratio" ? (a: number, b: number) => a / b : (a: number, b: number) => a - b;
  const of = (round: readonly Record<Key, number>[], offset: number): number =>
    round[(observed + offset) % LANES]![key];
  const plain = rounds.map((round) => (of(round, 1) + of(round, 2)) / 2);
  return {
    plain,
    treated: rounds.map((round, index) => relate(of(round, 0), plain[index]!)),
    control: rounds.map((round) => relate(of(round, 2), of(round, 1))),
  };
}
