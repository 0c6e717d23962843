// Both ends of a client that connects again: the server knows it by its name, the client counts its attempts.
// It ends by itself: node --import opentelemetry-websocket/register examples/reconnections.mjs
import { once } from "node:events";
import { WebSocket as ReconnectingWebSocket } from "partysocket";
import { observeReconnecting, observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

observeServer(server, {
  // Whatever identifies a client: a user, a device, a tab. It never appears on a metric.
  clientId: ({ url }) => new URL(url, "ws://localhost").searchParams.get("client") ?? undefined,
  reconnections: { threshold: 3, window: 60_000 },
});

const socket = new ReconnectingWebSocket(`ws://127.0.0.1:${server.address().port}/feed?client=ada-lovelace`, [], {
  WebSocket,
  minReconnectionDelay: 50,
  maxReconnectionDelay: 50,
});
observeReconnecting(socket);

socket.addEventListener("open", () => socket.send("hello"));

for (let connection = 1; connection <= 4; connection += 1) {
  const [peer] = await once(server, "connection");
  await once(peer, "message");
  console.log(`connection ${connection}`);
  if (connection < 4) peer.close(1012, "restart");
  else socket.close(1000);
  await once(peer, "close");
}
server.close();
