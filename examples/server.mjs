// A chat, observed without a line of code: node --import opentelemetry-websocket/register examples/server.mjs
// It runs until Ctrl-C; with CONNECTIONS=1 in the environment, until one connection has ended.
import { WebSocketServer } from "ws";

const { PORT = "8080", CONNECTIONS = "Infinity" } = process.env;
let left = Number(CONNECTIONS);

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(PORT), path: "/chat" });

server.on("listening", () => console.log(`ws://127.0.0.1:${server.address().port}/chat`));

server.on("connection", (socket) => {
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => {
    for (const member of server.clients) member.send(data, { binary: isBinary });
  });
  socket.on("close", () => {
    left -= 1;
    if (left === 0) server.close();
  });
});
