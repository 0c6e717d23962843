/** Private copies of `ws`: one is observed, the others are what it is compared with. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WebSocket, WebSocketServer } from "ws";

const installed: string = fileURLToPath(new URL("../../node_modules/ws", import.meta.url));

/** One loaded copy. */
export interface WsCopy {
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketServer: typeof WebSocketServer;
}

/** Loads a copy of `ws` that shares no function, and so no type feedback, with any other. */
export function privateCopy(): WsCopy {
  const root = mkdtempSync(join(tmpdir(), "otel-ws-bench-"));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  cpSync(installed, join(root, "node_modules", "ws"), { recursive: true, dereference: true });
  const exports = createRequire(join(root, "app.js"))("ws") as WsCopy["WebSocket"] & { Server: typeof WebSocketServer };
  return { WebSocket: exports, WebSocketServer: exports.Server };
}
