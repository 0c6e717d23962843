// Heartbeats that are messages of your own: they prove that the peer's application runs, and not only its socket.
// It ends by itself: node --import opentelemetry-websocket/register examples/heartbeats-application.mjs
import { once } from "node:events";
import { observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

observeServer(server, {
  heartbeat: {
    interval: 500,
    maxMissed: 2,
    terminate: true,
    application: {
      create: (sequence) => JSON.stringify({ type: "heartbeat", sequence }),
      // The number says which heartbeat it acknowledges, so that a late one is not taken for the next.
      match(data) {
        const message = JSON.parse(data);
        return message.type === "alive" && message.sequence;
      },
      consume: true,
    },
  },
});

let seen = 0;
server.on("connection", (socket) => socket.on("message", () => (seen += 1)));

const url = `ws://127.0.0.1:${server.address().port}/feed`;
const alive = new WebSocket(url);
// Its socket answers pings, but its application does nothing.
const stuck = new WebSocket(url);
let answered = 0;
alive.on("message", (data) => {
  const { type, sequence } = JSON.parse(data);
  if (type !== "heartbeat") return;
  answered += 1;
  alive.send(JSON.stringify({ type: "alive", sequence }));
});

await once(stuck, "close");
console.log("the stuck client was terminated");

console.log(`${answered} heartbeats answered by the other one`);
alive.send(JSON.stringify({ type: "hello" }));
alive.close(1000);
await once(alive, "close");
console.log(`${seen} message seen by the server's listener`);
server.close();
