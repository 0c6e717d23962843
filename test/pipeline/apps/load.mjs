// Clients of the chat server that send RATE messages a second, until SIGUSR2. Prints what it saw as a line of JSON.
import { once } from "node:events";
import { WebSocket } from "ws";

const CONNECTIONS = 5;
const rate = Number(process.env.RATE);
const start = performance.now();
const seen = { sent: 0, echoed: 0, errors: [], bySecond: [] };

const sockets = Array.from({ length: CONNECTIONS }, () => new WebSocket(process.env.URL, { perMessageDeflate: false }));
for (const socket of sockets) {
  socket.on("error", (error) => seen.errors.push(String(error)));
  socket.on("message", () => {
    seen.echoed += 1;
    const second = Math.floor((performance.now() - start) / 1000);
    seen.bySecond[second] = (seen.bySecond[second] ?? 0) + 1;
    closeWhenDone();
  });
}
await Promise.all(sockets.map((socket) => once(socket, "open")));

let stopped = false;
process.on("SIGUSR2", () => {
  stopped = true;
  closeWhenDone();
});
function closeWhenDone() {
  if (stopped && seen.echoed === seen.sent) for (const socket of sockets) socket.close(1000);
}

const began = performance.now();
const timer = setInterval(() => {
  if (stopped) return clearInterval(timer);
  // As many as are due, so that a late timer does not lower the rate.
  while (seen.sent < ((performance.now() - began) / 1000) * rate) {
    sockets[seen.sent % CONNECTIONS].send("0123456789");
    seen.sent += 1;
  }
}, 10);

console.log("sending");
await Promise.all(sockets.map((socket) => once(socket, "close")));
console.log(JSON.stringify(seen));
