import { describe, expect, test } from "vitest";
import { compileExpectation } from "../../src/probe/expectation.ts";
import type { Expectation } from "../../src/probe/types.ts";

function matches(expectation: Expectation, data: string | Buffer): boolean {
  return compileExpectation("expect", expectation).matches({ data, size: data.length, at: 0 });
}

describe("text", () => {
  test("is exactly the message, and never a binary one", () => {
    expect(matches({ text: "hello" }, "hello")).toBe(true);
    expect(matches({ text: "hello" }, "hello!")).toBe(false);
    expect(matches({ text: "hello" }, Buffer.from("hello"))).toBe(false);
    expect(matches({ text: "" }, "")).toBe(true);
  });

  test("is contained in the message", () => {
    expect(matches({ contains: "ell" }, "hello")).toBe(true);
    expect(matches({ contains: "hello" }, "hell")).toBe(false);
    expect(matches({ contains: "ell" }, Buffer.from("hello"))).toBe(false);
  });

  test("matches a regular expression anywhere", () => {
    expect(matches({ regex: "l+o" }, "hello")).toBe(true);
    expect(matches({ regex: "^l+o" }, "hello")).toBe(false);
    expect(matches({ regex: "(?i)HELLO" }, "hello")).toBe(true);
    expect(matches({ regex: "l" }, Buffer.from("hello"))).toBe(false);
  });

  test("a regular expression takes linear time", () => {
    const started = performance.now();
    expect(matches({ regex: "^(a+)+$" }, `${"a".repeat(100_000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("a JSON path", () => {
  const message = '{"type":"tick","prices":[{"id":1,"price":null},{"id":2,"price":3.5}],"deep":{"a":[1,{"b":2}]}}';

  test("finds something, be it null", () => {
    expect(matches({ jsonPath: "$.prices[0].price" }, message)).toBe(true);
    expect(matches({ jsonPath: "$.nothing" }, message)).toBe(false);
  });

  test("finds what is equal", () => {
    expect(matches({ jsonPath: "$.type", equals: "tick" }, message)).toBe(true);
    expect(matches({ jsonPath: "$.type", equals: "tock" }, message)).toBe(false);
    expect(matches({ jsonPath: "$.prices[*].id", equals: 2 }, message)).toBe(true);
    expect(matches({ jsonPath: "$.prices[?@.id == 2].price", equals: 3.5 }, message)).toBe(true);
    expect(matches({ jsonPath: "$.deep", equals: { a: [1, { b: 2 }] } }, message)).toBe(true);
    expect(matches({ jsonPath: "$.prices[0].price", equals: null }, message)).toBe(true);
  });

  test("finds nothing in what is no JSON, or is nested without end", () => {
    expect(matches({ jsonPath: "$" }, "hello")).toBe(false);
    expect(matches({ jsonPath: "$" }, Buffer.from("{}"))).toBe(false);
    expect(matches({ jsonPath: "$..x" }, "[".repeat(100_000) + "]".repeat(100_000))).toBe(false);
  });
});

describe("bytes", () => {
  test("begin a binary message", () => {
    expect(matches({ binaryPrefix: "0a FF" }, Buffer.from([0x0a, 0xff, 1]))).toBe(true);
    expect(matches({ binaryPrefix: "0aff" }, Buffer.from([0x0a]))).toBe(false);
    expect(matches({ binaryPrefix: "68" }, "hello")).toBe(false);
  });
});

test("any message counts", () => {
  const matcher = compileExpectation("expect", { count: 3 });
  expect(matcher.count).toBe(3);
  expect(matcher.matches({ data: Buffer.of(1), size: 1, at: 0 })).toBe(true);
});
