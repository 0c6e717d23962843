import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "../support/port.ts";

/** A redis-server of one test's own, which can be killed and started again on its port. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** Ends it without warning; what it knew is lost. */
  kill(): Promise<void>;
  /** Stops it from answering; connections stay open. */
  freeze(): void;
  thaw(): void;
}

/** Starts the redis-server of this machine. @throws Error that says how to install it */
export async function startRedis({ started = true }: { started?: boolean } = {}): Promise<RedisServer> {
  try {
    execFileSync("redis-server", ["--version"]);
  } catch {
    throw new Error("these tests need redis-server: apt-get install redis-server, or brew install redis");
  }
  const port = await freePort();
  let running: ChildProcess | undefined;
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${String(port)}`,
    async start() {
      const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
      running = spawn("redis-server", args, { stdio: "ignore" });
      while (!(await answers(port))) await new Promise((resolve) => void setTimeout(resolve, 20));
    },
    async kill() {
      const child = running;
      running = undefined;
      if (child === undefined) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
  };
  if (started) await server.start();
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => void socket.write("PING\r\n"));
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
