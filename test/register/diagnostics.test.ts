import { describe, expect, test } from "vitest";
import { Quiet } from "../../src/register/diagnostics.ts";

function listen(): { quiet: Quiet; lines: string[]; advance: (milliseconds: number) => void } {
  const lines: string[] = [];
  let now = 0;
  const quiet = new Quiet(
    (line) => lines.push(line),
    () => now,
  );
  return { quiet, lines, advance: (milliseconds) => (now += milliseconds) };
}

describe("repetition", () => {
  test("a message is printed once a minute, with the number of those between", () => {
    const { quiet, lines, advance } = listen();
    for (let second = 0; second < 61; second += 1) {
      quiet.report("error", `no answer from port ${second}`, []);
      advance(1000);
    }
    expect(lines).toEqual([
      "OpenTelemetry error: no answer from port 0",
      "OpenTelemetry error: no answer from port 60 (and 59 more since the last one)",
    ]);
  });

  test("different messages do not hide each other", () => {
    const { quiet, lines } = listen();
    for (const message of ["one", "two", "one"]) quiet.report("warning", message, []);
    expect(lines).toEqual(["OpenTelemetry warning: one", "OpenTelemetry warning: two"]);
  });

  test("a flood of different messages is forgotten, oldest first, instead of being kept", () => {
    const { quiet, lines } = listen();
    const letters = (index: number): string => String.fromCodePoint(0x4e00 + index);
    for (let index = 0; index < 101; index += 1) quiet.report("error", letters(index), []);
    quiet.report("error", letters(100), []);
    quiet.report("error", letters(0), []);
    expect(lines).toHaveLength(102);
  });
});

describe("what is printed", () => {
  test.for([
    ["an error", [new TypeError("no\n  at all")], "TypeError: no"],
    ["several errors", [[new Error("one"), new Error("two")]], "one, two"],
    ["an error as the SDK writes it", ['{"stack":"Error: x\\n at y","message":"x\\n at y","name":"Error"}'], "x"],
    ["a status", ['{"message":"Not Found","code":"404","name":"Failure"}'], "Failure: Not Found (404)"],
    ["text in braces", ["{is not JSON"], "{is not JSON"],
    ["an object", ["failed", { reason: "x" }], "failed { reason: 'x' }"],
    [
      "an error without a message",
      [Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })],
      "AggregateError: (ECONNREFUSED). Check OTEL_EXPORTER_OTLP_ENDPOINT, and that something takes OTLP there.",
    ],
  ] as const)("%s", ([_what, [message, ...details], expected]) => {
    const { quiet, lines } = listen();
    quiet.report("error", message, details);
    expect(lines).toEqual([`OpenTelemetry error: ${expected}`]);
  });

  test("a long message is cut", () => {
    const { quiet, lines } = listen();
    quiet.report("error", "x".repeat(10_000), []);
    expect(lines[0]!.length).toBeLessThan(600);
  });
});
