import type { Cell, Style } from "../../cli/cells.ts";
import type { ProbeOutcome, ProbeProblem, ProbeResult } from "../types.ts";

/** How an outcome looks. */
export const looks: Readonly<Record<ProbeOutcome, { sign: string; style: Style }>> = {
  up: { sign: "✓", style: "green" },
  degraded: { sign: "!", style: "yellow" },
  down: { sign: "✗", style: "red" },
};

/** Exit codes of the outcomes, from the best to the worst. */
const exitCodes: Readonly<Record<ProbeOutcome, number>> = { up: 0, degraded: 3, down: 1 };

/** The exit code of many outcomes: that of the worst. Of none it is that of `down`: nothing was found out. */
export function exitCode(outcomes: Iterable<ProbeOutcome>): number {
  const found = new Set(outcomes);
  const worst = (["down", "degraded", "up"] as const).find((outcome) => found.has(outcome)) ?? "down";
  return exitCodes[worst];
}

/** Whether a run was ended from outside and has found nothing out. */
export function wasAborted({ error }: ProbeResult): boolean {
  return error?.type === "aborted";
}

/** All that is wrong, the reason of the result first. */
export function problemsOf({ result, error, warnings }: ProbeResult): readonly ProbeProblem[] {
  return result === "down" && error !== undefined ? [error, ...warnings] : warnings;
}

/** The outcome in words. */
export function outcomeCell(outcome: ProbeOutcome, changed: boolean = false): Cell {
  const { sign, style } = looks[outcome];
  return { text: `${sign} ${outcome}`, style: changed ? [style, "bold", "inverse"] : [style, "bold"] };
}
