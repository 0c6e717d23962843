// A server and its clients observed by hand, without module hooks, each with options of its own; it ends by itself:
// node examples/observe-server.mjs
import { once } from "node:events";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { observeClient, observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const sdk = new NodeSDK({ serviceName: "rooms" });
sdk.start();

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
await once(server, "listening");

const tierOf = ({ headers }) => (headers["x-tier"] === "gold" ? "gold" : "free");

observeServer(server, {
  // The template, not the path: every distinct value is a series.
  route: ({ url }) => (url?.startsWith("/rooms/") ? "/rooms/{id}" : undefined),
  metricAttributes: (request) => ({ "app.tier": tierOf(request) }),
  // What a peer may choose appears on metrics only if it is named here.
  subprotocols: ["chat.v2"],
  closeCodes: [4429],
});
observeClient(WebSocket, { subprotocols: ["chat.v2"], closeCodes: [4429] });

server.on("connection", (socket, request) => {
  let left = tierOf(request) === "gold" ? 2 : 1;
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => {
    if (left === 0) socket.close(4429, "message limit");
    else socket.send(data, { binary: isBinary });
    left -= 1;
  });
});

async function visit(room, tier, messages) {
  const accepted = once(server, "connection");
  const url = `ws://127.0.0.1:${server.address().port}/rooms/${room}`;
  const socket = new WebSocket(url, ["chat.v2"], { headers: { "x-tier": tier } });
  await once(socket, "open");
  const [peer] = await accepted;
  const closed = Promise.all([once(socket, "close"), once(peer, "close")]);
  for (const message of messages) socket.send(message);
  const [[code]] = await closed;
  console.log(`room ${room}: closed with ${code}`);
}

await visit(1, "gold", ["hello", "how are you?", "and now?"]);
await visit(2, "free", ["hello", "anyone?"]);

server.close();
await sdk.shutdown();
