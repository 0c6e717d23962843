/** What a benchmark found, and what it is worth. */

/** One line of the report. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Upper limit of `value` (lower where `atLeast`); a row without one informs. */
  readonly target?: number;
  readonly atLeast?: boolean;
  /**
   * What the run fails at, for a target that is not reached yet (no more than twice what was measured last) or that a
   * quick run cannot resolve.
   * @default twice the target
   */
  readonly limit?: number;
  /** What `value` is where our part costs nothing: 1 for a ratio. @default 0 */
  readonly neutral?: number;
  /** How far off the result may be, as the A/A control shows. */
  readonly noise?: number;
  readonly note?: string;
}

/** `fail` is the only one that makes the run fail. */
export type Verdict = "pass" | "noise" | "miss" | "fail" | "info";

/** A cost past twice its target, after the noise is taken off, is nothing that a busy machine explains. */
const FAILING_FACTOR = 2;

/** `noise`: over the target by less than the A/A control was off. `miss`: over it by more. */
export function verdict({ value, target, limit, neutral = 0, noise = 0, atLeast = false }: Row): Verdict {
  if (target === undefined) return "info";
  if (atLeast) {
    if (value >= target) return "pass";
    if (value + noise >= target) return "noise";
    return value + noise < (limit ?? target / FAILING_FACTOR) ? "fail" : "miss";
  }
  if (value <= target) return "pass";
  if (value - noise <= target) return "noise";
  return value - noise > (limit ?? neutral + FAILING_FACTOR * (target - neutral)) ? "fail" : "miss";
}

const MARKS: Record<Verdict, string> = {
  pass: "ok",
  noise: "ok (noise)",
  miss: "MISS",
  fail: "FAIL",
  info: "",
};

/** The report as text in columns. */
export function table(rows: readonly Row[]): string {
  const head = ["", "result", "target", "A/A noise", "", ""];
  const lines = rows.map((row) => [
    `${row.suite}: ${row.name}`,
    quantity(row.value, row),
    row.target === undefined ? "" : `${row.atLeast === true ? ">=" : "<="} ${quantity(row.target, row)}`,
    row.noise === undefined ? "" : quantity(row.noise, row),
    MARKS[verdict(row)],
    row.note ?? "",
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]!.length)));
  const right = new Set([1, 2, 3]);
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => (right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function quantity(value: number, { unit, neutral }: Row): string {
  const digits =
    neutral === 1 ? 3 : Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return unit === "" ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`;
}
