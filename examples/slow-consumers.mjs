// A client that does not read is seen, and closed before it takes the server's memory. It ends by itself:
// OTEL_METRIC_EXPORT_INTERVAL=500 node --import opentelemetry-websocket/register examples/slow-consumers.mjs
import { once } from "node:events";
import { observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/prices" });
await once(server, "listening");

// Connections are looked at when metrics are collected: twice over the mark, and this long apart.
observeServer(server, { slowConsumer: { bytes: 1_000_000, duration: 300, policy: "close" } });

const prices = "0123456789".repeat(1000);
server.on("connection", (socket, { url }) => {
  const sending = setInterval(() => {
    for (let index = 0; index < 100 && socket.readyState === WebSocket.OPEN; index += 1) socket.send(prices);
  }, 10);
  socket.on("error", console.error);
  socket.on("close", (code) => {
    clearInterval(sending);
    console.log(`${url} has ended with ${code}`);
  });
});

const url = `ws://127.0.0.1:${server.address().port}/prices`;
const fast = new WebSocket(url);
const slow = new WebSocket(`${url}?slow`);
await Promise.all([once(fast, "open"), once(slow, "open")]);
slow.pause();
// The close frame waits behind everything else, until the client reads again.
const reading = setTimeout(() => slow.resume(), 3000);
const leaving = setTimeout(() => slow.terminate(), 8000);

await once(slow, "close");
clearTimeout(reading);
clearTimeout(leaving);
fast.close(1000);
await once(fast, "close");
server.close();
