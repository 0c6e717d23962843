// A chat. All members get what one says, and acknowledge it; `close CODE` and `history` are requests to the server.
// node --import opentelemetry-websocket/register examples/stack/app/server.mjs
import { createServer } from "node:http";
import { getConnection } from "opentelemetry-websocket";
import { WebSocketServer } from "ws";

const { HOST = "127.0.0.1", PORT = "0" } = process.env;
const HISTORY = Buffer.alloc(100_000, "what was said before ");

const http = createServer((_, response) => response.end("ok\n"));
const chat = new WebSocketServer({
  server: http,
  path: "/chat",
  verifyClient: ({ req }) => new URL(req.url, "ws://chat").searchParams.has("user"),
});

let sequence = 0;
chat.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    const connection = getConnection(socket);
    if (message.ack !== undefined) connection?.ack(message.ack);
    else if (message.close !== undefined) socket.close(message.close, message.reason);
    else if (message.history) for (let part = 0; part < 100; part += 1) socket.send(HISTORY);
    else {
      connection?.recordLatency(Date.now() - message.sentAt);
      say(message);
    }
  });
});

function say(message) {
  sequence += 1;
  const id = String(sequence);
  const text = JSON.stringify({ ...message, id });
  for (const member of chat.clients) {
    getConnection(member)?.expectAck(id, { timeout: 5000 });
    member.send(text);
  }
}

http.listen(Number(PORT), HOST, () => console.log(`listening ${http.address().port}`));
