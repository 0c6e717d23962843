import { cut, draw } from "../cli/cells.ts";
import type { Cell, Style } from "../cli/cells.ts";
import {
  WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION,
  WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY,
  WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY,
  WEBSOCKET_CLOSE_CLASS_VALUE_NORMAL,
  WEBSOCKET_CLOSE_CLASS_VALUE_NO_STATUS,
} from "../semconv.ts";
import type { Closures, Direction, Flow, Role, RoleModel, SpanModel, TableModel } from "./model.ts";

/** How to draw. */
export interface TableOptions {
  /** Columns there are; lines are cut to this. */
  width: number;
  /**
   * Lines there are; the list of spans is cut to this.
   * @default room for ten spans
   */
  height?: number | undefined;
  color: boolean;
  /** Seconds since the start. */
  elapsed: number;
}

const none = "–";

/** Draws the model as lines of text, 78 columns wide where there are as many. */
export function renderTable(model: TableModel, options: TableOptions): string {
  const { width, height = Infinity, color, elapsed } = options;
  const head = [title(model, elapsed), ...metricRows(model)];
  // The heading of the list of spans takes two lines.
  const room = Math.min(10, height - head.length - 2);
  const lines = room > 0 ? [...head, [], ...spanRows(model, room)] : head.slice(0, Math.max(1, height));
  return lines.map((cells) => draw(cells, { width, color })).join("\n");
}

function title(model: TableModel, elapsed: number): Cell[] {
  const received = `${clock(elapsed)}   ${count(model.exports)} OTLP exports, ${count(model.spanCount)} spans`;
  return [
    { text: "WebSocket telemetry, as exported".padEnd(34), style: "bold" },
    { text: received.padStart(44), style: "dim" },
  ];
}

function metricRows({ server, client }: TableModel): Cell[][] {
  const ends = [server, client] as const;
  const flowRow = (
    group: string,
    direction: Direction,
    of: (end: RoleModel) => Flow,
    show: (value: number) => string,
  ) =>
    row(
      group,
      direction,
      ends.flatMap((end) => flowCells(of(end), show)),
    );
  return [
    row(
      "",
      "",
      ["server", "clients"].map((text) => ({ text: text.padStart(22), style: "bold" as const })),
    ),
    row(
      "Connections",
      "active now",
      ends.map(({ active }) => ({ text: count(active).padStart(22), style: active > 0 ? "green" : undefined })),
    ),
    ...handshakeRows(ends),
    flowRow("Messages", "received", ({ messages }) => messages.received, count),
    flowRow("", "sent", ({ messages }) => messages.sent, count),
    flowRow("Payload", "received", ({ bytes }) => bytes.received, byteCount),
    flowRow("", "sent", ({ bytes }) => bytes.sent, byteCount),
    ...closureRows(ends),
  ];
}

function row(group: string, item: string, cells: readonly Cell[], style?: Style): Cell[] {
  return [{ text: group.padEnd(12), style: "dim" }, { text: cut(item, 21).padEnd(22), style }, ...cells];
}

function flowCells({ total, perSecond }: Flow, show: (value: number) => string): Cell[] {
  if (total === 0) return [{ text: none.padStart(22) }];
  return [
    { text: (perSecond === undefined ? "" : `${show(perSecond)}/s`).padStart(11), style: "bold" },
    { text: show(total).padStart(11), style: "dim" },
  ];
}

function handshakeRows(ends: readonly [RoleModel, RoleModel]): Cell[][] {
  const results = new Set(["101", ...ends.flatMap(({ handshakes }) => [...handshakes.keys()])]);
  return [...results]
    .sort((left, right) => left.localeCompare(right))
    .map((result, index) => {
      const status = /^\d{3}$/.test(result);
      const label = result === "101" ? "101 accepted" : status ? `${result} refused` : `failed: ${result}`;
      const cells = ends.map(({ handshakes }) => countCell(handshakes.get(result)));
      return row(index === 0 ? "Handshakes" : "", label, cells, result === "101" ? undefined : "yellow");
    });
}

/** Ends that belong to ordinary life. */
const ordinary: ReadonlySet<string> = new Set([
  WEBSOCKET_CLOSE_CLASS_VALUE_NORMAL,
  WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY,
  WEBSOCKET_CLOSE_CLASS_VALUE_NO_STATUS,
  WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION,
  WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY,
]);

/** Classes of codes that a peer may choose, which metrics do not tell apart. */
const ranges: Record<string, string> = {
  [WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY]: "3000-3999",
  [WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION]: "4000-4999",
};

function closureRows(ends: readonly [RoleModel, RoleModel]): Cell[][] {
  const label = ({ code, closeClass }: Closures): string => `${code ?? ranges[closeClass] ?? ""} ${closeClass}`.trim();
  const classes = new Map(ends.flatMap(({ closures }) => closures.map((each) => [label(each), each.closeClass])));
  if (classes.size === 0) return [row("Closed", "none yet", [])];
  return [...classes]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, closeClass], index) => {
      const cells = ends.map(({ closures }) => countCell(closures.find((each) => label(each) === name)?.count));
      return row(index === 0 ? "Closed" : "", name, cells, ordinary.has(closeClass) ? undefined : "red");
    });
}

function countCell(value: number | undefined): Cell {
  return { text: (value === undefined ? none : count(value)).padStart(22) };
}

function spanRows({ spans }: TableModel, room: number): Cell[][] {
  const header = spanRow(
    { name: "Last spans", lasted: "lasted", ended: "ended", received: "received", sent: "sent" },
    "dim",
  );
  const each = { server: Math.ceil(room / 2), client: Math.floor(room / 2) } satisfies Record<Role, number>;
  const last = [...spans.server.slice(0, each.server), ...spans.client.slice(0, each.client)];
  last.sort((left, right) => (BigInt(left.endTimeUnixNano) < BigInt(right.endTimeUnixNano) ? 1 : -1));
  return [header, ...last.map((span) => spanRow(spanTexts(span), span.failure === undefined ? undefined : "yellow"))];
}

interface SpanTexts {
  name: string;
  lasted: string;
  ended: string;
  received: string;
  sent: string;
}

function spanTexts({ role, name, seconds, closeCode, initiator, failure, received, sent }: SpanModel): SpanTexts {
  const ended =
    closeCode === undefined
      ? `failed: ${failure ?? none}`
      : `${closeCode} by ${initiator === "none" ? "neither" : initiator}`;
  return {
    name: `${role.padEnd(7)} ${name}`,
    lasted: duration(seconds),
    ended: /^failed: \d{3}$/.test(ended) ? ended.replace("failed: ", "refused: ") : ended,
    received: received === undefined ? none : count(received),
    sent: sent === undefined ? none : count(sent),
  };
}

function spanRow({ name, lasted, ended, received, sent }: SpanTexts, style?: Style): Cell[] {
  return [
    { text: cut(name, 32).padEnd(32), style: style === "dim" ? "dim" : undefined },
    { text: lasted.padStart(8), style: style === "dim" ? "dim" : undefined },
    { text: `  ${cut(ended, 20).padEnd(20)}`, style },
    { text: received.padStart(8), style: style === "dim" ? "dim" : undefined },
    { text: sent.padStart(8), style: style === "dim" ? "dim" : undefined },
  ];
}

function count(value: number): string {
  if (value >= 1e8) return `${(value / 1e6).toFixed(0)}M`;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function byteCount(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** step).toFixed(step === 0 || value / 1000 ** step >= 100 ? 0 : 1)} ${units[step]}`;
}

function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

/** Minutes and seconds, with hours where there are any. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  return whole < 3600 ? parts.join(":") : [Math.floor(whole / 3600), ...parts].join(":");
}
