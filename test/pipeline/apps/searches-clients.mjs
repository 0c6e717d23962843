// Clients for the searches in Jaeger: a connection for each way in which the page looks for one.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

async function visit(end, headers = {}) {
  const socket = new WebSocket(process.env.URL, { perMessageDeflate: false, headers });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  if (end !== undefined) {
    await once(socket, "open");
    await end(socket);
  }
  await closed;
}

await visit((socket) => socket.close(1000));
await visit((socket) => socket.terminate());
await visit((socket) => socket.send("close 4401"));
await visit((socket) => socket.send("close 1011"));
await visit(undefined, { authorization: "wrong" });
await visit(async (socket) => {
  // Longer than the shortest duration that the page looks for.
  await sleep(1200);
  socket.close(1000);
});
await visit(async (socket) => {
  socket.pause();
  socket.send("history");
  // Queues are looked at when metrics are collected, every half second here.
  await sleep(2000);
  socket.resume();
  socket.close(1000);
});
