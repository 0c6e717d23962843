// Delivery confirmation and end-to-end latency, which only your protocol knows. It ends by itself:
// OTEL_METRIC_EXPORT_INTERVAL=500 node --import opentelemetry-websocket/register examples/acknowledgements.mjs
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { getConnection } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/orders" });
await once(server, "listening");

const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/orders`);
client.on("message", (data) => {
  const { id, sentAt } = JSON.parse(data);
  // The clocks of both ends have to agree for this.
  getConnection(client)?.recordLatency(Date.now() - sentAt);
  if (id !== "order-3") client.send(JSON.stringify({ ack: id }));
});

const [socket] = await once(server, "connection");
const connection = getConnection(socket);
socket.on("message", (data) => {
  const { ack } = JSON.parse(data);
  console.log(`${ack}: ${connection?.ack(ack) ? "delivered" : "nobody waits for it"}`);
});

for (const id of ["order-1", "order-2", "order-3"]) {
  connection?.expectAck(id, { timeout: 500 });
  socket.send(JSON.stringify({ id, sentAt: Date.now() }));
}

// The third one is given up when metrics are collected after its timeout.
await delay(1500);
client.close(1000);
await once(client, "close");
server.close();
