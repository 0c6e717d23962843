import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { RoleModel, SpanModel, TableModel } from "../../src/demo/model.ts";
import { clock, renderTable } from "../../src/demo/table.ts";

const nothing: RoleModel = {
  active: 0,
  handshakes: new Map(),
  messages: { received: { total: 0, perSecond: 0 }, sent: { total: 0, perSecond: 0 } },
  bytes: { received: { total: 0, perSecond: 0 }, sent: { total: 0, perSecond: 0 } },
  closures: [],
};

const span: SpanModel = {
  role: "server",
  name: "websocket /chat",
  seconds: 12.34,
  endTimeUnixNano: "5",
  closeCode: 1006,
  initiator: "none",
  failure: undefined,
  received: 12,
  sent: 1234,
};

const model: TableModel = {
  server: {
    active: 1000,
    handshakes: new Map([
      ["401", 3],
      ["101", 42],
    ]),
    messages: { received: { total: 1234, perSecond: 12.34 }, sent: { total: 99_999_999, perSecond: 54_321 } },
    bytes: { received: { total: 1_234_567, perSecond: 999 }, sent: { total: 1.5e12, perSecond: 2.5e9 } },
    closures: [
      { code: 1000, closeClass: "normal", count: 5 },
      { code: undefined, closeClass: "application", count: 2 },
    ],
  },
  client: {
    ...nothing,
    active: 7,
    handshakes: new Map([
      ["ECONNREFUSED", 1],
      ["101", 42],
    ]),
    closures: [{ code: 1006, closeClass: "abnormal", count: 4 }],
  },
  spans: {
    server: [span, { ...span, endTimeUnixNano: "2" }],
    client: [
      {
        ...span,
        role: "client",
        endTimeUnixNano: "9",
        closeCode: undefined,
        failure: "401",
        received: undefined,
        sent: undefined,
      },
      { ...span, role: "client", endTimeUnixNano: "1", closeCode: undefined, failure: "ECONNREFUSED", seconds: 0.0016 },
    ],
  },
  exports: 42,
  spanCount: 4321,
};

const empty: TableModel = {
  server: nothing,
  client: nothing,
  spans: { server: [], client: [] },
  exports: 0,
  spanCount: 0,
};
const plain = { width: 80, color: false, elapsed: 75 };

function words(text: string, beginning: string): string[] {
  const line = text.split("\n").find((candidate) => candidate.trim().startsWith(beginning));
  return line?.trim().split(/\s{2,}/) ?? [];
}

describe("the table", () => {
  test("shows both ends side by side", () => {
    const table = renderTable(model, plain);
    expect(words(table, "WebSocket telemetry")).toContain("01:15");
    expect(table).toContain("42 OTLP exports, 4,321 spans");
    expect(words(table, "Connections active now")).toEqual(["Connections active now", "1,000", "7"]);
    expect(words(table, "Handshakes")).toEqual(["Handshakes", "101 accepted", "42", "42"]);
    expect(words(table, "401 refused")).toEqual(["401 refused", "3", "–"]);
    expect(words(table, "failed: ECONNREFUSED")).toEqual(["failed: ECONNREFUSED", "–", "1"]);
    expect(words(table, "Messages")).toEqual(["Messages", "received", "12.3/s", "1,234", "–"]);
    expect(words(table, "Payload")).toEqual(["Payload", "received", "999 B/s", "1.2 MB", "–"]);
    expect(table).toMatch(/sent +2\.5 GB\/s +1\.5 TB +–/);
    expect(words(table, "Closed")).toEqual(["Closed", "1000 normal", "5", "–"]);
    expect(words(table, "1006 abnormal")).toEqual(["1006 abnormal", "–", "4"]);
    expect(words(table, "4000-4999 application")).toEqual(["4000-4999 application", "2", "–"]);
  });

  test("lists the last spans of both ends by their end", () => {
    const lines = renderTable(model, plain).split("\n");
    const spans = lines.slice(lines.findIndex((line) => line.startsWith("Last spans")) + 1);
    expect(spans.map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ["client", "websocket /chat", "12.3 s", "refused: 401", "–", "–"],
      ["server", "websocket /chat", "12.3 s", "1006 by neither", "12", "1,234"],
      ["server", "websocket /chat", "12.3 s", "1006 by neither", "12", "1,234"],
      ["client", "websocket /chat", "2 ms", "failed: ECONNREFUSED", "12", "1,234"],
    ]);
  });

  test("stands before anything has arrived", () => {
    const table = renderTable(empty, plain);
    expect(words(table, "Connections")).toEqual(["Connections active now", "0", "0"]);
    expect(words(table, "Closed")).toEqual(["Closed", "none yet"]);
  });

  test.each([20, 40, 79, 80, 200])("fits %i columns", (width) => {
    const long: TableModel = {
      ...model,
      spans: { ...model.spans, server: [{ ...span, name: `websocket /${"a".repeat(100)}`, seconds: 1e6, sent: 1e12 }] },
    };
    for (const line of renderTable(long, { ...plain, width }).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(Math.min(width, 80));
    }
  });

  test("leaves out spans, then the rest, where there are few lines", () => {
    expect(renderTable(model, { ...plain, height: 18 }).split("\n")).toHaveLength(18);
    expect(renderTable(model, { ...plain, height: 5 }).split("\n")).toHaveLength(5);
    expect(renderTable(model, { ...plain, height: 0 }).split("\n")).toHaveLength(1);
  });

  test("says the same with colours as without", () => {
    const coloured = renderTable(model, { ...plain, color: true });
    expect(coloured).toContain("\u001B[");
    const trimmed = stripVTControlCharacters(coloured)
      .split("\n")
      .map((line) => line.trimEnd());
    expect(trimmed.join("\n")).toBe(renderTable(model, plain));
  });
});

test.each([
  [0, "00:00"],
  [59.9, "00:59"],
  [3599, "59:59"],
  [3600, "1:00:00"],
  [86_400, "24:00:00"],
])("%d seconds are %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
