// People in the chat of server.mjs, CLIENTS at a time, most of whom behave. They go on until the process is ended.
// node --import opentelemetry-websocket/register examples/stack/app/clients.mjs
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

const { URL: url, CLIENTS = "25", SECONDS = "60" } = process.env;

const PLATFORMS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.40.0 Chrome/130.0.0.0 Electron/33.0.0 Safari/537.36",
];

/** How a connection ends, in turn; over time each as often as it is here. */
const ENDINGS = {
  normal: (socket) => socket.close(1000, "bye"),
  page: (socket) => socket.close(1001),
  gone: (socket) => socket.close(),
  lost: (socket) => socket.terminate(),
  expired: (socket) => request(socket, { close: 4401, reason: "token expired" }),
  crash: (socket) => request(socket, { close: 1011, reason: "out of order" }),
  refused: () => {},
  slow: slow,
};
const TURNS = ["normal", "lost", "page", "refused", "normal", "expired", "gone", "slow", "normal", "crash"];

/** Asks for a lot, reads nothing of it for a while, and goes. */
async function slow(socket) {
  request(socket, { history: true });
  socket.pause();
  await sleep(25_000);
  socket.resume();
  socket.close(1000);
}

function request(socket, message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** One person, who comes back whenever the connection has ended. */
async function person(index) {
  await sleep(index * 50);
  for (let turn = index; ; turn += 1) {
    const ending = TURNS[turn % TURNS.length];
    await visit(index, ending, Number(SECONDS) * 1000 * (0.2 + Math.random()));
    await sleep(500 + Math.random() * 4000);
  }
}

async function visit(index, ending, life) {
  const socket = new WebSocket(ending === "refused" ? url : `${url}?user=${index}`, {
    headers: { "user-agent": PLATFORMS[index % PLATFORMS.length] },
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("message", (data) => {
    if (data.length > 10_000) return;
    const { id } = JSON.parse(data);
    // One in twenty is forgotten.
    if (Math.random() > 0.05) request(socket, { ack: id });
  });
  const leaving = new AbortController();
  void closed.then(() => leaving.abort());
  const talking = setInterval(
    () => request(socket, { text: "hello", sentAt: Date.now() }),
    2000 + Math.random() * 8000,
  );
  // The life is cut short where the server ends the connection, or refuses it.
  await sleep(life, undefined, { signal: leaving.signal }).catch(() => {});
  if (socket.readyState === WebSocket.OPEN) await ENDINGS[ending](socket);
  // A close that nobody answers ends as well: ws gives up after 30 s.
  await closed;
  clearInterval(talking);
}

await Promise.all(Array.from({ length: Number(CLIENTS) }, (_, index) => person(index)));
