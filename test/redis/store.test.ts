import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import type { Redis } from "ioredis";
import type { createClient } from "redis";
import { RedisReconnectionStore } from "../../src/redis.ts";
import type { IoredisClient, NodeRedisClient } from "../../src/redis.ts";
import { Model, steps } from "../support/reconnection-model.ts";
import { REDIS_CLIENTS } from "./clients.ts";
import type { Connected } from "./clients.ts";
import { startRedis } from "./redis-server.ts";
import type { RedisServer } from "./redis-server.ts";

const RULES = { threshold: 3, window: 10_000 };
const START = 1_790_000_000_000;

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

describe.each(Object.keys(REDIS_CLIENTS))("RedisReconnectionStore with %s (needs redis-server)", (name) => {
  let connected: Connected;
  let prefix: string;
  beforeEach(() => {
    connected = REDIS_CLIENTS[name]!(redis.url);
    prefix = randomUUID();
  });
  afterEach(() => connected.close());

  const open = (options: { prefix?: string; ttl?: number } = {}): RedisReconnectionStore =>
    new RedisReconnectionStore({ client: connected.client, prefix, ...options });

  test("knows at one instance when and how a connection at another ended", async () => {
    const [here, there] = [open(), open()];
    expect(await here.connected("ann", START, RULES)).toBeUndefined();
    await here.disconnected("ann", "abnormal", START + 1000, RULES);
    const reconnection = { delay: 2.5, previousCloseClass: "abnormal", recent: 1 };
    expect(await there.connected("ann", START + 3500, RULES)).toEqual(reconnection);
  });

  test("does not take a connection beside one at another instance for a reconnection", async () => {
    const [here, there] = [open(), open()];
    await here.connected("ann", START, RULES);
    expect(await there.connected("ann", START + 1, RULES)).toBeUndefined();
    await here.disconnected("ann", "normal", START + 2, RULES);
    expect(await here.connected("ann", START + 3, RULES)).toBeUndefined();
    await there.disconnected("ann", "normal", START + 4, RULES);
    await here.disconnected("ann", "restart", START + 5, RULES);
    expect(await here.connected("ann", START + 6, RULES)).toMatchObject({ previousCloseClass: "restart" });
  });

  test("knows a reconnection of which it hears before it hears of the end", async () => {
    const [here, there] = [open(), open()];
    await here.connected("ann", START, RULES);
    expect(await there.connected("ann", START + 3000, RULES)).toBeUndefined();
    const late = await here.disconnected("ann", "abnormal", START + 1000, RULES);
    expect(late).toEqual({ delay: 2, previousCloseClass: "abnormal", recent: 1 });
    await there.disconnected("ann", "normal", START + 5000, RULES);
    expect(await here.connected("ann", START + 6000, RULES)).toMatchObject({ delay: 1, recent: 2 });
    // One that really was beside the other: the end is later.
    expect(await there.connected("ann", START + 7000, RULES)).toBeUndefined();
    expect(await here.disconnected("ann", "abnormal", START + 8000, RULES)).toBeUndefined();
  });

  test("gives what the whole history says, for any order of events at two instances", async () => {
    const history = fc.tuple(steps, fc.infiniteStream(fc.boolean()));
    await fc.assert(
      fc.asyncProperty(history, async ([all, instances]) => {
        prefix = randomUUID();
        const stores = [open(), open()] as const;
        const model = new Model(RULES, Number.POSITIVE_INFINITY);
        const at = new Map<string, number[]>();
        const answers: [given: unknown, expected: unknown][] = [];
        let now = START;
        for (const step of all) {
          now += step.after;
          const homes = at.get(step.client) ?? [];
          at.set(step.client, homes);
          if (step.kind === "connect") {
            const home = instances.next().value === true ? 1 : 0;
            homes.push(home);
            const expected = model.connected(step.client, now);
            answers.push([await stores[home].connected(step.client, now, RULES), expected]);
          } else if (homes.length > 0) {
            await stores[homes.shift() as 0 | 1].disconnected(step.client, step.closeClass, now, RULES);
            model.disconnected(step.client, step.closeClass, now);
          }
          const counts = await Promise.all(stores.map((store) => store.frequent(now)));
          answers.push([counts[0]! + counts[1]!, model.frequent(now)]);
        }
        expect(answers.map(([given]) => given)).toEqual(answers.map(([, expected]) => expected));
      }),
      { numRuns: 40 },
    );
  });

  test("writes no identity, and gives every key a time to live", async () => {
    const store = open({ ttl: 30_000 });
    const client = "ann@example.com";
    const now = Date.now();
    for (let round = 0; round < 4; round += 1) {
      await store.connected(client, now, RULES);
      if (round < 3) await store.disconnected(client, "normal", now, RULES);
    }
    await store.connected("bob", now, RULES);
    await store.disconnected("bob", "normal", now, RULES);
    expect(await store.frequent(now)).toBe(1);
    const keys = (await connected.command("KEYS", `{${prefix}}:*`)) as string[];
    expect(keys).toHaveLength(4);
    const lives = await Promise.all(keys.map(async (key) => Number(await connected.command("PTTL", key))));
    expect(lives.every((life) => life > 0)).toBe(true);
    const hashes = keys.filter((key) => key.includes(":client:"));
    const values = await Promise.all(hashes.map((key) => connected.command("HGETALL", key)));
    expect(JSON.stringify([keys, values])).not.toMatch(/ann|bob/);
  });

  test("forgets a client when its time is up", async () => {
    const store = open({ ttl: 20 });
    await store.connected("ann", START, RULES);
    await store.disconnected("ann", "normal", START, RULES);
    await expect.poll(() => connected.command("KEYS", `{${prefix}}:client:*`)).toEqual([]);
    expect(await store.connected("ann", START, RULES)).toBeUndefined();
  });

  test("counts clients of an instance that died as coming back, without a delay", async () => {
    const [dead, alive] = [open(), open()];
    await dead.connected("ann", START, RULES);
    // What its lease running out does, without the five seconds.
    await connected.command("DEL", `{${prefix}}:instances`);
    const reconnection = { delay: undefined, previousCloseClass: undefined, recent: 1 };
    expect(await alive.connected("ann", START + 9000, RULES)).toEqual(reconnection);
  });

  test("stays alive while it has connections, and no longer", async () => {
    const store = open();
    const lease = async (): Promise<number> => Number(await connected.command("PTTL", `{${prefix}}:instances`));
    await store.connected("ann", START, RULES);
    await connected.command("PEXPIRE", `{${prefix}}:instances`, "1");
    await expect.poll(lease, { timeout: 10_000 }).toBeGreaterThan(4000);
    await store.disconnected("ann", "normal", START, RULES);
    await expect.poll(lease, { timeout: 10_000, interval: 100 }).toBeLessThan(3000);
  });

  test("goes on when Redis has lost the scripts", async () => {
    const store = open();
    await store.connected("ann", START, RULES);
    await connected.command("SCRIPT", "FLUSH");
    await store.disconnected("ann", "normal", START, RULES);
    expect(await store.connected("ann", START, RULES)).toMatchObject({ delay: 0 });
  });
});

describe("RedisReconnectionStore", () => {
  test("accepts the clients of both libraries by their types", () => {
    expectTypeOf<Redis>().toExtend<IoredisClient>();
    expectTypeOf<ReturnType<typeof createClient>>().toExtend<NodeRedisClient>();
  });

  const client: NodeRedisClient = { sendCommand: () => Promise.resolve(null) };
  test.each([
    [undefined, /"RedisReconnectionStore": expected an object, got undefined/],
    [{}, /"RedisReconnectionStore.client": expected a client with call\(\) \(ioredis\) or sendCommand\(\) \(redis\)/],
    [{ client: "redis://localhost" }, /pass new Redis\(url\) of ioredis or createClient/],
    [{ client, prefix: "" }, /"RedisReconnectionStore.prefix": expected a non-empty string without braces/],
    [{ client, prefix: "{a}" }, /prefix/],
    [{ client, ttl: 0 }, /"RedisReconnectionStore.ttl": expected a number of milliseconds greater than 0/],
    [{ client, url: "redis://localhost" }, /"RedisReconnectionStore.url": expected no such option/],
  ])("refuses %j and says how to mend it", (options, message) => {
    expect(() => new RedisReconnectionStore(options as never)).toThrow(TypeError);
    expect(() => new RedisReconnectionStore(options as never)).toThrow(message);
  });
});
