import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundedSubprotocol, errorType } from "../../src/core/bounded.ts";
import { closeClass, closeErrorType, isRegisteredCloseCode } from "../../src/core/close.ts";
import {
  BINARY,
  RECEIVED,
  SENT,
  SIZE_BOUNDARIES,
  TEXT,
  countMessage,
  createCells,
  messages,
  payloadBytes,
  sizeBucket,
  sizeCounts,
  uncountMessage,
} from "../../src/core/traffic.ts";

describe("close codes", () => {
  test.each([
    [1000, "normal", undefined],
    [1001, "going_away", undefined],
    [1002, "protocol_error", "1002"],
    [1003, "protocol_error", "1003"],
    [1005, "no_status", undefined],
    [1006, "abnormal", undefined],
    [1007, "protocol_error", "1007"],
    [1008, "policy_violation", "1008"],
    [1009, "protocol_error", "1009"],
    [1010, "protocol_error", "1010"],
    [1011, "server_error", "1011"],
    [1012, "restart", undefined],
    [1013, "restart", undefined],
    [1014, "bad_gateway", "1014"],
    [1015, "tls_error", "1015"],
    [3000, "library", undefined],
    [3999, "library", undefined],
    [4000, "application", undefined],
    [4999, "application", undefined],
    [1004, "invalid", undefined],
    [0, "invalid", undefined],
    [5000, "invalid", undefined],
  ])("%i is of class %s", (code, name, error) => {
    expect(closeClass(code)).toBe(name);
    expect(closeErrorType(code)).toBe(error);
  });

  test("that a peer may choose freely are not registered", () => {
    for (const code of [3001, 3999, 4000, 4999, 1004, 2000]) expect(isRegisteredCloseCode(code)).toBe(false);
    for (const code of [1000, 1006, 1013, 3000, 3003, 3008]) expect(isRegisteredCloseCode(code)).toBe(true);
  });
});

describe("message sizes", () => {
  test("fall into the bucket that their boundaries say", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(), fc.nat({ max: 300 }), fc.constantFrom(...SIZE_BOUNDARIES)),
        fc.constantFrom(-1, 0, 1),
        (size, near) => {
          const length = Math.max(0, size + near);
          const expected = SIZE_BOUNDARIES.findIndex((bound) => length <= bound);
          expect(sizeBucket(length)).toBe(expected === -1 ? SIZE_BOUNDARIES.length : expected);
        },
      ),
      { numRuns: 2000 },
    );
    expect(sizeBucket(2 ** 40)).toBe(SIZE_BOUNDARIES.length);
  });

  test("are counted by direction and type, and can be taken back", () => {
    const cells = createCells();
    countMessage(cells, RECEIVED, TEXT, 10);
    countMessage(cells, RECEIVED, BINARY, 1000);
    countMessage(cells, SENT, BINARY, 20);
    uncountMessage(cells, RECEIVED, TEXT, 10);
    expect([messages(cells, RECEIVED, TEXT), messages(cells, RECEIVED, BINARY), messages(cells, SENT, BINARY)]).toEqual(
      [0, 1, 1],
    );
    expect([
      payloadBytes(cells, RECEIVED, BINARY),
      payloadBytes(cells, SENT, BINARY),
      payloadBytes(cells, SENT, TEXT),
    ]).toEqual([1000, 20, 0]);
    expect(sizeCounts(cells, RECEIVED).reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(sizeCounts(cells, SENT)[1]).toBe(1);
  });
});

describe("bounded values", () => {
  test("error.type is a code or a class, never a message, and there are at most 100", () => {
    expect(errorType(Object.assign(new Error("connect ECONNREFUSED 10.0.0.1"), { code: "ECONNREFUSED" }))).toBe(
      "ECONNREFUSED",
    );
    expect(errorType(new RangeError("x"))).toBe("RangeError");
    expect(errorType(Object.assign(new Error("x"), { code: "not a code" }))).toBe("Error");
    expect(errorType("text")).toBe("_OTHER");
    expect(errorType(undefined)).toBe("_OTHER");
    const many = new Set(Array.from({ length: 500 }, (_, index) => errorType({ code: `ECODE_${String(index)}` })));
    expect(many.size).toBeLessThanOrEqual(101);
    expect(many.has("_OTHER")).toBe(true);
  });

  test("a subprotocol is kept where it is registered or allowed", () => {
    const allowed = new Set(["chat.v1"]);
    expect(boundedSubprotocol("", allowed)).toBeUndefined();
    expect(boundedSubprotocol("mqtt", allowed)).toBe("mqtt");
    expect(boundedSubprotocol("chat.v1", allowed)).toBe("chat.v1");
    expect(boundedSubprotocol("chat.v2", allowed)).toBe("_OTHER");
  });
});
