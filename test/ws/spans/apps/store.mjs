// An upgrade within an application's own asynchronous context: what it stores there may not live as long as the socket.
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { WebSocket, WebSocketServer } from "ws";
import { observeServer } from "../../../../src/index.ts";

trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })] }),
);
const storage = new AsyncLocalStorage();
const server = new WebSocketServer({ noServer: true });
if (process.argv[2] === "observed") {
  observeServer(server, {
    messageSpans: {},
    propagateConnection: true,
    heartbeat: { interval: 60_000 },
    processingTime: true,
    sendTime: true,
  });
}
let stored;
const http = createServer();
http.on("upgrade", (request, socket, head) => {
  const store = { large: Buffer.alloc(1_000_000) };
  stored = new WeakRef(store);
  storage.run(store, () => server.handleUpgrade(request, socket, head, (peer) => server.emit("connection", peer)));
});
await once(http.listen(0, "127.0.0.1"), "listening");
const connected = once(server, "connection");
const client = new WebSocket(`ws://127.0.0.1:${http.address().port}`);
const [[peer]] = await Promise.all([connected, once(client, "open")]);
for (let count = 0; count < 3; count += 1) {
  client.send("question");
  await once(peer, "message");
  peer.send("answer");
  await once(client, "message");
}
for (let count = 0; count < 50 && stored.deref() !== undefined; count += 1) {
  // What a WeakRef gave stays until the end of its turn.
  await turn();
  globalThis.gc();
  await turn();
}
console.log(peer.readyState === WebSocket.OPEN, stored.deref() === undefined ? "free" : "held");
process.exit();
