/**
 * Runs the test that traces from a browser to a database, and draws what Jaeger answered as `docs/trace.svg`. Needs a
 * build before, and what `npm run test:pipeline` needs.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JaegerSpan } from "../test/pipeline/support/jaeger.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PICTURE = join(ROOT, "docs/trace.svg");
const TEST = ["--config", "vitest.pipeline.config.ts", "test/pipeline/browser-to-database.test.ts"];

const WIDTH = 880;
const PADDING = 20;
const ROW = 26;
const BAR = 12;
/** Where the names end and the time axis begins and ends. */
const AXIS = { from: 380, to: 780 };
const INDENT = 16;
/** Shorter ones could not be seen. */
const LEAST_BAR = 2;

/** Its background is its own, so that the picture is the same on light and on dark pages. */
const STYLE = `
  .window { fill: #161b22; stroke: #57606a; }
  .grid { stroke: #30363d; }
  .tree { stroke: #57606a; fill: none; }
  .link { stroke: #e3b341; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none; }
  .tip { fill: #e3b341; }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; }
  .title { font-weight: 700; fill: #f6f8fa; }
  .dim { font-size: 12px; fill: #8d96a0; }
  .linked { font-size: 12px; fill: #e3b341; }
`;
const COLORS = ["#56d364", "#6cb6ff", "#ff7b72"] as const;

/** A line of the picture. */
interface Row {
  readonly span: JaegerSpan;
  readonly depth: number;
  readonly y: number;
}

function jaegerSpans(): JaegerSpan[] {
  const folder = mkdtempSync(join(tmpdir(), "otel-ws-picture-"));
  const answers = join(folder, "answers.json");
  try {
    const env = { ...process.env, TRACE_ANSWERS: answers };
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    execFileSync(process.execPath, [vitest, "run", ...TEST], { cwd: ROOT, env, stdio: "inherit" });
    return JSON.parse(readFileSync(answers, "utf8")) as JaegerSpan[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The spans of each trace, parents before children, each trace under a title. */
function layOut(spans: readonly JaegerSpan[]): { titles: { y: number; text: string }[]; rows: Row[]; bottom: number } {
  const titles: { y: number; text: string }[] = [];
  const rows: Row[] = [];
  let y = PADDING + 8;
  const place = (span: JaegerSpan, depth: number): void => {
    rows.push({ span, depth, y: (y += ROW) });
    const children = spans.filter(({ traceId, parent }) => traceId === span.traceId && parent === span.spanId);
    for (const child of children) place(child, depth + 1);
  };
  for (const root of spans.filter(({ parent }) => parent === undefined)) {
    y += rows.length === 0 ? 0 : ROW * 1.5;
    titles.push({ y, text: `Trace ${root.traceId}` });
    place(root, 0);
  }
  return { titles, rows, bottom: y };
}

function draw(spans: readonly JaegerSpan[]): string {
  const { titles, rows, bottom } = layOut(spans);
  const from = Math.min(...spans.map(({ start }) => start));
  const until = Math.max(...spans.map(({ start, duration }) => start + duration));
  const x = (time: number): number => AXIS.from + ((time - from) / (until - from)) * (AXIS.to - AXIS.from);
  const services = [...new Set(rows.map(({ span }) => span.service))];
  const colorOf = ({ service, name }: JaegerSpan): string =>
    name.startsWith("pg") ? COLORS[2] : COLORS[services.indexOf(service) % 2]!;
  const height = bottom + PADDING + 56;
  const parts = [
    ...ticks(until - from, x(from), x(until), bottom),
    ...titles.map(({ y, text }) => `<text class="title" x="${PADDING}" y="${y + 4}">${text}</text>`),
    ...rows.flatMap((row) => drawRow(row, rows, x, colorOf(row.span))),
    ...rows.flatMap((row) => drawLinks(row, rows, x)),
  ];
  const said =
    "A page's span, its WebSocket's and the server's connection span in one trace; in another one, linked to it, the message that the server received, its query and the answer";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" aria-labelledby="title">
  <title id="title">${said}</title>
  <style>${STYLE}  </style>
  <rect class="window" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
${parts.map((part) => `  ${part}\n`).join("")}</svg>
`;
}

/** A grid of whole milliseconds. */
function ticks(duration: number, left: number, right: number, bottom: number): string[] {
  const step = [1000, 2000, 5000, 10_000, 20_000, 50_000].find((micros) => duration / micros <= 9) ?? 100_000;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => {
    const at = round(left + ((index * step) / duration) * (right - left));
    const line = `<line class="grid" x1="${at}" y1="${PADDING + 16}" x2="${at}" y2="${bottom + 20}"/>`;
    return `${line}<text class="dim" x="${at}" y="${bottom + 38}" text-anchor="middle">${(index * step) / 1000} ms</text>`;
  });
}

function drawRow({ span, depth, y }: Row, rows: readonly Row[], x: (time: number) => number, color: string): string[] {
  const left = PADDING + depth * INDENT;
  const parent = rows.find((row) => row.span.traceId === span.traceId && row.span.spanId === span.parent);
  const branch = parent === undefined ? [] : [tree(parent, left, y)];
  const start = round(x(span.start));
  const width = round(Math.max(LEAST_BAR, x(span.start + span.duration) - x(span.start)));
  const kind = typeof span.tags["span.kind"] === "string" ? ` ${span.tags["span.kind"]}` : "";
  return [
    ...branch,
    `<text x="${left}" y="${y + 4}">${escape(span.name)}<tspan class="dim" dx="8">${escape(`${span.service}${kind}`)}</tspan></text>`,
    `<rect x="${start}" y="${y - BAR / 2}" width="${width}" height="${BAR}" rx="2" fill="${color}"/>`,
    `<text class="dim" x="${round(start + width + 6)}" y="${y + 4}">${milliseconds(span.duration)}</text>`,
  ];
}

function tree(parent: Row, left: number, y: number): string {
  const trunk = left - INDENT + 4;
  return `<path class="tree" d="M ${trunk} ${parent.y + 8} V ${y} H ${left - 3}"/>`;
}

/** From the span that has a link to the one that it names, if that is in the picture. */
function drawLinks({ span, y, depth }: Row, rows: readonly Row[], x: (time: number) => number): string[] {
  // Of a trace the first span is enough: those beneath it have the same link.
  if (depth > 0) return [];
  return span.links.flatMap(({ traceId, spanId }) => {
    const target = rows.find((row) => row.span.traceId === traceId && row.span.spanId === spanId);
    if (target === undefined) return [];
    const at = round(x(span.start) + 6);
    const end = target.y + BAR / 2 + 1;
    return [
      `<path class="link" d="M ${at} ${y - BAR / 2} V ${end + 6}"/>`,
      `<path class="tip" d="M ${at - 4} ${end + 7} L ${at + 4} ${end + 7} L ${at} ${end} Z"/>`,
      `<text class="linked" x="${at + 8}" y="${(y + target.y) / 2 + 4}">link</text>`,
    ];
  });
}

function milliseconds(micros: number): string {
  return `${(micros / 1000).toFixed(1)} ms`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

writeFileSync(PICTURE, draw(jaegerSpans()));
