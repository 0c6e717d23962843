import { expect, test } from "vitest";
import { Capacity } from "../../../src/core/health/capacity.ts";
import type { CapacityWarning } from "../../../src/core/health/capacity.ts";

function start(limit: () => number | undefined, warnAt = 0.8, active?: number): [Capacity, CapacityWarning[]] {
  const warnings: CapacityWarning[] = [];
  return [new Capacity(limit, warnAt, (warning) => void warnings.push(warning), active), warnings];
}

function change(capacity: Capacity, by: number): void {
  for (let count = 0; count < Math.abs(by); count += 1) {
    if (by > 0) capacity.opened();
    else capacity.closed();
  }
}

test("warns once when the mark is crossed, and once when it is well below again", () => {
  const [capacity, warnings] = start(() => 100);
  change(capacity, 79);
  expect(warnings).toEqual([]);
  change(capacity, 1);
  expect(warnings).toEqual([{ active: 80, limit: 100, utilization: 0.8, exceeded: true }]);
  change(capacity, 30);
  change(capacity, -33);
  expect(warnings).toHaveLength(1);
  change(capacity, -2);
  expect(warnings).toHaveLength(2);
  expect(warnings[1]).toMatchObject({ active: 75, exceeded: false });
  change(capacity, -75);
  expect(warnings).toHaveLength(2);
});

test("one connection that comes and goes at the mark does not warn each time", () => {
  const [capacity, warnings] = start(() => 100);
  change(capacity, 79);
  for (let round = 0; round < 100; round += 1) {
    change(capacity, 1);
    change(capacity, -1);
  }
  expect(warnings).toHaveLength(1);
});

test("follows a limit that changes, and does nothing while it is not known", () => {
  let limit: number | undefined;
  const [capacity, warnings] = start(() => limit);
  change(capacity, 9);
  expect(capacity.limit).toBeUndefined();
  limit = 10;
  change(capacity, 1);
  limit = 100;
  change(capacity, 1);
  expect(warnings.map(({ active, exceeded }) => [active, exceeded])).toEqual([
    [10, true],
    [11, false],
  ]);
  limit = undefined;
  change(capacity, -11);
  expect(capacity.active).toBe(0);
  expect(warnings).toHaveLength(2);
});

test("goes on from the connections that are open already", () => {
  const [capacity, warnings] = start(() => 10, 0.8, 7);
  change(capacity, 1);
  expect(warnings).toMatchObject([{ active: 8, exceeded: true }]);
});
