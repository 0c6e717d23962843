import fc from "fast-check";
import { expect, test } from "vitest";
import { Acks } from "../../../src/core/health/acks.ts";

function start(limit = 100): { acks: Acks; reports: [string, number][] } {
  const reports: [string, number][] = [];
  return { acks: new Acks(limit, (outcome, seconds) => void reports.push([outcome, seconds])), reports };
}

test("an acknowledgement in time tells how long it took", () => {
  const { acks, reports } = start();
  acks.expect("m1", 5, 10);
  expect(acks.acknowledge("m1", 10.5)).toBe(true);
  expect(acks.acknowledge("m1", 11)).toBe(false);
  expect(acks.acknowledge("m2", 11)).toBe(false);
  expect(reports).toEqual([["acknowledged", 0.5]]);
});

test("one that does not come in time is a timeout, however late that is noticed", () => {
  const { acks, reports } = start();
  acks.expect("m1", 5, 10);
  acks.expect("m2", 5, 12);
  acks.expire(15);
  expect(reports).toEqual([]);
  acks.expire(16);
  expect(acks.acknowledge("m2", 30)).toBe(false);
  acks.expire(40);
  expect(reports).toEqual([
    ["timeout", 5],
    ["timeout", 18],
  ]);
  expect(acks.size).toBe(0);
});

test("a key that is pending is a message sent again: its time goes on with the new deadline", () => {
  const { acks, reports } = start();
  acks.expect("m1", 5, 10);
  acks.expect("m1", 5, 14);
  acks.expire(16);
  expect(acks.acknowledge("m1", 17)).toBe(true);
  acks.expect("m1", 5, 20);
  acks.expect("m1", 5, 30);
  expect(acks.size).toBe(1);
  expect(reports).toEqual([
    ["acknowledged", 7],
    ["timeout", 5],
  ]);
});

test("past the limit the oldest is given up as overflow", () => {
  const { acks, reports } = start(2);
  for (const [index, key] of ["a", "b", "c"].entries()) acks.expect(key, 60, index);
  expect(reports).toEqual([["overflow", 2]]);
  expect(acks.acknowledge("a", 3)).toBe(false);
  expect(acks.acknowledge("b", 3)).toBe(true);
  expect(acks.size).toBe(1);
});

test("what is pending at the close ends with it", () => {
  const { acks, reports } = start();
  acks.expect("late", 1, 0);
  acks.expect("waiting", 60, 0);
  acks.close(10);
  expect(reports).toEqual([
    ["timeout", 1],
    ["closed", 10],
  ]);
  expect(acks.size).toBe(0);
});

test("whatever happens, every expectation ends once and no more than the limit is held", () => {
  const step = fc.record({
    do: fc.constantFrom("expect" as const, "acknowledge" as const, "expire" as const),
    key: fc.nat({ max: 8 }),
    timeout: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (steps, limit) => {
      const { acks, reports } = start(limit);
      let begun = 0;
      for (const [now, { do: action, key, timeout }] of steps.entries()) {
        const before = acks.size + reports.length;
        let added = 0;
        if (action === "expect") {
          acks.expect(String(key), timeout, now);
          added = acks.size + reports.length - before;
          begun += added;
        } else if (action === "acknowledge") acks.acknowledge(String(key), now);
        else acks.expire(now);
        expect(acks.size + reports.length).toBe(before + (action === "expect" ? added : 0));
        expect(acks.size).toBeLessThanOrEqual(limit);
      }
      acks.close(steps.length);
      expect(reports).toHaveLength(begun);
      expect(reports.every(([, seconds]) => seconds >= 0)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
