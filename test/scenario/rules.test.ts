import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadGroups, ruleFiles } from "../../scripts/alerts/load.ts";
import { SECONDS, numbersIn, scaleDuration, scaleExpression, scaleRules } from "../../scripts/scenario/rules.ts";
import type { RuleFile } from "../../scripts/scenario/rules.ts";
import { parseDuration } from "../../src/cli/duration.ts";

const ALERTS = fileURLToPath(new URL("../../alerts", import.meta.url));
/** Numbers of the shipped rules that no time scale changes, by what they are. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  "shares, quantiles and factors": ["0", "0.05", "0.1", "0.2", "0.3", "0.5", "0.8", "0.95", "0.999", "14.4", "6", "5"],
  "counts of events and of connections": ["1", "5", "10", "20", "50", "100"],
  bytes: ["256", "1024"],
  "seconds that the application measured: a round trip, the days that a certificate has left": [
    "1",
    "3",
    "14",
    "86400",
  ],
};

/** Places of a rule file that have durations. */
const TIMED = /\/(?:expr|for|keep_firing_for|interval)$/;

function load(file: string): RuleFile {
  return parse(readFileSync(join(ALERTS, file), "utf8")) as RuleFile;
}

/** Every text of a rule file by its place. */
function texts(value: unknown, place = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[place, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${place}/${key}`));
}

/** A text in pieces: what can be a duration or a number, and what is between. */
function pieces(text: string): string[] {
  return text.split(/(?<![\w.])(\d[\w.]*)/);
}

describe.each(ruleFiles(ALERTS))("the rules of %s at 60 times their pace", (file) => {
  const shipped = texts(load(file));
  const scaled = texts(scaleRules(load(file), 60));

  test("have the same text at the same places, but for durations", () => {
    expect(scaled.map(([place]) => place)).toEqual(shipped.map(([place]) => place));
    const changes = shipped.flatMap(([place, before], index) => {
      const [was, is] = [pieces(before), pieces(scaled[index]![1])];
      // What is around and between the durations.
      expect([place, ...is.filter((_, at) => at % 2 === 0)]).toEqual([place, ...was.filter((_, at) => at % 2 === 0)]);
      return was.flatMap((piece, at) => (piece === is[at] ? [] : [{ place, from: piece, to: is[at]! }]));
    });
    const seconds = (value: string): number => parseDuration(/[a-z]$/.test(value) ? value : `${value}s`)!;
    expect(changes.filter(({ place }) => !TIMED.test(place))).toEqual([]);
    expect(changes.filter(({ from, to }) => seconds(to) * 60 !== seconds(from))).toEqual([]);
    expect(changes.length).toBeGreaterThan(0);
  });

  test("leave no duration as it was", () => {
    const durations = (all: [string, string][]): string[] =>
      all.flatMap(([place, text]) => (TIMED.test(place) ? (text.match(/(?<![\w.:])\d+[smhd]\b/g) ?? []) : []));
    expect(durations(scaled)).toEqual(durations(shipped).map((duration) => scaleDuration(duration, 60)));
    expect(durations(shipped).length).toBeGreaterThan(0);
  });
});

describe("the time scale of rules", () => {
  test("of 1 changes nothing", () => {
    for (const file of ruleFiles(ALERTS)) expect(scaleRules(load(file), 1)).toEqual(load(file));
  });

  test("knows for every number of the shipped rules whether it is a time of the rules", () => {
    const numbers = new Set(loadGroups(ALERTS).flatMap(({ rules }) => rules.flatMap(({ expr }) => numbersIn(expr))));
    const known = new Set([...SECONDS, ...Object.values(KEPT).flat()]);
    expect([...numbers].filter((number) => !known.has(number))).toEqual([]);
    expect([...known].filter((number) => !numbers.has(number))).toEqual([]);
  });

  test("reaches ranges, offsets and seconds, and not names, labels and other numbers", () => {
    expect(scaleExpression('rate(a:rate5m{b="5m 300"}[5m] offset 1h) * 300 > 14.4 and c_5m * 86400', 60)).toBe(
      'rate(a:rate5m{b="5m 300"}[5s] offset 1m) * 5 > 14.4 and c_5m * 86400',
    );
  });

  test("refuses durations that it cannot divide, and says which", () => {
    expect(() => scaleExpression("rate(a[5m])", 7)).toThrow(/whole milliseconds.*got 5m \/ 7; use a factor such as 60/);
    expect(() => scaleExpression("rate(a[1h30m])", 60)).toThrow("got 1h30m / 60");
  });
});
