import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { History } from "../../../src/probe/cli/history.ts";
import { linesHead, nameWidth, renderLine } from "../../../src/probe/cli/lines.ts";
import { exitCode } from "../../../src/probe/cli/outcome.ts";
import { renderSummary } from "../../../src/probe/cli/summary.ts";
import type { ProbeResult } from "../../../src/probe/types.ts";
import { refusedResult, upResult } from "./results.ts";

const plain = { width: 80, color: false };
const width = nameWidth(["chat", "prices"]);

function at(result: ProbeResult, seconds: number): ProbeResult {
  return { ...result, startedAt: new Date(Date.UTC(2026, 10, 24, 12, 0, seconds)).toISOString() };
}

/** The lines of results that follow each other, without the time of day, which is local. */
function linesOf(results: readonly ProbeResult[], color = false): string[] {
  const history = new History();
  const look = { ...plain, color };
  return results.map((result, index) => {
    const run = at(result, index * 30);
    const line = renderLine(run, "chat", width, history.add(run), look);
    return color ? line : line.slice("12:00:00  ".length);
  });
}

describe("a series of runs", () => {
  test("has aligned lines below its head", () => {
    expect(linesHead(width, plain)).toBe(
      "time      result     name       dns connect     tls upgrade message   total ms",
    );
    expect(renderLine(upResult, "chat", width, undefined, plain)).toMatch(
      /^\d\d:\d\d:\d\d {2}✓ up {7}chat {6}12\.5 {4}12\.5 {4}25\.0 {4}25\.0 {4}12\.5 {5}100$/,
    );
  });

  test("tells in full what is new, and in a word what goes on", () => {
    const reset = { ...refusedResult, error: { ...refusedResult.error!, type: "ECONNRESET", message: "reset" } };
    expect(linesOf([refusedResult, refusedResult, reset, upResult, upResult]).map((line) => line.trimEnd())).toEqual([
      "✗ down     chat         –     1.0       –       –       –     2.0  ECONNREFUSED: [2001:db8::1]:9001 refused the connection",
      "✗ down     chat         –     1.0       –       –       –     2.0  ECONNREFUSED",
      "✗ down     chat         –     1.0       –       –       –     2.0  ECONNRESET: reset",
      "✓ up       chat      12.5    12.5    25.0    25.0    12.5     100  (before: down for 1m 30s)",
      "✓ up       chat      12.5    12.5    25.0    25.0    12.5     100",
    ]);
  });

  test("lets a change of the result stand out", () => {
    const [first, second, third] = linesOf([upResult, refusedResult, refusedResult], true);
    const inverse = "\u001B[7m";
    expect([first, second, third].map((line) => line?.includes(inverse))).toEqual([false, true, false]);
    expect(stripVTControlCharacters(second!)).toContain("(before: up for 30s)");
  });

  test("has the slowest round trip, and all of what redirects repeat", () => {
    const phases = [
      { phase: "connect", start: 0, duration: 0.01 },
      { phase: "connect", start: 0, duration: 0.02 },
      { phase: "message", start: 0, duration: 0.04 },
      { phase: "message", start: 0, duration: 0.03 },
    ] as const;
    expect(linesOf([{ ...upResult, phases }])).toEqual([
      "✓ up       chat         –    30.0       –       –    40.0     100",
    ]);
  });
});

test("the summary has a line for each check", () => {
  const chat = new History();
  for (let run = 0; run < 199; run += 1) chat.add(at(upResult, run));
  chat.add(at(refusedResult, 199));
  const prices = new History();
  prices.add(at(upResult, 0));
  const histories = new Map([
    ["chat", chat],
    ["prices", prices],
    ["idle", new History()],
  ]);
  const now = Date.UTC(2026, 10, 24, 12, 4, 19);
  expect(renderSummary(histories, now, plain)).toBe(`name      runs        up   RTT p50   RTT p99  last error
chat       200   99.50 %     13 ms     13 ms  ECONNREFUSED 1m 00s ago
prices       1     100 %     13 ms     13 ms
idle         0         –         –         –`);
});

test.each([
  [["up", "up"], 0],
  [["up", "degraded"], 3],
  [["degraded", "down", "up"], 1],
  [[], 1],
] as const)("the exit code of %j is %d", (outcomes, code) => {
  expect(exitCode(outcomes)).toBe(code);
});
