import { styleText } from "node:util";

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

// C0 and C1 controls, marks that change the direction of text or are invisible, line separators, lone surrogates.
const unprintable =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Cs}/gu;

/**
 * The text with what a terminal would obey, or would not show, as escapes such as `\n` and `\u{1b}`: a peer must not
 * write escape sequences into somebody's terminal.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
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
