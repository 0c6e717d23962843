// A chat server for the searches in Jaeger: closes with the code that a message asks for, and sends 20 MB on `history`.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  path: "/chat",
  perMessageDeflate: false,
  verifyClient: ({ req }) => req.headers.authorization !== "wrong",
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const [, code] = /^close (\d+)$/.exec(data) ?? [];
    if (code !== undefined) socket.close(Number(code));
    else for (let part = 0; part < 200; part += 1) socket.send(Buffer.alloc(100_000));
  });
});
server.on("listening", () => console.log(`listening ${server.address().port}`));
