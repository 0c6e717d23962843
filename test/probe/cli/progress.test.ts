import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Progress } from "../../../src/probe/cli/progress.ts";
import { openTerminal } from "../../../src/probe/cli/terminal.ts";
import type { Terminal } from "../../../src/probe/cli/terminal.ts";
import type { StabilityFacts } from "../../../src/probe/types.ts";

/** What was written to stdout (`o`) and stderr (`e`), in order. */
let written: [stream: "o" | "e", text: string][];

function terminal(isTTY: boolean): Terminal {
  const stream = (name: "o" | "e"): unknown => ({
    isTTY,
    columns: 60,
    write: (text: string) => written.push([name, text]),
    // Asked by Node.js whether it takes colours.
    getColorDepth: () => 1,
    hasColors: () => false,
    on: () => {},
    once: () => {},
    emit: () => {},
    _writableState: {},
    writable: true,
  });
  return openTerminal({ stdout: stream("o"), stderr: stream("e"), env: {} } as NodeJS.Process);
}

function facts(duration: number): StabilityFacts {
  const roundTrip = { min: 0.001, mean: 0.002, p50: 0.002, p90: 0.003, p99: 0.004, max: 0.005, jitter: 0 };
  const counts = { drops: 1, reconnects: 1, pings: 9, missedPongs: 0, messagesSent: 0, messagesReceived: 0 };
  return { duration, connected: duration, ...counts, roundTrip };
}

beforeEach(() => {
  written = [];
  vi.useFakeTimers();
  vi.stubEnv("NO_COLOR", "1");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("on a terminal", () => {
  test("a line is replaced, and gives way to what is printed", () => {
    const shown = terminal(true);
    shown.status("one");
    shown.status("two");
    shown.print("result");
    shown.status("");
    expect(written).toEqual([
      ["e", "\r\u001B[Kone"],
      ["e", "\r\u001B[Ktwo"],
      ["e", "\r\u001B[K"],
      ["o", "result\n"],
    ]);
  });

  test("the line fits, so that it can be replaced", () => {
    terminal(true).status("x".repeat(100));
    expect(written[0]?.[1]).toHaveLength("\r\u001B[K".length + 59);
  });

  test("runs that take long are waited for visibly", () => {
    const progress = new Progress(terminal(true), 3);
    vi.advanceTimersByTime(400);
    expect(written).toEqual([]);
    progress.ended("a");
    vi.advanceTimersByTime(200);
    expect(written).toEqual([["e", "\r\u001B[KChecking: 1 of 3 checks done, 0.6 s"]]);
    progress.held("b", facts(65), 600);
    vi.advanceTimersByTime(200);
    expect(written.at(-1)?.[1]).toBe("\r\u001B[Kb: 1m 05s of 10m 00s, round trip 2.0 ms (max 5.0 ms), 1 dr…");
    progress.stop();
    const { length } = written;
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(length);
    expect(written.at(-1)?.[1]).toBe("\r\u001B[K");
  });
});

describe("on a pipe", () => {
  test("held connections have a line every ten seconds on stderr", () => {
    const progress = new Progress(terminal(false), 1);
    for (let second = 1; second <= 25; second += 1) {
      vi.advanceTimersByTime(1000);
      progress.held("chat", facts(second), 600);
    }
    progress.stop();
    expect(written).toEqual([
      ["e", "chat: 10s of 10m 00s, round trip 2.0 ms (max 5.0 ms), 1 drop, 0 missed pongs\n"],
      ["e", "chat: 20s of 10m 00s, round trip 2.0 ms (max 5.0 ms), 1 drop, 0 missed pongs\n"],
    ]);
  });

  test("the width is 80 columns", () => {
    expect(terminal(false).look.width).toBe(80);
    expect(terminal(true).look.width).toBe(60);
  });
});
