/** The demo's server: a chat with rooms and a ticker, as an application would write it. Nothing here knows telemetry. */
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { linkToParent } from "./child.ts";
import { largestMessage, paths, requests } from "./messages.ts";

const tickInterval = 250;
const rooms = new Map<string, Set<WebSocket>>();

const chat = new WebSocketServer({
  noServer: true,
  path: paths.chat,
  maxPayload: largestMessage,
  perMessageDeflate: { threshold: 1024 },
  verifyClient: ({ req }: { req: IncomingMessage }) => query(req).has("user"),
  handleProtocols: (offered) => ["chat.v2", "chat.v1"].find((protocol) => offered.has(protocol)) ?? false,
});

const ticker = new WebSocketServer({ noServer: true, path: paths.ticker });

const server = createServer((_, response) => response.writeHead(426).end());
server.on("upgrade", (request, socket, head) => {
  // An upgrade for any other path is refused by the chat with 400.
  const endpoint = request.url?.startsWith(paths.ticker) ? ticker : chat;
  endpoint.handleUpgrade(request, socket, head, (webSocket) => endpoint.emit("connection", webSocket, request));
});

chat.on("connection", (webSocket, request) => {
  const name = query(request).get("room") ?? "lobby";
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(webSocket));
  webSocket.on("message", (data: Buffer, isBinary) => receive(webSocket, room, isBinary ? undefined : data.toString()));
  // ws reports a message beyond maxPayload here, and closes with 1009 by itself.
  webSocket.on("error", () => {});
  webSocket.on("close", () => {
    room.delete(webSocket);
    if (room.size === 0) rooms.delete(name);
  });
});

/** A text is for the room or a request to the server; something binary is an upload. */
function receive(webSocket: WebSocket, room: Set<WebSocket>, text: string | undefined): void {
  if (text === undefined) webSocket.send("stored");
  else if (text === requests.expire) webSocket.close(4401, "token expired");
  else if (text === requests.leave) webSocket.close(1001, "moving to another server");
  else if (text === requests.drop) webSocket.terminate();
  else for (const member of room) member.send(text);
}

ticker.on("connection", (webSocket) => webSocket.on("error", () => {}));

const price = Buffer.alloc(24);
const ticking = setInterval(() => {
  price.writeDoubleBE(Date.now());
  price.writeDoubleBE(100 + Math.random(), 8);
  for (const webSocket of ticker.clients) webSocket.send(price);
}, tickInterval);

function query(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? "/", "http://server").searchParams;
}

const parent = linkToParent({
  stop: async () => {
    clearInterval(ticking);
    for (const webSocket of [...chat.clients, ...ticker.clients]) webSocket.close(1001, "demo over");
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    // `close` waits for upgraded connections too; a client that does not answer must not hold it up.
    const impatient = setTimeout(() => {
      for (const webSocket of [...chat.clients, ...ticker.clients]) webSocket.terminate();
    }, 1000);
    await closed;
    clearTimeout(impatient);
  },
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) parent.ready(address.port);
});
