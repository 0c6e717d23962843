import { cut, draw } from "../../cli/cells.ts";
import type { Cell, Look, Style } from "../../cli/cells.ts";
import type { History } from "./history.ts";
import { nameWidth } from "./lines.ts";
import { elapsed, percent, time } from "./units.ts";

/** What the runs of all checks found, as a table; `now` as of `Date.now()`. */
export function renderSummary(histories: ReadonlyMap<string, History>, now: number, look: Look): string {
  const width = nameWidth([...histories.keys()]);
  const head = row(["name".padEnd(width), "runs", "up", "RTT p50", "RTT p99"], "dim", [
    { text: "  last error", style: "dim" },
  ]);
  const rows = [...histories].map(([name, history]) => summaryRow(cut(name, width).padEnd(width), history, now));
  return [head, ...rows].map((cells) => draw(cells, { ...look, width: Infinity })).join("\n");
}

function summaryRow(name: string, { runs, succeeded, roundTrips, lastError }: History, now: number): Cell[] {
  const facts = roundTrips.facts();
  const share = runs === 0 ? "–" : percent(succeeded / runs);
  const style = runs === 0 ? undefined : succeeded === runs ? "green" : succeeded === 0 ? "red" : "yellow";
  const values = [
    name,
    String(runs),
    share,
    facts === undefined ? "–" : time(facts.p50),
    facts === undefined ? "–" : time(facts.p99),
  ];
  if (lastError === undefined) return row(values, style, []);
  const ago = ` ${elapsed(Math.max(0, now - lastError.at) / 1000)} ago`;
  return row(values, style, [{ text: `  ${lastError.type}` }, { text: ago, style: "dim" }]);
}

function row(
  [name = "", runs = "", up = "", ...times]: readonly string[],
  style: Style | undefined,
  rest: readonly Cell[],
): Cell[] {
  return [
    { text: name, style: style === "dim" ? style : undefined },
    { text: runs.padStart(8), style: style === "dim" ? style : undefined },
    { text: up.padStart(10), style },
    ...times.map((text): Cell => ({ text: text.padStart(10), style: style === "dim" ? style : undefined })),
    ...rest,
  ];
}
