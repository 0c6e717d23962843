import { cut, draw } from "../../cli/cells.ts";
import type { Cell, Look } from "../../cli/cells.ts";
import type { ProbePhase, ProbeResult } from "../types.ts";
import type { Change } from "./history.ts";
import { looks, outcomeCell, problemsOf } from "./outcome.ts";
import { elapsed } from "./units.ts";

/** What a check is called in the narrow columns of lines and tables. */
const mostName = 32;
const columns = ["dns", "connect", "tls", "upgrade", "message", "total"] as const;
const columnWidth = 8;

/** Width of the column for names. */
export function nameWidth(names: readonly string[]): number {
  return Math.min(mostName, Math.max(4, ...names.map(({ length }) => length)));
}

/** The names of the columns. */
export function linesHead(width: number, look: Look): string {
  const head = `${"time".padEnd(9)} ${"result".padEnd(10)} ${"name".padEnd(width)}${columns.map((name) => name.padStart(columnWidth)).join("")} ms`;
  return draw([{ text: head, style: "dim" }], { ...look, width: Infinity });
}

/** A run on one line; a change of the result stands out, and only what is new is told in full. */
export function renderLine(
  result: ProbeResult,
  name: string,
  width: number,
  change: Change | undefined,
  look: Look,
): string {
  const outcome = outcomeCell(result.result, before(result, change) !== undefined);
  const cells: Cell[] = [
    { text: `${clock(new Date(result.startedAt))}  `, style: "dim" },
    outcome,
    { text: " ".repeat(11 - outcome.text.length) },
    { text: cut(name, width).padEnd(width) },
    ...columns.map((column) => timeCell(result, column)),
    ...reason(result, change),
  ];
  return draw(cells, { ...look, width: Infinity });
}

function timeCell({ phases, duration }: ProbeResult, column: (typeof columns)[number]): Cell {
  if (column === "total") return { text: digits(duration).padStart(columnWidth), style: "bold" };
  const own = phases.filter(({ phase }) => phase === (column satisfies ProbePhase));
  if (own.length === 0) return { text: "–".padStart(columnWidth), style: "dim" };
  const times = own.map(({ duration }) => duration);
  // The slowest round trip; of what redirects repeat, all.
  const seconds = column === "message" ? Math.max(...times) : times.reduce((sum, time) => sum + time, 0);
  const failed = own.some(({ error }) => error !== undefined);
  return { text: digits(seconds).padStart(columnWidth), style: failed ? "red" : undefined };
}

function reason(result: ProbeResult, change: Change | undefined): Cell[] {
  const { style } = looks[result.result];
  const [problem] = problemsOf(result);
  const previous = before(result, change);
  const cells: Cell[] = [];
  if (problem !== undefined)
    cells.push({ text: `  ${problem.type}${change === undefined ? "" : `: ${problem.message}`}`, style });
  if (previous !== undefined) cells.push({ text: `  (before: ${previous})`, style: "dim" });
  return cells;
}

/** The other result before, and how long that lasted. */
function before({ result }: ProbeResult, change: Change | undefined): string | undefined {
  if (change?.from === undefined || change.from === result) return undefined;
  return `${change.from} for ${elapsed(change.lasted)}`;
}

function digits(seconds: number): string {
  const milliseconds = seconds * 1000;
  return milliseconds.toFixed(milliseconds < 99.95 ? 1 : 0);
}

function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
