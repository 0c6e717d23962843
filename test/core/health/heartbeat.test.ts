import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Heartbeat } from "../../../src/core/health/heartbeat.ts";
import type { HeartbeatRules } from "../../../src/core/health/heartbeat.ts";

const RULES: HeartbeatRules = { interval: 1000, timeout: 400, maxMissed: 3, terminate: true, application: undefined };

let events: [at: number, what: string][];
let leaves: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  leaves = true;
});

afterEach(() => vi.useRealTimers());

function start(rules: Partial<HeartbeatRules> = {}, onBeat: () => void = () => {}): Heartbeat {
  const note = (what: string): void => void events.push([performance.now(), what]);
  const startedAt = performance.now();
  const at = (): number => performance.now() - startedAt;
  return new Heartbeat(
    { ...RULES, ...rules },
    {
      beat(sequence) {
        events.push([at(), `beat ${String(sequence)}`]);
        onBeat();
        return leaves;
      },
      unanswered: (sequence) => void events.push([at(), `unanswered ${String(sequence)}`]),
      lost: () => note("lost"),
    },
  );
}

function times(what: string): number[] {
  return events.filter(([, one]) => one.startsWith(what)).map(([at]) => at);
}

test("beats on its interval, at most a tenth less, the first time anywhere within it", () => {
  const heartbeat = start({}, () => heartbeat.answered());
  vi.advanceTimersByTime(60_000);
  const beats = times("beat");
  expect(beats[0]).toBeLessThanOrEqual(1000);
  expect(beats.length).toBeGreaterThanOrEqual(59);
  for (const [index, at] of beats.slice(1).entries()) {
    expect(at - beats[index]!).toBeGreaterThanOrEqual(899);
    expect(at - beats[index]!).toBeLessThanOrEqual(1000);
  }
  expect(times("unanswered")).toEqual([]);
  heartbeat.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("10,000 connections that open in one tick do not beat in one tick", () => {
  const perMillisecond = new Map<number, number>();
  const heartbeats = Array.from({ length: 10_000 }, () =>
    start({ interval: 10_000 }, () => {
      const now = performance.now();
      perMillisecond.set(now, (perMillisecond.get(now) ?? 0) + 1);
    }),
  );
  vi.advanceTimersByTime(10_000);
  expect(times("beat").length).toBeGreaterThanOrEqual(10_000);
  expect(Math.max(...perMillisecond.values())).toBeLessThan(15);
  for (const heartbeat of heartbeats) heartbeat.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("gives up after so many unanswered in a row, within interval x maxMissed + timeout, and stops", () => {
  for (let round = 0; round < 50; round += 1) {
    events = [];
    const startedAt = performance.now();
    start();
    vi.advanceTimersByTime(20_000);
    expect(events.filter(([, what]) => what !== "lost").map(([, what]) => what)).toEqual([
      "beat 1",
      "unanswered 1",
      "beat 2",
      "unanswered 2",
      "beat 3",
      "unanswered 3",
    ]);
    expect(times("lost")).toHaveLength(1);
    expect(times("lost")[0]! - startedAt).toBeLessThanOrEqual(1000 * 3 + 400);
    expect(vi.getTimerCount()).toBe(0);
  }
});

test.each([399, 900, 950, 990, 999, 999.9])(
  "counts each unanswered heartbeat once with a timeout of %d ms of 1000",
  (timeout) => {
    const heartbeat = start({ timeout, terminate: false });
    vi.advanceTimersByTime(30_000);
    heartbeat.stop();
    const [beats, unanswered] = [times("beat").length, times("unanswered").length];
    expect(beats).toBeGreaterThanOrEqual(29);
    expect(beats - unanswered).toBeLessThanOrEqual(1);
    expect(vi.getTimerCount()).toBe(0);
  },
);

test("an answer makes the count begin anew", () => {
  let count = 0;
  const heartbeat = start({ maxMissed: 2 }, () => {
    count += 1;
    if (count % 2 === 0) setTimeout(() => heartbeat.answered(), 100);
  });
  vi.advanceTimersByTime(30_000);
  expect(times("unanswered").length).toBeGreaterThan(10);
  expect(times("lost")).toEqual([]);
  heartbeat.stop();
});

test("another sign of life makes the count begin anew, but is no answer", () => {
  const heartbeat = start({ maxMissed: 2 }, () => void setTimeout(() => heartbeat.alive(), 10));
  vi.advanceTimersByTime(30_000);
  expect(times("unanswered").length).toBeGreaterThanOrEqual(28);
  expect(times("lost")).toEqual([]);
  heartbeat.stop();
});

test("waits for no answer to what did not leave", () => {
  leaves = false;
  const heartbeat = start();
  vi.advanceTimersByTime(30_000);
  expect(times("beat").length).toBeGreaterThanOrEqual(29);
  expect(times("unanswered")).toEqual([]);
  heartbeat.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("goes on after the loss where nothing is terminated", () => {
  const heartbeat = start({ terminate: false, maxMissed: 1 });
  vi.advanceTimersByTime(10_000);
  expect(times("lost").length).toBeGreaterThanOrEqual(8);
  heartbeat.stop();
  vi.advanceTimersByTime(10_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("can be stopped from within a beat or a miss", () => {
  const first = start({}, () => first.stop());
  vi.advanceTimersByTime(5000);
  expect(times("beat")).toHaveLength(1);
  expect(times("unanswered")).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("keeps no process alive", () => {
  vi.useRealTimers();
  const unref = vi.spyOn(globalThis, "setTimeout");
  const heartbeat = start();
  const [timer] = unref.mock.results.map(({ value }) => value as NodeJS.Timeout);
  expect(timer?.hasRef()).toBe(false);
  heartbeat.stop();
  unref.mockRestore();
});
