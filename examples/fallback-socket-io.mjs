// Who has to do without WebSocket: Socket.IO by itself, anything else with one call. It ends by itself:
// node --import opentelemetry-websocket/register examples/fallback-socket-io.mjs
import { once } from "node:events";
import { createServer } from "node:http";
import { observeEngine, observeEngineClient, recordFallback } from "opentelemetry-websocket";
import { Server } from "socket.io";
import { io } from "socket.io-client";

const http = createServer();
const server = new Server(http);
// A session that is still on polling after this time counts; 30 seconds without it.
observeEngine(server, { pollingLimit: 1000 });
http.listen(0, "127.0.0.1");
await once(http, "listening");

const url = `http://127.0.0.1:${http.address().port}`;
const clients = [
  io(url, { forceNew: true, transports: ["websocket"] }),
  io(url, { forceNew: true, transports: ["polling"] }),
];
for (const client of clients) observeEngineClient(client);
let left = clients.length;
server.on("connection", (socket) => {
  socket.on("disconnect", () => {
    left -= 1;
    if (left === 0) void server.close();
  });
});
await Promise.all(clients.map((client) => new Promise((resolve) => client.once("connect", resolve))));

// Encoded once for all clients, and counted for each that has a WebSocket.
server.emit("news", "hello");
await Promise.all(clients.map((client) => new Promise((resolve) => client.once("news", resolve))));

setTimeout(() => {
  // Where you give up on WebSocket yourself:
  recordFallback({ transport: "sse", error: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
  for (const client of clients) client.disconnect();
}, 1500);
