import { describe, expect, test } from "vitest";
import { checkpointsBy, resolutionOf, segmentsBy } from "../../src/core/timeline.ts";
import { UNTRACED } from "../../src/core/trace-options.ts";

const RULES = { ...UNTRACED, segmentDuration: 3600, checkpointInterval: 300 };
/** 10,000 connections of a storm, 20 microseconds apart. */
const STORM = Array.from({ length: 10_000 }, (_, index) => 1234.5 + index * 20e-6);

/** How many of them something happens to in each second. */
function perSecond(seconds: number, countBy: (age: number, openedAt: number) => number): number[] {
  const counts = Array.from({ length: seconds }, () => 0);
  for (const openedAt of STORM) {
    for (let second = 0; second < seconds; second += 1) {
      counts[second]! += countBy(second + 1, openedAt) - countBy(second, openedAt);
    }
  }
  return counts;
}

describe("the timeline of a connection", () => {
  test("has no checkpoint and no segment where none is wanted", () => {
    expect(checkpointsBy(1e9, 17, UNTRACED)).toBe(0);
    expect(segmentsBy(1e9, 17, UNTRACED)).toBe(0);
    expect(resolutionOf(UNTRACED)).toBe(Number.POSITIVE_INFINITY);
  });

  test("has a checkpoint in each interval, the first one within the first", () => {
    for (const openedAt of STORM.slice(0, 100)) {
      expect(checkpointsBy(0, openedAt, RULES)).toBe(0);
      for (const intervals of [1, 2, 100]) expect(checkpointsBy(intervals * 300, openedAt, RULES)).toBe(intervals);
    }
  });

  test("has segments of the given length or up to a tenth less", () => {
    for (const openedAt of STORM.slice(0, 100)) {
      expect(segmentsBy(3600 * 0.9 - 0.001, openedAt, RULES)).toBe(0);
      expect(segmentsBy(3600, openedAt, RULES)).toBe(1);
      expect(segmentsBy(72_000, openedAt, RULES)).toBeGreaterThanOrEqual(20);
      expect(segmentsBy(72_000, openedAt, RULES)).toBeLessThanOrEqual(22);
    }
  });

  test("spreads the checkpoints of connections that open together over the interval", () => {
    const counts = perSecond(300, (age, openedAt) => checkpointsBy(age, openedAt, RULES));
    expect(counts.reduce((sum, count) => sum + count)).toBe(10_000);
    expect(Math.max(...counts)).toBeLessThan(100);
  });

  test("spreads their second segments over a tenth of an hour", () => {
    const counts = perSecond(3600, (age, openedAt) => segmentsBy(age, openedAt, RULES));
    expect(counts.reduce((sum, count) => sum + count)).toBe(10_000);
    // 28 a second on average, over the last six minutes.
    expect(Math.max(...counts)).toBeLessThan(100);
    expect(counts.slice(0, 3239).every((count) => count === 0)).toBe(true);
  });

  test.for([
    [RULES, 1],
    [{ ...RULES, checkpointInterval: 2 }, 0.2],
    [{ ...RULES, segmentDuration: 1 }, 0.1],
  ] as const)("is looked at ten times within the shortest period, and once a second at least", ([rules, expected]) => {
    expect(resolutionOf(rules)).toBe(expected);
  });
});
