// Pings on an interval; a client that does not answer two of them is terminated. It ends by itself:
// node --import opentelemetry-websocket/register examples/heartbeats-protocol.mjs
import { once } from "node:events";
import { observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

// In production an interval of 30 seconds is usual.
observeServer(server, { heartbeat: { interval: 500, maxMissed: 2, terminate: true } });

const url = `ws://127.0.0.1:${server.address().port}/feed`;
const alive = new WebSocket(url);
const frozen = new WebSocket(url, { autoPong: false });
let pings = 0;
alive.on("ping", () => (pings += 1));

await once(frozen, "close");
console.log("the frozen client was terminated");

console.log(`${pings} pings answered by the other one`);
alive.close(1000);
await once(alive, "close");
server.close();
