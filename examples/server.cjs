// An echo beside plain HTTP, in CommonJS: node --import opentelemetry-websocket/register examples/server.cjs
// It runs until Ctrl-C; with CONNECTIONS=1 in the environment, until one connection has ended.
const { createServer } = require("node:http");
const { WebSocketServer } = require("ws");

const { PORT = "8080", CONNECTIONS = "Infinity" } = process.env;
let left = Number(CONNECTIONS);

const http = createServer((request, response) => response.end("WebSocket is at /echo\n"));
const echo = new WebSocketServer({ noServer: true });

http.on("upgrade", (request, socket, head) => {
  echo.handleUpgrade(request, socket, head, (webSocket) => echo.emit("connection", webSocket, request));
});

echo.on("connection", (webSocket) => {
  webSocket.on("error", console.error);
  webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
  webSocket.on("close", () => {
    left -= 1;
    if (left === 0) http.close();
  });
});

http.listen(Number(PORT), "127.0.0.1", () => console.log(`ws://127.0.0.1:${http.address().port}/echo`));
