import { expect, test } from "vitest";
import { qualityGrade, qualityScore } from "../../../src/core/health/quality.ts";

test.each([
  // acknowledged, missed, mean round trip in seconds, reconnections, score
  [10, 0, 0, 0, 100],
  [10, 0, 0.01, 0, 99],
  [10, 0, 0.1, 0, 90],
  [10, 0, 0.3, 0, 70],
  [10, 0, 12, 0, 70],
  [9, 1, 0, 0, 96],
  [0, 10, 0, 0, 60],
  [0, 3, undefined, 0, (30 * 100) / 70],
  [3, 0, undefined, 0, 100],
  [10, 0, 0, 1, 95],
  [10, 0, 0, 6, 70],
  [10, 0, 0, 60, 70],
  [5, 5, 0.15, 2, 20 + 15 + 20],
  [0, 1, 99, 99, 0],
])(
  "%i answered, %i missed, round trip %s s, %i reconnections: %d",
  (acknowledged, missed, meanRoundTrip, reconnections, score) => {
    expect(qualityScore({ acknowledged, missed, meanRoundTrip, reconnections })).toBeCloseTo(score, 9);
  },
);

test("without a heartbeat nothing is known", () => {
  expect(qualityScore({ acknowledged: 0, missed: 0, meanRoundTrip: undefined, reconnections: 3 })).toBeUndefined();
});

test.each([
  [100, "good"],
  [80, "good"],
  [79.99, "fair"],
  [50, "fair"],
  [49.99, "poor"],
  [0, "poor"],
])("%d is %s", (score, grade) => {
  expect(qualityGrade(score)).toBe(grade);
});
