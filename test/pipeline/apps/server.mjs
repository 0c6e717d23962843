// A plain chat server. It echoes, and closes with the code that a message asks for; it knows nothing of OpenTelemetry.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  path: "/chat",
  perMessageDeflate: false,
  verifyClient: ({ req }) => req.headers.authorization !== "wrong",
});
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => {
    const [, code] = /^close (\d+)$/.exec(Buffer.isBuffer(data) ? data.toString() : "") ?? [];
    if (code === undefined) socket.send(data, { binary: isBinary });
    else socket.close(Number(code));
  });
});
server.on("listening", () => console.log(`listening ${server.address().port}`));
