// Servers, clients and checks that make every metric of the registry appear, and go on until they are ended.
// What is steady is known: STEADY connections on /steady, of a LIMIT, each with a message every EVERY milliseconds.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket as ReconnectingWebSocket } from "partysocket";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { WebSocket, WebSocketServer } from "ws";
import {
  getConnection,
  observeEngine,
  observeEngineClient,
  observeReconnecting,
  observeServer,
  recordFallback,
} from "opentelemetry-websocket";
import { startProbes } from "opentelemetry-websocket/probe";
import options from "./everything.options.cjs";

const { CERTIFICATES } = process.env;
const [STEADY, LIMIT, EVERY] = [process.env.STEADY, process.env.LIMIT, process.env.EVERY].map(Number);
const FLOOD = Buffer.alloc(1_000_000, "x");
const PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36";
const DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
const PEERS = [
  { "user-agent": PHONE, "cf-ipcountry": "JP" },
  { "user-agent": DESKTOP, "cf-ipcountry": "BR" },
];

const urlOf = (server, path, scheme = "ws") => `${scheme}://localhost:${server.address().port}${path}`;

async function listen(options) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, ...options });
  await once(server, "listening");
  return server;
}

/** Answers each message with its acknowledgement; `?close=1011` closes with that code then. */
function answer(socket, request) {
  const [, code] = /close=(\d+)/.exec(request.url) ?? [];
  socket.on("error", () => {});
  let sequence = 0;
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    const connection = getConnection(socket);
    if (message.ack !== undefined) {
      connection?.ack(String(message.ack));
      return;
    }
    connection?.recordLatency(Math.max(0, Date.now() - message.sentAt));
    sequence += 1;
    connection?.expectAck(String(sequence), { timeout: 300 });
    socket.send(JSON.stringify({ ack: message.id, id: sequence, sentAt: message.sentAt }));
    if (code !== undefined) socket.close(Number(code));
  });
}

/** Sends a message every so often; of those of the server, one in four gets no acknowledgement. */
function talk(socket, every) {
  let id = 0;
  const connection = getConnection(socket);
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    connection?.ack(String(message.ack));
    connection?.recordLatency(Math.max(0, Date.now() - message.sentAt));
    if (message.id % 4 !== 0) socket.send(JSON.stringify({ ack: message.id }));
  });
  const timer = setInterval(() => {
    id += 1;
    connection?.expectAck(String(id), { timeout: 300 });
    // Nobody acknowledges those of the second kind.
    socket.send(JSON.stringify({ id: id % 4 === 0 ? 0 : id, sentAt: Date.now() }));
  }, every);
  socket.on("close", () => clearInterval(timer));
}

async function open(url, headers = PEERS[0]) {
  const socket = new WebSocket(url, { perMessageDeflate: false, headers });
  socket.on("error", () => {});
  await once(socket, "open");
  return socket;
}

const steady = await listen({ path: "/steady" });
observeServer(steady, { ...options, capacity: { limit: LIMIT } });
steady.on("connection", answer);

const busy = await listen({ path: "/busy", verifyClient: ({ req }) => req.headers.authorization !== "wrong" });
busy.on("connection", answer);

/** A peer that never reads, on each side. */
const stuck = await listen({ path: "/stuck" });
stuck.on("connection", (socket, { url }) => {
  socket.on("error", () => {});
  if (url.includes("server")) socket.pause();
  else for (let sent = 0; sent < 20; sent += 1) socket.send(FLOOD);
});
const reader = await open(urlOf(stuck, "/stuck"));
reader.pause();
const writer = await open(urlOf(stuck, "/stuck?server"));
for (let sent = 0; sent < 20; sent += 1) writer.send(FLOOD);

for (let index = 0; index < STEADY; index += 1) {
  talk(await open(urlOf(steady, "/steady"), PEERS[index % PEERS.length]), EVERY);
}

/** Connections that end in every way. */
async function churn() {
  for (let turn = 0; ; turn += 1) {
    for (const ending of ["refused", 1000, "broken", 1008, 1011, 4401]) {
      const headers = PEERS[turn % PEERS.length];
      const socket = new WebSocket(urlOf(busy, ending > 1000 ? `/busy?close=${ending}` : "/busy"), {
        perMessageDeflate: false,
        headers: ending === "refused" ? { ...headers, authorization: "wrong" } : headers,
      });
      socket.on("error", () => {});
      const closed = new Promise((resolve) => void socket.once("close", resolve));
      if (ending !== "refused") {
        await once(socket, "open");
        talk(socket, 20);
        await once(socket, "message");
        if (ending === "broken") socket.terminate();
        if (ending === 1000) socket.close(1000);
      }
      await closed;
    }
    recordFallback({ transport: "sse", error: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
    await delay(100);
  }
}

/** A client that comes back whenever it is turned away. */
function comeBack() {
  const socket = new ReconnectingWebSocket(urlOf(busy, "/busy?client=ada&close=1012"), [], {
    WebSocket,
    minReconnectionDelay: 100,
    maxReconnectionDelay: 100,
  });
  observeReconnecting(socket);
  socket.addEventListener("open", () => socket.send(JSON.stringify({ id: 1, sentAt: Date.now() })));
}

/** Sessions that stay on polling. */
async function poll() {
  const http = createServer();
  observeEngine(new Server(http), { pollingLimit: 200 });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  for (;;) {
    const client = io(`http://127.0.0.1:${http.address().port}`, { forceNew: true, transports: ["polling"] });
    observeEngineClient(client);
    await new Promise((resolve) => void client.once("connect", resolve));
    await delay(400);
    client.disconnect();
  }
}

async function check() {
  const https = createSecureServer({
    cert: readFileSync(`${CERTIFICATES}/good.pem`),
    key: readFileSync(`${CERTIFICATES}/server.key.pem`),
  });
  new WebSocketServer({ server: https, path: "/tls" }).on("connection", answer);
  https.listen(0, "127.0.0.1");
  await once(https, "listening");
  const nobody = createServer().listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const closedPort = nobody.address().port;
  nobody.close();
  startProbes(
    [
      { name: "secure", url: urlOf(https, "/tls", "wss"), tls: { caFile: `${CERTIFICATES}/ca.pem` } },
      { name: "gone", url: `ws://127.0.0.1:${closedPort}/` },
    ],
    { interval: 300, location: "office" },
  );
}

comeBack();
void Promise.all([churn(), poll(), check()]);
console.log("running");
