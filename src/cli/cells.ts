import { styleText } from "node:util";
import { printable } from "../printable.ts";

/** How pieces of a line may look. */
export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "inverse";

/** A piece of a line. */
export interface Cell {
  text: string;
  style?: Style | readonly Style[] | undefined;
}

/** What the output can show. */
export interface Look {
  /** Columns; longer lines are cut. */
  width: number;
  color: boolean;
  /** Whether there is more than ASCII. @default true */
  unicode?: boolean | undefined;
}

/** Whether a stream gets colours; Node.js knows NO_COLOR, FORCE_COLOR and what terminals can do. */
export function hasColor(stream: NodeJS.WritableStream): boolean {
  return styleText("bold", "x", { stream }) !== "x";
}

/**
 * Whether the locale has more than ASCII. Where none is set, as in most containers, what shows the output has it
 * nearly always.
 */
export function hasUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || "";
  return locale === "" || /utf-?8/i.test(locale);
}

/** A line of output. Whoever chose the text of a cell, it controls nothing: see `printable`. */
export function draw(cells: readonly Cell[], { width, color, unicode = true }: Look): string {
  let left = width;
  let line = "";
  for (const { text, style } of cells) {
    const shown = cut(printable(text), left);
    left -= shown.length;
    const known = unicode ? shown : asciiOf(shown);
    line += color && style !== undefined && known.trim() !== "" ? paint(style, known) : known;
  }
  return line.trimEnd();
}

function paint(style: Style | readonly Style[], text: string): string {
  return styleText(typeof style === "string" ? style : [...style], text, { validateStream: false });
}

/** The text in at most `width` columns, with an ellipsis where some was cut off. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}${width > 0 ? "…" : ""}`;
}

const asciiSigns: Record<string, string> = {
  "✓": "+",
  "✗": "x",
  "…": "~",
  "⋯": "~",
  "–": "-",
  "→": ">",
  "·": "-",
  µ: "u",
};

// One for one, so that columns stay where they are.
function asciiOf(text: string): string {
  return text.replace(/[^ -~]/gu, (sign) => asciiSigns[sign] ?? (/[\u2580-\u259F]/.test(sign) ? "#" : "?"));
}
