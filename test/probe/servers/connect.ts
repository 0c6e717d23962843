import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { listen, rawServer } from "./wire.ts";
import type { Server, Start } from "./wire.ts";

/** Nothing listens, and nothing can: the port is the client's end of a connection. */
export async function refused(): Promise<Server> {
  const { port, close } = await listen((socket) => void socket.resume());
  const client = connect(port, "127.0.0.1");
  client.on("error", () => {});
  await once(client, "connect");
  return {
    url: `ws://127.0.0.1:${client.localPort}/`,
    async close() {
      client.destroy();
      await close();
    },
  };
}

/**
 * A port that is open and full: its thread listens with a backlog of one and then waits for ever, so nothing is accepted,
 * and two connections fill the queue. Linux drops the SYN of each further one, which is what a dead host looks like.
 */
export async function full(): Promise<Server> {
  const thread = new Worker(
    `const { parentPort } = require("node:worker_threads");
    const { createServer, connect } = require("node:net");
    const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
    { eval: true },
  );
  const [port] = (await once(thread, "message")) as [number];
  const sockets = [0, 1].map(() => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => {});
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return {
    url: `ws://127.0.0.1:${port}/`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await thread.terminate();
    },
  };
}

/** Accepts and resets. */
export const resetAtOnce: Start = async () => rawServer((socket) => socket.resetAndDestroy());
