import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryReconnectionStore } from "../../../src/index.ts";
import { Model, steps } from "../../support/reconnection-model.ts";

const RULES = { threshold: 3, window: 10_000 };
const START = 1_790_000_000_000;

describe("MemoryReconnectionStore", () => {
  test("knows when and how a client's last connection ended", () => {
    const store = new MemoryReconnectionStore();
    expect(store.connected("ann", START, RULES)).toBeUndefined();
    store.disconnected("ann", "abnormal", START + 1000);
    expect(store.connected("ann", START + 3500, RULES)).toEqual({
      delay: 2.5,
      previousCloseClass: "abnormal",
      recent: 1,
    });
  });

  test("does not take a second connection of a client for a reconnection", () => {
    const store = new MemoryReconnectionStore();
    store.connected("ann", START, RULES);
    expect(store.connected("ann", START + 1, RULES)).toBeUndefined();
    store.disconnected("ann", "normal", START + 2);
    expect(store.connected("ann", START + 3, RULES)).toBeUndefined();
    store.disconnected("ann", "normal", START + 4);
    store.disconnected("ann", "going_away", START + 5);
    expect(store.connected("ann", START + 1005, RULES)).toMatchObject({ delay: 1, previousCloseClass: "going_away" });
  });

  test("says nothing about a client whose connection went on unobserved", () => {
    const store = new MemoryReconnectionStore();
    store.connected("ann", START, RULES);
    store.disconnected("ann", undefined, START + 1);
    expect(store.connected("ann", START + 2, RULES)).toBeUndefined();
  });

  test("forgets those first that were not seen for longest, connected or not", () => {
    const store = new MemoryReconnectionStore({ maxClients: 3 });
    store.connected("open", START, RULES);
    for (const [index, client] of ["a", "b", "c"].entries()) store.disconnected(client, "normal", START + 1 + index);
    expect(store.size).toBe(3);
    store.disconnected("open", "normal", START + 10);
    expect(store.size).toBe(3);
    expect(store.connected("a", START + 11, RULES)).toBeUndefined();
    expect(store.connected("open", START + 12, RULES)).toMatchObject({ delay: 0.002 });
    expect(store.connected("c", START + 13, RULES)).toMatchObject({ delay: 0.01 });
    expect(store.size).toBe(3);
  });

  test("holds one client where it may hold one, open or away", () => {
    const store = new MemoryReconnectionStore({ maxClients: 1 });
    store.connected("a", START, RULES);
    store.connected("b", START + 1, RULES);
    store.disconnected("b", "normal", START + 2);
    store.disconnected("a", "normal", START + 3);
    expect(store.size).toBe(1);
    expect(store.connected("a", START + 4, RULES)).toMatchObject({ delay: 0.001 });
  });

  test("forgets a client when its time is up, and not before", () => {
    const store = new MemoryReconnectionStore({ ttl: 1000 });
    store.disconnected("late", "normal", START);
    store.disconnected("timely", "normal", START + 1);
    expect(store.connected("timely", START + 1001, RULES)).toMatchObject({ delay: 1 });
    expect(store.size).toBe(1);
    expect(store.connected("late", START + 1001, RULES)).toBeUndefined();
  });

  test("counts frequent reconnectors in a window that slides, and lets go of them with it", () => {
    const store = new MemoryReconnectionStore();
    const reconnect = (at: number): number | undefined => {
      store.disconnected("ann", "abnormal", at);
      return store.connected("ann", at, RULES)?.recent;
    };
    // The window would have to begin at 8000 for all three to be in it.
    expect([0, 8000, 9000, 17_000].map((at) => reconnect(START + at))).toEqual([1, 2, 3, 3]);
    expect(store.frequent(START + 17_999)).toBe(1);
    expect(store.frequent(START + 18_000)).toBe(0);
  });

  test("makes every client that comes back a frequent reconnector with a threshold of one", () => {
    const store = new MemoryReconnectionStore();
    store.disconnected("ann", "normal", START);
    expect(store.connected("ann", START, { threshold: 1, window: 10 })).toMatchObject({ recent: 1 });
    expect([store.frequent(START + 9), store.frequent(START + 10)]).toEqual([1, 0]);
  });

  test("gives what the whole history says, for any order of events", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const store = new MemoryReconnectionStore({ ttl: 8000 });
        const model = new Model(RULES, 8000);
        const answers: [given: unknown, expected: unknown][] = [];
        let now = START;
        for (const step of all) {
          now += step.after;
          if (step.kind === "connect") {
            answers.push([store.connected(step.client, now, RULES), model.connected(step.client, now)]);
          } else if (model.open(step.client) > 0) {
            store.disconnected(step.client, step.closeClass, now);
            model.disconnected(step.client, step.closeClass, now);
          }
          answers.push([store.frequent(now), model.frequent(now)]);
        }
        expect(answers.map(([given]) => given)).toEqual(answers.map(([, expected]) => expected));
      }),
      { numRuns: 2000 },
    );
  });

  test("never holds more than its limit, whatever comes", () => {
    const event = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(event, { maxLength: 200 }), (maxClients, events) => {
        const store = new MemoryReconnectionStore({ maxClients, ttl: 2000 });
        let now = START;
        for (const [connect, client, after] of events) {
          now += after;
          if (connect) store.connected(String(client), now, { threshold: 2, window: 3000 });
          else store.disconnected(String(client), "normal", now);
          expect(store.size).toBeLessThanOrEqual(maxClients);
          expect(store.frequent(now)).toBeLessThanOrEqual(store.size);
        }
      }),
    );
  });

  test.each([
    [{ maxClients: 0 }, /"MemoryReconnectionStore.maxClients": expected a whole number from 1 to 10000000, got .*0.*;/],
    [{ maxClients: 1.5 }, /maxClients/],
    [{ ttl: -1 }, /"MemoryReconnectionStore.ttl": expected a number of milliseconds greater than 0/],
    [{ ttl: "600" }, /ttl/],
    [{ max: 5 }, /"MemoryReconnectionStore.max": expected no such option.*known ones are maxClients, ttl/],
    [null, /expected an object/],
  ])("refuses %j and says how to mend it", (options, message) => {
    expect(() => new MemoryReconnectionStore(options as never)).toThrow(TypeError);
    expect(() => new MemoryReconnectionStore(options as never)).toThrow(message);
  });

  test("keeps 100,000 clients that came back in under 20 MB, and does not grow with a million", async () => {
    const measure = fileURLToPath(new URL("reconnections-memory.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", measure]);
    const figures = JSON.parse(stdout) as Record<string, number> & { sizes: number[] };
    expect(figures["hundredThousand"]).toBeLessThan(20_000_000);
    // V8 doubles the table of a map of which entries are deleted all the time.
    expect(figures["halfAMillion"]).toBeLessThan(25_000_000);
    expect(figures["million"]).toBeLessThan(figures["halfAMillion"]! + 1_000_000);
    expect(figures["cutFromHeaders"]).toBeLessThan(25_000_000);
    expect(figures.sizes).toEqual([100_000, 100_000]);
  }, 60_000);
});
