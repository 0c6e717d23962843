import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { join, left } from "../support/clients.ts";
import { startRedis } from "./redis-server.ts";
import type { RedisServer } from "./redis-server.ts";
import type { Figures } from "./server-process.ts";

const CLIENTS = 200;
const names = Array.from({ length: CLIENTS }, (_, index) => `client-${String(index)}`);

/** A server process. */
interface Instance {
  readonly url: string;
  drop(): Promise<void>;
  figures(): Promise<Figures>;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

let redis: RedisServer;
const running: ChildProcess[] = [];

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await redis.kill();
});

async function startInstance(library: string): Promise<Instance> {
  const child = fork(fileURLToPath(new URL("server-process.ts", import.meta.url)), [library, redis.url]);
  running.push(child);
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`the server process ended with code ${String(code)}`)));
  });
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => {
    const message = new Promise<unknown>((resolve) => void child.once("message", resolve));
    return ((await Promise.race([message, ended])) as { answer: unknown }).answer;
  };
  const ask = (message: string): Promise<unknown> => {
    const answered = answer();
    child.send(message);
    return answered;
  };
  return {
    url: (await answer()) as string,
    drop: async () => void (await ask("drop")),
    figures: () => ask("figures") as Promise<Figures>,
    async kill() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Opens a connection of each client, with the odd ones at `odd`. */
async function joinAll(odd: Instance, even: Instance): Promise<WebSocket[]> {
  return Promise.all(names.map((name, index) => join((index % 2 === 1 ? odd : even).url, name)));
}

async function total(...instances: Instance[]): Promise<Figures> {
  const all = await Promise.all(instances.map((instance) => instance.figures()));
  const sum = (key: keyof Figures): number => all.reduce((total, figures) => total + figures[key], 0);
  return {
    reconnections: sum("reconnections"),
    abnormal: sum("abnormal"),
    delays: sum("delays"),
    delaySum: sum("delaySum"),
    frequent: sum("frequent"),
  };
}

describe.each(["ioredis 6", "redis 6"])("server processes that share a redis-server, with %s", (library) => {
  test("count together what one process would count alone", async () => {
    const [here, there] = await Promise.all([startInstance(library), startInstance(library)]);
    let measured = 0;
    let joined = await joinAll(here, there);
    for (let round = 1; round <= 4; round += 1) {
      const lostAt = performance.now();
      await Promise.all([here.drop(), there.drop()]);
      await Promise.all(joined.map(left));
      // Everybody comes to the other process than last time, which must know of it from Redis.
      joined = round % 2 === 1 ? await joinAll(there, here) : await joinAll(here, there);
      measured += (performance.now() - lostAt) / 1000;
      const expected = CLIENTS * round;
      const frequent = round < 3 ? 0 : CLIENTS;
      await expect
        .poll(() => total(here, there), { timeout: 20_000 })
        .toMatchObject({ reconnections: expected, abnormal: expected, delays: expected, frequent });
      const { delaySum } = await total(here, there);
      expect(delaySum).toBeLessThan(CLIENTS * measured);
      expect(delaySum).toBeGreaterThan(0);
    }
    const expected = CLIENTS * 4;
    expect(await total(here, there)).toMatchObject({ reconnections: expected, delays: expected, frequent: CLIENTS });
    for (const socket of joined) socket.terminate();
  });

  test("count the clients of one that was killed as coming back, when its time is up", async () => {
    const [here, there] = await Promise.all([startInstance(library), startInstance(library)]);
    const joined = await joinAll(here, there);
    // What an instance does not live to tell Redis is not known.
    expect(await total(here, there)).toMatchObject({ reconnections: 0 });
    await here.kill();
    await Promise.all(joined.filter((_, index) => index % 2 === 1).map(left));
    // The lease of an instance is five seconds.
    await new Promise((resolve) => void setTimeout(resolve, 5500));
    const back = await Promise.all(names.filter((_, index) => index % 2 === 1).map((name) => join(there.url, name)));
    const expected = { reconnections: CLIENTS / 2, abnormal: 0, delays: 0 };
    await expect.poll(() => total(there), { timeout: 20_000 }).toMatchObject(expected);
    for (const socket of [...joined, ...back]) socket.terminate();
  });
});
