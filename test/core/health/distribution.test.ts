import fc from "fast-check";
import { expect, test } from "vitest";
import { Distribution, SCORE_BOUNDARIES, scoreBucket } from "../../../src/core/distribution.ts";
import { Swept } from "../../../src/core/health/sweep.ts";

test.each([
  [0, 0],
  [0.001, 0],
  [10, 0],
  [10.001, 1],
  [50, 4],
  [99.9, 9],
  [100, 9],
])("a score of %d is in bucket %i: the upper bounds are inclusive", (score, bucket) => {
  expect(scoreBucket(score)).toBe(bucket);
});

test("counts what the boundaries say, and the sum", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 100 }), (scores) => {
      const distribution = new Distribution(SCORE_BOUNDARIES, scoreBucket);
      const expected = Array.from({ length: SCORE_BOUNDARIES.length + 1 }, () => 0);
      for (const score of scores) {
        distribution.add(score);
        expected[SCORE_BOUNDARIES.findIndex((bound) => score <= bound)]! += 1;
      }
      expect(distribution.counts).toEqual(expected);
      expect(distribution.sum).toBeCloseTo(
        scores.reduce((sum, one) => sum + one, 0),
        6,
      );
    }),
    { numRuns: 200 },
  );
});

test("a sweep begins anew, and groups that were there before become 0", () => {
  const swept = new Swept();
  swept.begin();
  swept.buffered(100);
  swept.buffered(50);
  swept.aged(7, "under_1h");
  swept.aged(5, "under_1h");
  swept.graded("good");
  expect(swept).toMatchObject({ bufferedAmount: 150, maxBufferedAmount: 100, maxAge: 7 });
  expect([...swept.byAge]).toEqual([["under_1h", 2]]);
  swept.begin();
  expect(swept).toMatchObject({ bufferedAmount: 0, maxBufferedAmount: 0, maxAge: 0, slowConsumers: 0 });
  expect([...swept.byAge, ...swept.byGrade]).toEqual([
    ["under_1h", 0],
    ["good", 0],
  ]);
  expect(swept.bufferedAmounts.sum).toBe(150);
});
