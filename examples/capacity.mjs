// How full a server is, with a warning before it is full. It ends by itself:
// OTEL_METRIC_EXPORT_INTERVAL=500 node --import opentelemetry-websocket/register examples/capacity.mjs
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

observeServer(server, {
  capacity: {
    limit: 5,
    warnAt: 0.8,
    onWarning: ({ active, limit, exceeded }) =>
      console.log(`${active} of ${limit} connections: ${exceeded ? "nearly full" : "fine again"}`),
  },
});

const clients = [];
for (let number = 1; number <= 5; number += 1) {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/feed`);
  const accepted = once(server, "connection");
  await once(client, "open");
  await accepted;
  clients.push(client);
}

// Time to be collected while the server is full.
await delay(1500);
for (const client of clients) {
  client.close(1000);
  await once(client, "close");
}
server.close();
