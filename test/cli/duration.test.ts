import { describe, expect, test } from "vitest";
import { formatDuration, mendDuration, parseDuration } from "../../src/cli/duration.ts";

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  ["14d", 1_209_600_000],
  ["0s", 0],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "10", "s", "10 s", "-1s", "1e3ms", "10sec", "1m30s", "10S", "١s"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

describe("what is no duration is mended", () => {
  test.each([
    ["10", "add a unit: 10s or 10ms"],
    ["1m30s", "write it with one unit, such as 90s"],
    ["10sec", "units are ms, s, m, h and d"],
    ["soon", undefined],
  ])("%s", (text, mend) => {
    expect(mendDuration(text)).toBe(mend);
  });
});

test.each([
  [0, "0ms"],
  [500, "500ms"],
  [1500, "1500ms"],
  [10_000, "10s"],
  [3_600_000, "1h"],
  [604_800_000, "7d"],
])("%d ms is written %s, and means the same", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
  expect(parseDuration(text)).toBe(milliseconds);
});
