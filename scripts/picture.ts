/** Runs the built demo and draws its last table as `docs/demo.svg`, a picture of a terminal. Needs a build before. */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { parseAnsiSequences } from "ansi-sequence-parser";
import type { ParseToken } from "ansi-sequence-parser";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const PICTURE = fileURLToPath(new URL("../docs/demo.svg", import.meta.url));
const COMMAND: readonly string[] = ["demo", "--duration", "15", "--clients", "20"];

const COLUMNS = 80;
const FONT_SIZE = 14;
/** 0.6 em, the advance of most monospace fonts; `textLength` brings the others to it. */
const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 20;
const BASELINE = 14.5;
const BAR_HEIGHT = 36;
const PADDING = 18;

/** Its background is its own, so that the picture is the same on light and on dark pages. */
const STYLE = `
  .window { fill: #161b22; stroke: #57606a; }
  .bar { stroke: #57606a; }
  text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; }
  .bold { font-weight: 700; fill: #f6f8fa; }
  .dim { fill: #8d96a0; }
  .red { fill: #ff7b72; }
  .green { fill: #56d364; }
  .yellow { fill: #e3b341; }
`;
const KNOWN_STYLES: ReadonlySet<string> = new Set(["bold", "dim", "red", "green", "yellow"]);

/** Text in one style, with the column that it begins at. */
interface Run {
  column: number;
  text: string;
  styles: readonly string[];
}

/** What the demo leaves on the screen, without the explanation below the table. */
function lastTable(): string {
  if (!existsSync(CLI)) throw new Error("there is no dist: `npm run build` comes first");
  const { NO_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, FORCE_COLOR: "1" };
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const printed = execFileSync(process.execPath, [CLI, ...COMMAND], { env, stdio: [...stdio], encoding: "utf8" });
  const end = printed.lastIndexOf("\n\n");
  if (end === -1) throw new Error(`the demo printed no table:\n${printed}`);
  return printed.slice(0, end);
}

/** The lines of a text with ANSI sequences. Spaces between runs are left out: columns place what follows. */
function readLines(printed: string): Run[][] {
  const lines: Run[][] = [[]];
  let column = 0;
  for (const token of parseAnsiSequences(printed)) {
    const styles = stylesOf(token);
    for (const [index, part] of token.value.split("\n").entries()) {
      if (index > 0) {
        lines.push([]);
        column = 0;
      }
      for (const { 0: text, index: offset } of part.matchAll(/\S+(?: \S+)*/g)) {
        lines.at(-1)?.push({ column: column + offset, text, styles });
      }
      column += part.length;
      if (column > COLUMNS) throw new Error(`wider than ${COLUMNS} columns: ${stripVTControlCharacters(part)}`);
    }
  }
  return lines;
}

function stylesOf({ foreground, background, decorations }: ParseToken): string[] {
  const color = foreground?.type === "named" ? foreground.name : foreground?.type;
  const styles = [...decorations, ...(color === undefined ? [] : [color]), ...(background ? ["background"] : [])];
  const unknown = styles.find((style) => !KNOWN_STYLES.has(style));
  if (unknown !== undefined) throw new Error(`the demo uses a style that the picture has not: ${unknown}`);
  return styles;
}

function drawLine(runs: readonly Run[], line: number): string {
  const y = BAR_HEIGHT + PADDING + line * LINE_HEIGHT + BASELINE;
  return runs
    .map(({ column, text, styles }) => {
      const x = round(PADDING + column * CELL_WIDTH);
      const style = styles.length > 0 ? ` class="${styles.join(" ")}"` : "";
      const length = round(text.length * CELL_WIDTH);
      return `  <text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${style}>${escape(text)}</text>\n`;
    })
    .join("");
}

function draw(lines: readonly Run[][]): string {
  const width = Math.ceil(COLUMNS * CELL_WIDTH + 2 * PADDING);
  const height = BAR_HEIGHT + lines.length * LINE_HEIGHT + 2 * PADDING;
  const buttons = [0, 1, 2].map((index) => `  <circle cx="${22 + index * 20}" cy="18" r="6" fill="#57606a"/>\n`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-labelledby="title">
  <title id="title">The table that otel-ws ${COMMAND.join(" ")} leaves: connections, handshakes, messages, bytes, closes and spans of a WebSocket server and its clients</title>
  <style>${STYLE}  </style>
  <rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  <line class="bar" x1="1" y1="${BAR_HEIGHT}.5" x2="${width - 1}" y2="${BAR_HEIGHT}.5"/>
${buttons.join("")}  <text class="dim" x="${width / 2}" y="23" text-anchor="middle">otel-ws ${COMMAND.join(" ")}</text>
${lines.map(drawLine).join("")}</svg>
`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

writeFileSync(PICTURE, draw(readLines(lastTable())));
