import { createRequire } from "node:module";
import type { IoredisClient, NodeRedisClient } from "../../src/redis.ts";

const require = createRequire(import.meta.url);

/** A client of Redis as an application would have it, and how it ends. */
export interface Connected {
  readonly client: IoredisClient | NodeRedisClient;
  /** Runs a command for the test itself. */
  command(name: string, ...args: string[]): Promise<unknown>;
  close(): void;
}

interface Ioredis {
  on(event: "error", listener: () => void): void;
  call(command: string, ...args: string[]): Promise<unknown>;
  disconnect(): void;
}

interface NodeRedis {
  on(event: "error", listener: () => void): void;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  destroy?(): void;
  disconnect(): Promise<void>;
}

function ioredis(name: string): (url: string) => Connected {
  const { Redis } = require(name) as { Redis: new (url: string, options: object) => Ioredis };
  return (url) => {
    const client = new Redis(url, { retryStrategy: () => 50 });
    client.on("error", () => {});
    return { client, command: (command, ...args) => client.call(command, ...args), close: () => client.disconnect() };
  };
}

function nodeRedis(name: string): (url: string) => Connected {
  const { createClient } = require(name) as { createClient: (options: object) => NodeRedis };
  return (url) => {
    const client = createClient({ url, socket: { reconnectStrategy: () => 50 } });
    client.on("error", () => {});
    client.connect().catch(() => {});
    return {
      client,
      command: (...args) => client.sendCommand(args),
      close: () => {
        if (client.destroy === undefined) client.disconnect().catch(() => {});
        else client.destroy();
      },
    };
  };
}

/** The clients that are supported, by the names that their releases have here. */
export const REDIS_CLIENTS: Record<string, (url: string) => Connected> = {
  "ioredis 6": ioredis("ioredis"),
  "ioredis 5": ioredis("ioredis-5"),
  "redis 6": nodeRedis("redis"),
  "redis 5": nodeRedis("redis-5"),
  "redis 4": nodeRedis("redis-4"),
};
