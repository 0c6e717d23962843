// What the applications share. `ws` comes from the folder that WS names.
const events = require("node:events");
const { readFileSync } = require("node:fs");
const path = require("node:path");
const { tracer } = require("./otel.cjs");
const http = require("node:http");
const https = require("node:https");
const WebSocket = require(process.env.WS ?? "ws");
const WebSocketServer = WebSocket.Server;

const certificates = path.join(__dirname, "../../probe/servers/certificates");

/** A WebSocket server that echoes and answers every GET; `traceparents` has what the upgrade requests carried. */
async function serve({ secure = false, redirectTo } = {}) {
  const answer = (_request, response) => response.end("ok");
  const tls = secure && {
    cert: readFileSync(path.join(certificates, "good.pem")),
    key: readFileSync(path.join(certificates, "server.key.pem")),
  };
  const server = secure ? https.createServer(tls, answer) : http.createServer(answer);
  const traceparents = [];
  const ends = [];
  server.prependListener("upgrade", ({ headers }) => traceparents.push(headers.traceparent));
  if (redirectTo === undefined) {
    new WebSocketServer({ server }).on("connection", (socket) => {
      ends.push(events.once(socket, "close"));
      socket.on("message", (data) => socket.send(String(data)));
    });
  } else {
    server.on("upgrade", (_request, socket) => {
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${redirectTo}\r\nContent-Length: 0\r\n\r\n`);
    });
  }
  server.listen(0, "127.0.0.1");
  await events.once(server, "listening");
  const { port } = server.address();
  return {
    // A certificate is for a name.
    url: `${secure ? "wss://localhost" : "ws://127.0.0.1"}:${port}/chat`,
    page: `${secure ? "https://localhost" : "http://127.0.0.1"}:${port}/`,
    traceparents,
    /** When its WebSockets have ended. */
    async close() {
      await Promise.all(ends);
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Opens a client, has one message echoed under a listener that makes a span, and closes. */
async function talk(client) {
  client.once("message", () => {
    tracer.startSpan("work").end();
    client.close();
  });
  const closed = events.once(client, "close");
  await events.once(client, "open");
  client.send("hello");
  await closed;
}

function get(page) {
  return new Promise((resolve, reject) => {
    const module = page.startsWith("https") ? https : http;
    const request = module.get(page, { rejectUnauthorized: false }, (response) => response.resume().on("end", resolve));
    request.on("error", reject);
  });
}

/** What stands on the modules, to be compared. */
function snapshot() {
  const functions = [http, https].flatMap((module) => Object.entries(Object.getOwnPropertyDescriptors(module)));
  return () => {
    const now = [http, https].flatMap((module) => Object.entries(Object.getOwnPropertyDescriptors(module)));
    return functions.every(([name, before], index) => {
      const [nameNow, after] = now[index];
      return name === nameNow && Object.keys(before).every((key) => Object.is(before[key], after[key]));
    });
  };
}

module.exports = { WebSocket, WebSocketServer, get, http, https, serve, snapshot, talk };
