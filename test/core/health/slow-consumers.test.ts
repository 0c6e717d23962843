import { expect, test } from "vitest";
import { SlowConsumers } from "../../../src/core/health/slow-consumers.ts";

test.each<[name: string, checks: [now: number, bytes: number, slow: boolean][], events: string[]]>([
  [
    "stays below",
    [
      [0, 1000, false],
      [10, 1000, false],
      [99, 999, false],
    ],
    [],
  ],
  [
    "is above for too short a time",
    [
      [0, 1001, false],
      [4.9, 5000, false],
      [5, 0, false],
      [6, 2000, false],
    ],
    [],
  ],
  [
    "is above for long enough",
    [
      [0, 1001, false],
      [5, 3000, true],
      [6, 4000, true],
      [7, 1001, true],
    ],
    ["entered 3000"],
  ],
  [
    "recovers and does it again",
    [
      [0, 2000, false],
      [6, 2000, true],
      [7, 10, false],
      [8, 2000, false],
      [14, 2000, true],
      [15, 0, false],
    ],
    ["entered 2000", "left 10", "entered 2000", "left 0"],
  ],
])("a connection that %s", (_name, checks, events) => {
  const seen: string[] = [];
  const consumers = new SlowConsumers<object>(
    { bytes: 1000, duration: 5 },
    (_connection, bytes) => void seen.push(`entered ${String(bytes)}`),
    (_connection, bytes) => void seen.push(`left ${String(bytes)}`),
  );
  const connection = {};
  for (const [now, bytes, slow] of checks) expect(consumers.check(connection, bytes, now)).toBe(slow);
  expect(seen).toEqual(events);
});

test("nothing is kept of connections without a backlog, or that have ended", () => {
  const consumers = new SlowConsumers<object>(
    { bytes: 10, duration: 1 },
    () => {},
    () => {},
  );
  const [one, other] = [{}, {}];
  consumers.check(one, 5, 0);
  expect(consumers.size).toBe(0);
  consumers.check(one, 50, 0);
  consumers.check(other, 50, 0);
  consumers.check(one, 5, 1);
  consumers.forget(other);
  expect(consumers.size).toBe(0);
});
