import { describe, expect, test } from "vitest";
import type { StabilityFacts } from "../../../src/probe/types.ts";
import { drops } from "../servers/ends.ts";
import { pongLate, pongsMissing } from "../servers/messages.ts";
import { peerServer } from "../servers/peer.ts";
import { OPCODE } from "../servers/wire.ts";
import type { Server } from "../servers/wire.ts";
import { check, durations, leftOpen, openHandles } from "./check.ts";

/** Runs `visit` with a server that ends with it; these tests run at the same time. */
async function on<T>(start: () => Promise<Server>, visit: (url: string) => Promise<T>): Promise<T> {
  const server = await start();
  try {
    return await visit(server.url);
  } finally {
    await server.close();
  }
}

describe.concurrent("a connection that is held", () => {
  test("is up where nothing happens, and closed in the end", async () => {
    const hold = { duration: 1000, pingInterval: 100 };
    const findings = await on(
      async () => peerServer({}),
      (url) => check({ url, hold, proxy: false }),
    );
    expect(findings).toMatchObject({ result: "up", warnings: [], close: { code: 1000, clean: true } });
    const { stability } = findings;
    expect(stability).toMatchObject({ drops: 0, reconnects: 0, missedPongs: 0, messagesSent: 0, messagesReceived: 0 });
    expect(stability!.duration).toBeGreaterThanOrEqual(0.999);
    expect(stability!.connected).toBeCloseTo(stability!.duration, 1);
    expect(stability!.pings).toBeGreaterThan(5);
    expect(stability!.pings).toBeLessThanOrEqual(1 + stability!.duration * 10);
  });

  test("is degraded where it is lost twice and comes back", async () => {
    const hold = { duration: 4500, pingInterval: 100 };
    const findings = await on(drops(2), (url) => check({ url, hold, proxy: false }));
    expect(findings).toMatchObject({ result: "degraded", error: { type: "reconnected", phase: "message" } });
    expect(findings.error!.message).toMatch(/was lost 2 times and came back.* without a close frame/);
    const { drops: lost, reconnects, connected, duration } = findings.stability!;
    expect({ lost, reconnects }).toEqual({ lost: 2, reconnects: 2 });
    // Half a second and a second are the least that is waited before coming back.
    expect(duration - connected).toBeGreaterThan(1.4);
    expect(connected).toBeGreaterThan(0);
    expect(durations(findings, "upgrade")).toHaveLength(3);
  });

  test("is down where it is lost and does not come back", async () => {
    let count = 0;
    const once = async (): Promise<Server> =>
      peerServer({
        open({ socket, send }) {
          count += 1;
          if (count > 1) socket.destroy();
          else send(OPCODE.text, "welcome");
        },
        message: ({ close }) => close(1011, "bye"),
      });
    const hold = { duration: 2000, pingInterval: 200, send: "tick" };
    const findings = await on(once, (url) => check({ url, hold, proxy: false }));
    expect(findings.result).toBe("down");
    expect(findings.error!.message).toContain("the connection was lost and did not come back");
    expect(findings.stability).toMatchObject({ drops: 1, reconnects: 0 });
    expect(count).toBeGreaterThan(1);
  });

  test("is degraded where pings are not answered for a while", async () => {
    const hold = { duration: 2500, pingInterval: 200 };
    const findings = await on(pongsMissing(3, 5), (url) => check({ url, hold, proxy: false }));
    expect(findings).toMatchObject({ result: "degraded", error: { type: "missed_pongs", phase: "message" } });
    expect(findings.stability).toMatchObject({ missedPongs: 3, drops: 0 });
    expect(findings.error!.message).toMatch(/^3 of \d+ pings were not answered in time$/);
  });

  test("is down where pings are not answered any more", async () => {
    const hold = { duration: 2000, pingInterval: 200 };
    const never = pongsMissing(3, Number.POSITIVE_INFINITY);
    const findings = await on(never, (url) => check({ url, hold, proxy: false }));
    expect(findings).toMatchObject({ result: "down", error: { type: "pong_timeout", phase: "message" } });
    expect(findings.stability!.missedPongs).toBeGreaterThanOrEqual(3);
  });

  test("has the round trips of a known delay", async () => {
    const hold = { duration: 1500, pingInterval: 100 };
    const findings = await on(pongLate(20), (url) => check({ url, hold, proxy: false }));
    const { min, mean, p50, p90, p99, max, jitter } = findings.stability!.roundTrip!;
    expect(min).toBeGreaterThanOrEqual(0.019);
    expect(min).toBeLessThan(0.026);
    const ascending = [min, p50, p90, p99, max];
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    expect(mean).toBeGreaterThanOrEqual(min);
    expect(mean).toBeLessThanOrEqual(max);
    expect(jitter).toBeGreaterThan(0);
    expect(jitter).toBeLessThanOrEqual(max - min);
  });

  test("has no shorter round trips where pongs come after the next pings", async () => {
    const hold = { duration: 1200, pingInterval: 100 };
    const findings = await on(pongLate(250), (url) => check({ url, hold, proxy: false }));
    expect(findings).toMatchObject({ result: "up", stability: { missedPongs: 0 } });
    expect(findings.stability!.roundTrip!.min).toBeGreaterThanOrEqual(0.249);
  });

  test("is degraded where round trips are slow", async () => {
    const target = { hold: { duration: 1000, pingInterval: 200 }, steps: [], maxRoundTrip: 10, proxy: false } as const;
    const findings = await on(pongLate(40), (url) => check({ url, ...target }));
    expect(findings).toMatchObject({ result: "degraded", error: { type: "slow_round_trip" } });
  });

  test("counts messages: those that it sends with its pings, and those that come", async () => {
    const received: string[] = [];
    const twice = async (): Promise<Server> =>
      peerServer({
        message({ send }, payload) {
          received.push(payload.toString());
          send(OPCODE.text, "one");
          send(OPCODE.binary, "two");
        },
      });
    const hold = { duration: 1050, pingInterval: 100, send: "tick" };
    const { stability, result } = await on(twice, (url) => check({ url, hold, proxy: false }));
    expect(result).toBe("up");
    expect(new Set(received)).toEqual(new Set(["tick"]));
    expect(stability!.messagesSent).toBe(stability!.pings);
    // The answers to the last one may be under way.
    expect(stability!.messagesReceived).toBeLessThanOrEqual(2 * received.length);
    expect(stability!.messagesReceived).toBeGreaterThanOrEqual(2 * (received.length - 1));
  });

  test("goes on where more messages come than anybody reads", async () => {
    const hold = { duration: 1000, pingInterval: 100 };
    const chat = async (): Promise<Server> =>
      peerServer({
        ping({ send }, payload) {
          for (let index = 0; index < 500; index += 1) send(OPCODE.text, "chatter");
          send(OPCODE.pong, payload);
        },
      });
    const { result, stability } = await on(chat, (url) => check({ url, hold, proxy: false }));
    expect(result).toBe("up");
    expect(stability!.messagesReceived).toBeGreaterThan(1000);
  });

  test("tells how it goes about once a second", async () => {
    const told: StabilityFacts[] = [];
    const progress = (facts: StabilityFacts): void => void told.push(facts);
    const target = { hold: { duration: 2200, pingInterval: 100 }, proxy: false } as const;
    await on(
      async () => peerServer({}),
      (url) => check({ url, ...target }, { progress }),
    );
    expect(told).toHaveLength(2);
    expect(told[0]!.duration).toBeGreaterThanOrEqual(0.99);
    expect(told[1]!.pings).toBeGreaterThan(told[0]!.pings);
  });
});

describe("a run that is stopped in the middle of a hold", () => {
  test("ends at once with what was measured, and leaves nothing behind", async () => {
    const before = openHandles();
    const server = await peerServer({});
    const stop = new AbortController();
    let stopped = 0;
    const progress = (): void => {
      stopped = performance.now();
      stop.abort();
    };
    const hold = { duration: 60_000, pingInterval: 100 };
    const findings = await check({ url: server.url, hold, proxy: false }, { signal: stop.signal, progress });
    expect(performance.now() - stopped).toBeLessThan(500);
    expect(findings).toMatchObject({ result: "down", error: { type: "aborted" } });
    expect(findings.stability!.pings).toBeGreaterThan(5);
    await server.close();
    expect(await leftOpen(before)).toEqual([]);
  });
});
