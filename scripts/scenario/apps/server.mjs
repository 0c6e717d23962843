// The scenarios' server, as an application would write it. All that it knows of telemetry are its acknowledgements.
import { createServer } from "node:http";
import { getConnection } from "opentelemetry-websocket";
import { WebSocketServer } from "ws";

/** Bytes that go to everybody, a tenth of a second's worth at a time. */
const feed = Buffer.alloc(Number(process.env.SCENARIO_FEED) / 10);
const ackTimeout = Number(process.env.SCENARIO_ACK_TIMEOUT);

let failing = false;
let messages = 0;

const server = createServer((_, response) => response.writeHead(426).end());
const chat = new WebSocketServer({
  server,
  path: "/chat",
  perMessageDeflate: false,
  verifyClient: ({ req }, answer) => {
    if (failing) return answer(false, 503);
    if (!new URL(req.url, "ws://localhost").searchParams.has("token")) return answer(false, 401);
    return answer(req.headers["sec-websocket-protocol"] === "chat.v1", 400);
  },
});

chat.on("connection", (socket) => {
  // ws closes the connection by itself; this is where an application would log why.
  socket.on("error", () => {});
  socket.on("message", (data) => {
    if (failing) return socket.close(1011, "backend gone");
    const [, acknowledged] = /^ack (\d+)$/.exec(Buffer.isBuffer(data) ? data.toString() : "") ?? [];
    if (acknowledged !== undefined) return getConnection(socket)?.ack(acknowledged);
    messages += 1;
    getConnection(socket)?.expectAck(String(messages), { timeout: ackTimeout });
    return socket.send(`update ${messages}`);
  });
});

if (feed.length > 0) {
  setInterval(() => {
    for (const socket of chat.clients) if (socket.readyState === socket.OPEN) socket.send(feed);
  }, 100).unref();
}

if (process.env.SCENARIO_CLOSES_ON_SIGTERM === "true") {
  process.on("SIGTERM", () => {
    for (const socket of chat.clients) socket.close(1001, "restart");
    server.close();
    // The process then ends by itself.
    process.removeAllListeners("disconnect");
    process.disconnect();
  });
}

// A runner that was killed must not leave the server behind.
process.on("disconnect", () => process.exit(1));
process.on("message", ({ kind, port }) => {
  if (kind === "fail") failing = true;
  else server.listen(port, "127.0.0.1", () => process.send({ kind: "listening", port: server.address().port }));
});
process.send({ kind: "ready" });
