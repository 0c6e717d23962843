/** Real servers on loopback, and the process that connects to them. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { WebSocket, WebSocketServer } from "ws";
import type { PeersInput } from "../probes/peers.ts";
import type { WsCopy } from "./copies.ts";

/** A listening server and the connections that it has accepted. */
export interface Listening {
  readonly server: WebSocketServer;
  readonly port: number;
  readonly sockets: WebSocket[];
}

/** Starts a server on a free loopback port. */
export async function listen(copy: WsCopy): Promise<Listening> {
  const server = new copy.WebSocketServer({ port: 0, host: "127.0.0.1", path: "/chat" });
  const sockets: WebSocket[] = [];
  server.on("connection", (socket) => void sockets.push(socket));
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, sockets };
}

/** Starts the process of the peers; resolves when all of them are connected. */
export async function connectPeers(input: PeersInput): Promise<{ stop(): void }> {
  const file = fileURLToPath(new URL("../probes/peers.ts", import.meta.url));
  const child = fork(file, [JSON.stringify(input)], { execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`bench: the peers ended early (${String(code)})`)));
  });
  return { stop: () => void child.kill() };
}
