import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StoreCalls } from "../../../src/core/health/store-calls.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** Lets promises that have settled be heard. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

describe("StoreCalls", () => {
  test("hands on what a store says at once", () => {
    const answers: number[] = [];
    new StoreCalls().ask(
      "ann",
      () => 1,
      (answer) => answers.push(answer),
    );
    expect(answers).toEqual([1]);
  });

  test("makes the calls for one client one after the other, and those for others meanwhile", async () => {
    const calls = new StoreCalls();
    const made: string[] = [];
    const { promise, resolve } = deferred<void>();
    calls.ask("ann", () => (made.push("ann 1"), promise));
    calls.ask("ann", () => void made.push("ann 2"));
    calls.ask("bob", () => void made.push("bob 1"));
    await settle();
    expect(made).toEqual(["ann 1", "bob 1"]);
    resolve();
    await settle();
    expect(made).toEqual(["ann 1", "bob 1", "ann 2"]);
    expect(calls.pending).toBe(0);
  });

  test.each([
    ["throws", () => expect.unreachable()],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["throws something odd", () => Promise.reject(undefined as never)],
  ])("goes on after a call that %s", async (_, fail) => {
    const calls = new StoreCalls();
    const answers: number[] = [];
    calls.ask("ann", fail);
    calls.ask(
      "ann",
      () => Promise.resolve(2),
      (answer) => answers.push(answer),
    );
    await settle();
    expect(answers).toEqual([2]);
    expect(calls.pending).toBe(0);
  });

  test("calls a store that never answers no more than its limit, and then once in a while", async () => {
    const calls = new StoreCalls(100, 10_000);
    let made = 0;
    const hang = (): Promise<void> => {
      made += 1;
      return new Promise(() => {});
    };
    for (let client = 0; client < 10_000; client += 1) calls.ask(String(client), hang);
    expect(made).toBe(100);
    for (let second = 0; second < 100; second += 1) {
      vi.advanceTimersByTime(1000);
      for (let client = 0; client < 100; client += 1) calls.ask(String(client), hang);
    }
    expect(made).toBe(110);
    expect(calls.pending).toBe(110);
  });

  test("notices a store that hangs by the time, long before the limit", () => {
    const calls = new StoreCalls(1_000_000, 10_000);
    let made = 0;
    for (let second = 0; second < 100; second += 1) {
      calls.ask("ann", () => new Promise(() => {}));
      calls.ask(String(second), () => {
        made += 1;
        return new Promise(() => {});
      });
      vi.advanceTimersByTime(1000);
    }
    expect(made).toBeLessThan(20);
  });

  test.each(["the same client", "another client"])("recovers by itself when the store answers for %s", async (who) => {
    const calls = new StoreCalls(10, 10_000);
    for (let client = 0; client < 20; client += 1) calls.ask(String(client), () => new Promise(() => {}));
    vi.advanceTimersByTime(10_000);
    const answers: number[] = [];
    const client = who === "the same client" ? "3" : "ann";
    const ask = (answer: number): void =>
      calls.ask(
        client,
        () => Promise.resolve(answer),
        (given) => answers.push(given),
      );
    ask(1);
    ask(2);
    await settle();
    expect(answers).toEqual([1]);
    expect(calls.pending).toBe(0);
    for (let answer = 3; answer < 9; answer += 1) ask(answer);
    await vi.waitFor(() => expect(answers).toHaveLength(7));
  });

  test("takes an answer that comes late, and counts on the store again", async () => {
    const calls = new StoreCalls(2, 10_000);
    const { promise, resolve } = deferred<string>();
    const answers: string[] = [];
    calls.ask(
      "ann",
      () => promise,
      (answer) => answers.push(answer),
    );
    calls.ask("bob", () => new Promise(() => {}));
    calls.ask("eve", () => expect.unreachable());
    resolve("late");
    await settle();
    calls.ask(
      "eve",
      () => "now",
      (answer) => answers.push(answer),
    );
    expect(answers).toEqual(["late", "now"]);
  });
});
