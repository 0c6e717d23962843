import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClientOptions, ServerOptions, WebSocket, WebSocketServer, createWebSocketStream } from "ws";

/** The releases that every promise is held against: the first and the last of each major version. */
export const WS_VERSIONS = { "7.0": "ws-7.0", "7": "ws-7", "8.0": "ws-8.0", "8": "ws" } as const;
export type WsVersion = keyof typeof WS_VERSIONS;

/** A private copy of `ws` in a folder of its own, called `ws` as in an application. */
export interface WsCopy {
  readonly version: WsVersion;
  /** Folder of the copy, `…/node_modules/ws`. */
  readonly directory: string;
  /** Loads the copy as CommonJS. */
  load(): WsModule;
  remove(): void;
}

/** What the tests use of a copy's exports. */
export interface WsModule {
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketServer: typeof WebSocketServer;
  /** ws 7.0 has none. */
  readonly createWebSocketStream: typeof createWebSocketStream | undefined;
}

/** Copies an installed release, so that it is loaded and patched for one test alone. */
export function copyWs(version: WsVersion): WsCopy {
  const root = mkdtempSync(join(tmpdir(), "otel-ws-copy-"));
  const directory = join(root, "node_modules", "ws");
  const installed = fileURLToPath(new URL(`../../node_modules/${WS_VERSIONS[version]}`, import.meta.url));
  cpSync(installed, directory, { recursive: true });
  if (version === "7.0") {
    // ws 7.0 had one dependency; every later release has none.
    const limiter = dirname(createRequire(join(installed, "index.js")).resolve("async-limiter"));
    cpSync(limiter, join(root, "node_modules", "async-limiter"), { recursive: true });
  }
  return {
    version,
    directory,
    load() {
      const exports = createRequire(join(root, "app.js"))("ws") as typeof WebSocket & {
        Server: typeof WebSocketServer;
        createWebSocketStream?: typeof createWebSocketStream;
      };
      return {
        WebSocket: exports,
        WebSocketServer: exports.Server,
        createWebSocketStream: exports.createWebSocketStream,
      };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A server on a free loopback port, and its URL. */
export async function listen(
  ws: WsModule,
  options: Omit<ServerOptions, "port" | "host"> = {},
): Promise<{ server: WebSocketServer; url: string }> {
  const server = new ws.WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

/** Both ends of a connection that is open. */
export async function connect(
  ws: WsModule,
  server: WebSocketServer,
  url: string,
  options: ClientOptions & { protocols?: string[] } = {},
): Promise<{ client: WebSocket; peer: WebSocket }> {
  const { protocols, ...rest } = options;
  const connected = once(server, "connection") as Promise<[WebSocket]>;
  const client = protocols === undefined ? new ws.WebSocket(url, rest) : new ws.WebSocket(url, protocols, rest);
  const [[peer]] = await Promise.all([connected, once(client, "open")]);
  return { client, peer };
}

/** Waits until both ends have emitted `close`; an `error` on the way is not one of the test's. */
export async function closed(...sockets: WebSocket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on("error", () => {});
      if (socket.readyState !== socket.CLOSED)
        await new Promise<void>((resolve) => void socket.once("close", () => resolve()));
    }),
  );
}

/** The next `count` messages of a socket. */
export function received(socket: WebSocket, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  return new Promise((resolve) => {
    socket.on("message", (data: unknown) => {
      messages.push(data);
      if (messages.length === count) resolve(messages);
    });
  });
}

/** Ends a server and what is connected to it. */
export async function shut(server: WebSocketServer): Promise<void> {
  for (const socket of server.clients) socket.terminate();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
