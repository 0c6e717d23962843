import { describe, expect, test } from "vitest";
import { compileExpectation } from "../../src/probe/expectation.ts";
import type { ReceivedMessage } from "../../src/probe/expectation.ts";
import { Inbox } from "../../src/probe/inbox.ts";

const message = (data: string): ReceivedMessage => ({ data, size: data.length, at: 0 });
const text = (data: string) => compileExpectation("expect", { text: data });
const count = (number: number) => compileExpectation("expect", { count: number });
const never = new AbortController().signal;

function inboxWith(...texts: string[]): Inbox {
  const inbox = new Inbox();
  for (const data of texts) inbox.push(message(data));
  return inbox;
}

describe("messages that came before they were asked for", () => {
  test("are taken in order, and those before the match are consumed", async () => {
    const inbox = inboxWith("a", "b", "c", "b");
    expect((await inbox.take(text("b"), never)).data).toBe("b");
    expect(inbox.passed).toBe(1);
    expect(inbox.size).toBe(2);
    expect((await inbox.take(text("b"), never)).data).toBe("b");
    expect(inbox.lastPassed?.data).toBe("c");
    expect(inbox.size).toBe(0);
  });

  test("are taken also where the signal has aborted", async () => {
    const signal = AbortSignal.abort(new Error("closed"));
    expect((await inboxWith("a").take(text("a"), signal)).data).toBe("a");
    await expect(inboxWith("b").take(text("a"), signal)).rejects.toThrow("closed");
  });
});

describe("messages that come later", () => {
  test("are waited for", async () => {
    const inbox = inboxWith("a");
    const taken = inbox.take(text("c"), never);
    inbox.push(message("b"));
    inbox.push(message("c"));
    inbox.push(message("d"));
    expect((await taken).data).toBe("c");
    expect(inbox.passed).toBe(2);
    expect(inbox.size).toBe(1);
  });

  test("are counted", async () => {
    const inbox = inboxWith("a");
    const taken = inbox.take(count(3), never);
    inbox.push(message("b"));
    inbox.push(message("c"));
    expect((await taken).data).toBe("c");
    expect(inbox.size).toBe(0);
  });

  test("are kept again when the wait was given up", async () => {
    const inbox = new Inbox();
    const controller = new AbortController();
    const taken = inbox.take(text("a"), controller.signal);
    controller.abort(new Error("late"));
    await expect(taken).rejects.toThrow("late");
    inbox.push(message("a"));
    expect(inbox.size).toBe(1);
  });
});

describe("an inbox is bounded", () => {
  test("in messages, the oldest of which are dropped", async () => {
    const inbox = inboxWith(...Array.from({ length: 100_000 }, (_, index) => String(index)));
    expect(inbox.size).toBe(1000);
    expect((await inbox.take(count(1), never)).data).toBe("99000");
  });

  test("in bytes", () => {
    const large = "x".repeat(1024 * 1024);
    const inbox = inboxWith(...Array.from({ length: 20 }, () => large));
    expect(inbox.size).toBe(4);
    expect(inbox.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  test("and keeps one message that is larger than that", () => {
    const inbox = inboxWith("a", "x".repeat(5 * 1024 * 1024));
    expect(inbox.size).toBe(1);
  });

  test("and keeps nothing when it is closed", () => {
    const inbox = inboxWith("a");
    inbox.close();
    inbox.push(message("b"));
    expect([inbox.size, inbox.bytes]).toEqual([0, 0]);
  });
});
