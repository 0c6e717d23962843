/** Finding the classes of a copy of `ws`: from what `require` gave, from an ESM load, from what is loaded already. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { contain } from "../../core/contain.ts";
import type { WsReceiver, WsSender } from "./internals.ts";

interface Class<T = object> {
  new (...args: unknown[]): T;
  readonly prototype: object;
}

/** The four classes of one copy. */
export interface WsClasses {
  readonly WebSocket: Class;
  readonly WebSocketServer: Class;
  readonly Sender: Class<WsSender>;
  readonly Receiver: Class<WsReceiver>;
}

const require = createRequire(import.meta.url);

/** The classes in the exports of `ws`: CommonJS (`module.exports` is WebSocket) or a namespace object. */
export function classesOf(exports: unknown): WsClasses | undefined {
  const from = exports as Record<string, unknown> | null | undefined;
  const base = (typeof from === "function" ? from : (from?.["default"] ?? from?.["WebSocket"])) as
    | Record<string, unknown>
    | undefined;
  const found = {
    WebSocket: base,
    WebSocketServer: from?.["WebSocketServer"] ?? from?.["Server"] ?? base?.["WebSocketServer"] ?? base?.["Server"],
    Sender: from?.["Sender"] ?? base?.["Sender"],
    Receiver: from?.["Receiver"] ?? base?.["Receiver"],
  };
  return Object.values(found).every((value) => typeof value === "function")
    ? (found as unknown as WsClasses)
    : undefined;
}

/**
 * The classes of the copy in `directory`, loaded file by file: loading its `index.js` would add properties to
 * WebSocket that an application which imports the ES module does not have.
 */
export function loadClasses(directory: string): WsClasses | undefined {
  const load = (file: string): unknown => require(join(directory, "lib", file));
  return contain(`loading ws from ${directory}`, () => ({
    WebSocket: load("websocket.js") as Class,
    WebSocketServer: load("websocket-server.js") as Class,
    Sender: load("sender.js") as Class<WsSender>,
    Receiver: load("receiver.js") as Class<WsReceiver>,
  }));
}

/** Directories of the copies of `ws` that are loaded. */
export function loadedCopies(): string[] {
  const tail = `${sep}lib${sep}websocket-server.js`;
  return Object.keys(require.cache)
    .filter((file) => file.endsWith(tail))
    .map((file) => dirname(dirname(file)))
    .filter((directory) => isWs(directory));
}

/** The loaded copy that a server's prototype belongs to; for ws 7, whose servers do not name their WebSocket class. */
export function copyOfServer(serverPrototype: object): WsClasses | undefined {
  for (const directory of loadedCopies()) {
    const classes = loadClasses(directory);
    if (classes?.WebSocketServer.prototype === serverPrototype) return classes;
  }
  return undefined;
}

/** Whether `directory` holds a `ws` of a version that we know. */
export function isWs(directory: string): boolean {
  try {
    const text = readFileSync(join(directory, "package.json"), "utf8");
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    return name === "ws" && typeof version === "string" && /^[78]\./.test(version);
  } catch {
    return false;
  }
}
