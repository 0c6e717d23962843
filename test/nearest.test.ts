import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, nearest } from "../src/nearest.ts";

describe("the edit distance", () => {
  test.each([
    ["", "", 0],
    ["demo", "demo", 0],
    ["", "demo", 4],
    ["dem", "demo", 1],
    ["demoo", "demo", 1],
    ["deno", "demo", 1],
    ["dmeo", "demo", 1],
    ["kitten", "sitting", 3],
  ])("from %j to %j is %i", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  test("is the same both ways and at most the longer word", () => {
    assert(
      property(string({ maxLength: 12 }), string({ maxLength: 12 }), (from, to) => {
        expect(editDistance(from, to)).toBe(editDistance(to, from));
        expect(editDistance(from, to)).toBeLessThanOrEqual(Math.max(from.length, to.length));
      }),
    );
  });
});

test("a slip is answered with the word meant, anything else with nothing", () => {
  expect(nearest("--client", ["--clients", "--duration"])).toBe("; did you mean --clients?");
  expect(nearest("hlep", ["demo", "help"])).toBe("; did you mean help?");
  expect(nearest("kubernetes", ["demo", "help"])).toBe("");
});
