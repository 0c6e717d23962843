import type { ProbeResult } from "../types.ts";
import type { Change, History } from "./history.ts";
import { jsonLine } from "./json.ts";
import { linesHead, nameWidth, renderLine } from "./lines.ts";
import { looks, outcomeCell, problemsOf } from "./outcome.ts";
import type { Output } from "./plan.ts";
import { renderReport } from "./report.ts";
import { renderSummary } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/** Shows what checks find. */
export interface Show {
  result(result: ProbeResult, label: string, change: Change | undefined): void;
  end(): void;
}

/** The way of showing that is asked for; `isSeries` where checks run again and again. */
export function showFor(
  output: Output,
  isSeries: boolean,
  histories: ReadonlyMap<string, History>,
  terminal: Terminal,
): Show {
  if (output === "json") return { result: (result) => terminal.print(jsonLine(result)), end: () => {} };
  if (output === "quiet") return { result: (result, label) => showProblems(result, label, terminal), end: () => {} };
  return isSeries ? series(histories, terminal) : reports(terminal);
}

function showProblems(result: ProbeResult, label: string, terminal: Terminal): void {
  const { style } = looks[result.result];
  for (const { type, message } of problemsOf(result)) {
    terminal.note([outcomeCell(result.result), { text: `  ${label}  ` }, { text: `${type}: ${message}`, style }]);
  }
}

function reports(terminal: Terminal): Show {
  let isFirst = true;
  return {
    result(result, label) {
      terminal.print(`${isFirst ? "" : "\n"}${renderReport(result, label, terminal.look)}`);
      isFirst = false;
    },
    end: () => {},
  };
}

function series(histories: ReadonlyMap<string, History>, terminal: Terminal): Show {
  const width = nameWidth([...histories.keys()]);
  terminal.print(linesHead(width, terminal.look));
  return {
    result: (result, label, change) => terminal.print(renderLine(result, label, width, change, terminal.look)),
    end: () => terminal.print(`\n${renderSummary(histories, Date.now(), terminal.look)}`),
  };
}
