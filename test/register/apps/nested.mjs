import { createRequire } from "node:module";
import * as ws from "ws";
import { WebSocket, version } from "old-client";
import { connect } from "./traffic.cjs";

const own = createRequire(import.meta.url)("ws/package.json").version;
if (!own.startsWith("8.") || !version.startsWith("7.") || ws.WebSocket === WebSocket) {
  throw new Error(`expected two copies, found ${own} and ${version}`);
}
connect(process.env.WS === "7" ? WebSocket : ws.WebSocket);
