"use strict";
// A server and a client that exchange three messages each way, and then one of many ways to end.

const { Worker, isMainThread } = require("node:worker_threads");
const WebSocket = require("ws");

const SIGNALS = ["SIGTERM", "SIGINT"];

function handle(method, end) {
  for (const signal of SIGNALS) {
    process[method](signal, () => {
      console.log(`handled ${signal}`);
      end?.();
    });
  }
}

const ways = {
  unhandled: () => {},
  drain: (stop) => {
    process.exitCode = 4;
    stop();
  },
  exit: () => setImmediate(() => process.exit(5)),
  throw: () =>
    setImmediate(() => {
      throw new Error("of the application");
    }),
  reject: () => void Promise.reject(new Error("of the application")),
  gracefulOn: (stop) => handle("on", stop),
  gracefulOnce: (stop) => handle("once", stop),
  exitInHandler: (stop) => handle("on", () => stop(() => process.exit(7))),
  ignore: () => handle("on"),
  // As the package signal-exit does.
  lastListener: () => {
    const end = (signal) => {
      if (process.listeners(signal).length > 1) return console.log("not the only one");
      process.removeListener(signal, end);
      process.kill(process.pid, signal);
    };
    for (const signal of SIGNALS) process.on(signal, end);
  },
  workBeforeExit: (stop) => {
    process.once("beforeExit", () => setTimeout(() => console.log("worked"), 50));
    stop();
  },
};

function run(way) {
  const server = new WebSocket.Server({ port: 0, host: "127.0.0.1", path: "/chat" });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data, { binary: false })));
  server.on("listening", () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/chat`);
    let received = 0;
    socket.on("open", () => {
      for (const text of ["a", "bc", "é"]) socket.send(text);
    });
    socket.on("message", () => {
      received += 1;
      if (received < 3) return;
      way((then) => {
        socket.on("close", () => server.close(then));
        socket.close(1000);
      });
      console.log("ready");
    });
  });
}

const { WAY } = process.env;
if (WAY === "worker" && isMainThread) {
  const worker = new Worker(__filename, { env: { ...process.env, WAY: "drain" } });
  worker.on("exit", (code) => console.log(`worker ended with ${code}`));
} else {
  if (!isMainThread) console.log(`${process.listenerCount("SIGTERM")} listeners in the worker`);
  run(ways[WAY]);
}
