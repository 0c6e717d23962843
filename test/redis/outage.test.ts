import { diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
} from "../../src/semconv.ts";
import { clientOf, join, left } from "../support/clients.ts";
import { points, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { listen, shut } from "../support/ws.ts";
import { REDIS_CLIENTS } from "./clients.ts";
import type { Connected } from "./clients.ts";
import { startRedis } from "./redis-server.ts";
import type { RedisServer } from "./redis-server.ts";

const undo: (() => unknown)[] = [];
let sdk: TestSdk;
let problems: string[];

beforeEach(() => {
  sdk = startSdk();
  problems = [];
  const silent = (): void => {};
  const error = (message: string): void => void problems.push(message);
  diag.setLogger({ error, warn: error, info: silent, debug: silent, verbose: silent });
  // Each test is a process of its own as far as reports that come once are concerned.
  vi.resetModules();
});

afterEach(async () => {
  diag.disable();
  for (const one of undo.splice(0)) await one();
});

interface App {
  readonly redis: RedisServer;
  /** A client connects and leaves, `count` times. */
  visit(client: string, count: number): Promise<void>;
  reconnections(): Promise<number>;
}

async function start(library: string, started: boolean): Promise<App> {
  const redis = await startRedis({ started });
  const connected: Connected = REDIS_CLIENTS[library]!(redis.url);
  const { observeServer } = await import("../../src/index.ts");
  const { RedisReconnectionStore } = await import("../../src/redis.ts");
  const { server, url } = await listen({ WebSocket, WebSocketServer, createWebSocketStream: undefined });
  const waiting: Promise<unknown>[] = [];
  const sendCommand = ([name = "", ...args]: string[]): Promise<unknown> => {
    const answer = connected.command(name, ...args);
    waiting.push(answer);
    return answer;
  };
  const store = new RedisReconnectionStore({ client: { sendCommand } });
  const observation = observeServer(server, {
    clientId: clientOf,
    reconnections: { store },
    meterProvider: sdk.meterProvider,
  });
  undo.push(
    () => shut(server),
    () => observation.stop(),
    () => connected.close(),
    // What fails by the closing would be reported to the next test.
    () => Promise.allSettled(waiting),
    () => redis.thaw(),
    () => redis.kill(),
  );
  return {
    redis,
    async visit(client, count) {
      for (let round = 0; round < count; round += 1) {
        const socket = await join(url, client);
        const [peer] = server.clients;
        socket.close();
        await Promise.all([left(socket), peer === undefined ? undefined : left(peer)]);
      }
    },
    reconnections: async () => sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_RECONNECTIONS),
  };
}

/** A client that is new comes until it is known to have come back: reconnections are counted again. */
async function recovered(app: App): Promise<void> {
  let attempt = 0;
  await expect
    .poll(
      async () => {
        const before = await app.reconnections();
        attempt += 1;
        await app.visit(`new-${String(attempt)}`, 2);
        await new Promise((resolve) => void setTimeout(resolve, 100));
        return (await app.reconnections()) - before;
      },
      { timeout: 20_000, interval: 200 },
    )
    .toBeGreaterThan(0);
}

describe.each(Object.keys(REDIS_CLIENTS))("a redis-server that is down, with %s", (library) => {
  test("at the start costs nothing but the figures of that time", async () => {
    const app = await start(library, false);
    await app.visit("ann", 10);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(10);
    await app.redis.start();
    await recovered(app);
    expect(problems.length).toBeLessThanOrEqual(1);
  });

  test("in the middle costs nothing but the figures of that time", async () => {
    const app = await start(library, true);
    await app.visit("ann", 3);
    await expect.poll(() => app.reconnections()).toBe(2);
    await app.redis.kill();
    await app.visit("bob", 10);
    const meanwhile = await sdk.collect();
    expect(sumOf(meanwhile, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(13);
    expect(points(meanwhile, METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).not.toEqual([]);
    await app.redis.start();
    await recovered(app);
    expect(problems.length).toBeLessThanOrEqual(1);
  });
});

describe.each(["ioredis 6", "redis 6"])("a redis-server that does not answer, with %s", (library) => {
  test("is told when it answers again what it missed", async () => {
    const app = await start(library, true);
    await app.visit("ann", 2);
    await expect.poll(() => app.reconnections()).toBe(1);
    app.redis.freeze();
    await app.visit("ann", 10);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(12);
    app.redis.thaw();
    await expect.poll(() => app.reconnections(), { timeout: 10_000 }).toBe(11);
    expect(problems).toEqual([]);
  });
});

test("a client of redis that is closed for good is reported once", async () => {
  const app = await start("redis 6", false);
  await undo.splice(2, 1)[0]!();
  await app.visit("ann", 10);
  await sdk.collect();
  await expect.poll(() => problems).toHaveLength(1);
  expect(problems[0]).toMatch(/reconnection store: .*reported once/);
});
