import type { Cell } from "../../cli/cells.ts";
import { cut } from "../../cli/cells.ts";
import type { PhaseTiming } from "../types.ts";
import { milliseconds } from "./units.ts";

const labelWidth = 9;
const timeWidth = 10;
/** Of an idle gap, at most this share of the time in phases is drawn: else a minute's wait would hide them all. */
const mostGap = 0.1;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** The phases one below the other, each with a bar where it lies in time. */
export function waterfall(phases: readonly PhaseTiming[], width: number): Cell[][] {
  const notes = phases.map(noteOf);
  const noteWidth = Math.min(Math.max(0, ...notes.map(({ length }) => length)), Math.floor(width / 3));
  const barWidth = Math.max(8, width - 2 - labelWidth - timeWidth - 2 - noteWidth);
  const { starts, gaps, total } = scale(phases);
  return phases.map(({ phase, duration, error }, index) => [
    { text: `  ${phase.padEnd(labelWidth)}`, style: error === undefined ? undefined : "red" },
    ...bar(starts[index] ?? 0, duration, total, barWidth, gaps[index] === true, error !== undefined),
    { text: milliseconds(duration).padStart(timeWidth), style: error === undefined ? "bold" : "red" },
    {
      text: `  ${cut(notes[index] ?? "", Math.max(noteWidth, error?.length ?? 0))}`,
      style: error === undefined ? "dim" : "red",
    },
  ]);
}

function noteOf({ detail, error }: PhaseTiming): string {
  return [error, detail].filter((part) => part !== undefined && part !== "").join(": ");
}

/** Where phases start when long gaps are cut short, in seconds, and before which of them that was done. */
function scale(phases: readonly PhaseTiming[]): { starts: number[]; gaps: boolean[]; total: number } {
  const limit = mostGap * phases.reduce((sum, { duration }) => sum + duration, 0);
  let end = 0;
  let cutOff = 0;
  const gaps: boolean[] = [];
  const starts = phases.map(({ start, duration }, index) => {
    const gap = start - end;
    gaps.push(index > 0 && gap > limit && gap > 0.001);
    if (gaps.at(-1) === true) cutOff += gap - limit;
    end = Math.max(end, start + duration);
    return start - cutOff;
  });
  return { starts, gaps, total: Math.max(end - cutOff, 1e-6) };
}

function bar(start: number, duration: number, total: number, width: number, gap: boolean, failed: boolean): Cell[] {
  const cell = total / width;
  const from = Math.min(width - 1, Math.floor(start / cell));
  const length = Math.min(Math.max(1, Math.round((duration / cell) * 8)), (width - from) * 8);
  const shape = "█".repeat(Math.floor(length / 8)) + (eighths[length % 8] ?? "");
  const before = gap && from > 0 ? `${" ".repeat(from - 1)}⋯` : " ".repeat(from);
  return [
    { text: before, style: "dim" },
    { text: shape, style: failed ? "red" : "green" },
    { text: " ".repeat(width - from - shape.length) },
  ];
}
