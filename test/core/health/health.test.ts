import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Health } from "../../../src/core/health/health.ts";
import type { HeartbeatActions } from "../../../src/core/health/health.ts";
import type { HeartbeatRules } from "../../../src/core/health/heartbeat.ts";
import type { Signals } from "../../../src/core/signals.ts";

const RULES: HeartbeatRules = { interval: 1000, timeout: 400, maxMissed: 2, terminate: true, application: undefined };
const APPLICATION = { create: () => "beat", match: () => false, consume: false };

let counted: string[];
let times: [type: unknown, seconds: number][];
let sent: (Uint8Array | string)[];
let open: boolean;
let terminated: number;

beforeEach(() => {
  vi.useFakeTimers();
  counted = [];
  times = [];
  sent = [];
  open = true;
  terminated = 0;
});

afterEach(() => vi.useRealTimers());

function health(): Health {
  const signals = {
    count: (_role, _name, point) =>
      void counted.push(`${String(point["websocket.heartbeat.type"])} ${String(point["websocket.heartbeat.outcome"])}`),
    duration: (_role, _name, seconds, point) => void times.push([point["websocket.heartbeat.type"], seconds]),
    event: () => {},
  } satisfies Partial<Signals>;
  return new Health({ signals: signals as unknown as Signals, role: "server", attributes: {}, trace: undefined });
}

/** A connection whose pings are seen to leave, as the adapter sees them. */
function actions(of: Health, changes: Partial<HeartbeatActions> = {}): HeartbeatActions {
  return {
    open: () => open,
    ping(payload) {
      sent.push(payload);
      of.pingSent(payload);
    },
    send: (message) => void sent.push(message),
    terminate: () => {
      terminated += 1;
    },
    ...changes,
  };
}

describe("heartbeats of ours", () => {
  test("have payloads that differ, and are measured by them", () => {
    const one = health();
    one.start(RULES, actions(one));
    for (let beat = 1; beat <= 5; beat += 1) {
      while (sent.length < beat) vi.advanceTimersByTime(1);
      vi.advanceTimersByTime(80);
      one.pongReceived(sent.at(-1)!);
    }
    expect(new Set(sent.map(String)).size).toBe(5);
    expect(counted).toEqual(Array(5).fill("protocol acknowledged"));
    expect(times).toHaveLength(5);
    for (const [, seconds] of times) expect(seconds).toBeCloseTo(0.08, 2);
    one.end(performance.now() / 1000, 30);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([undefined, APPLICATION])("are not sent, missed or fatal while a connection closes (%j)", (application) => {
    const one = health();
    one.start({ ...RULES, application }, actions(one));
    open = false;
    vi.advanceTimersByTime(30_000);
    expect([sent, counted, terminated]).toEqual([[], [], 0]);
    one.end(40, 30);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("are not missed where the adapter cannot see them leave", () => {
    const one = health();
    one.start(RULES, actions(one, { ping: () => {} }));
    vi.advanceTimersByTime(30_000);
    expect([counted, terminated]).toEqual([[], 0]);
  });

  test.each([
    ["ping", undefined],
    ["send", APPLICATION],
  ])("are not missed where %s() throws", (method, application) => {
    const one = health();
    one.start(
      { ...RULES, application },
      actions(one, {
        [method]: () => {
          throw new Error("broken");
        },
      }),
    );
    vi.advanceTimersByTime(30_000);
    expect([counted, terminated]).toEqual([[], 0]);
  });

  test("are still missed where the application's own pings are answered, which show that the peer lives", () => {
    const one = health();
    one.start(RULES, actions(one));
    for (let round = 0; round < 200; round += 1) {
      const payload = `app ${String(round)}`;
      one.pingSent(payload);
      // Ours, when one is under way, is older than this and would be answered with it.
      const ours = sent.length;
      vi.advanceTimersByTime(100);
      if (sent.length === ours) one.pongReceived(payload);
    }
    expect(terminated).toBe(0);
    one.end(100, 30);
  });

  test("end the connection in time where only they go unanswered", () => {
    const one = health();
    const startedAt = performance.now();
    one.start(RULES, actions(one, { terminate: () => (terminated ||= performance.now() - startedAt) }));
    vi.advanceTimersByTime(60_000);
    expect(terminated).toBeGreaterThan(0);
    expect(terminated).toBeLessThanOrEqual(1000 * 2 + 400);
    expect(counted).toEqual(["protocol missed", "protocol missed"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("heartbeats of the application's own", () => {
  test("a pong is no answer to them, and its ping is given up by the sweep", () => {
    const one = health();
    one.start({ ...RULES, terminate: false, application: APPLICATION }, actions(one));
    one.pingSent("a");
    one.pingSent("b");
    one.pongReceived("a");
    while (sent.length === 0) vi.advanceTimersByTime(1);
    one.pongReceived("nobody asked");
    vi.advanceTimersByTime(400);
    expect(counted).toEqual(["protocol acknowledged", "application missed"]);
    one.sweep(performance.now() / 1000 + 31, 30);
    expect(counted.at(-1)).toBe("protocol missed");
    one.end(1000, 30);
  });

  test("an acknowledgement that nobody waits for tells nothing", () => {
    const one = health();
    one.beatAcknowledged(true);
    one.beatAcknowledged(7);
    expect(counted).toEqual([]);
    expect(one.totals).toBeUndefined();
  });

  test("late acknowledgements give no time to the next heartbeat, until all are in", () => {
    const one = health();
    one.start({ ...RULES, maxMissed: 1000, application: APPLICATION }, actions(one));
    const untilBeat = (count: number): void => {
      while (sent.length < count) vi.advanceTimersByTime(1);
    };
    untilBeat(3);
    // The first two come late, then the third.
    for (let count = 0; count < 3; count += 1) one.beatAcknowledged(true);
    expect(counted).toEqual(["application missed", "application missed", "application acknowledged"]);
    expect(times).toEqual([]);
    untilBeat(4);
    vi.advanceTimersByTime(50);
    one.beatAcknowledged(true);
    expect(times).toEqual([["application", expect.closeTo(0.05, 2)]]);
    one.end(1000, 30);
  });
});

test("pings that are past their time at the close are missed, those that may still be answered are not", () => {
  const one = health();
  one.pingSent("a");
  vi.advanceTimersByTime(40_000);
  one.pingSent("b");
  one.end(performance.now() / 1000, 30);
  expect(counted).toEqual(["protocol missed"]);
});
