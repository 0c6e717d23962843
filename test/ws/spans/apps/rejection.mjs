// One listener whose promise is rejected, with or without spans of messages: the process has to end alike.
import { setImmediate } from "node:timers";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { WebSocket, WebSocketServer } from "ws";
import { observeServer } from "../../../../src/index.ts";

const [kind, observed, reporting] = process.argv.slice(2);
const spans = [];
const exporter = { export: (ended, done) => (spans.push(...ended), done({ code: 0 })), shutdown: async () => {} };
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));

if (reporting === "reporting") {
  process.on("unhandledRejection", (reason) => console.log("unhandled", reason.message));
  process.on("rejectionHandled", () => console.log("handled after all"));
}

async function work() {
  // oxlint-disable-next-line typescript/await-thenable -- an await of a value is what is tried
  await undefined;
  throw new Error(`broken: ${kind}`);
}
const shared = [];
const turns = async (count) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
};

/** Each adds a listener. */
const kinds = {
  "an async listener": (peer) => peer.on("message", async () => work()),
  "a listener that returns a promise": (peer) => peer.on("message", () => work()),
  once: (peer) => peer.once("message", async () => work()),
  "a DOM listener": (peer) => peer.addEventListener("message", async () => work()),
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the property is what is tested
  "onmessage with a promise": (peer) => (peer.onmessage = () => work()),
  "a promise that is handled before it is returned": (peer) =>
    peer.on("message", () => {
      const promise = work();
      promise.catch(() => console.log("caught"));
      return promise;
    }),
  "a promise that is handled later": (peer) =>
    peer.on("message", () => {
      shared.push(work());
      queueMicrotask(async () => {
        await shared[0].then(undefined, () => console.log("caught"));
      });
      return shared[0];
    }),
  "a promise that is awaited elsewhere": (peer) =>
    peer.on("message", () => {
      shared.push(work());
      queueMicrotask(async () => {
        try {
          await shared[0];
        } catch {
          console.log("caught");
        }
      });
      return shared[0];
    }),
  "a promise that is handled too late": (peer) =>
    peer.on("message", () => {
      shared.push(work());
      void turns(3).then(() => shared[0].catch(() => console.log("caught late")));
      return shared[0];
    }),
  "a promise whose successor is rejected": (peer) =>
    peer.on("message", () => {
      const promise = work();
      void promise.then(() => "done");
      return promise;
    }),
  "a rejected promise": (peer) => peer.on("message", () => Promise.reject(new Error(`broken: ${kind}`))),
};

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
if (observed === "observed") observeServer(server, { messageSpans: {} });
server.on("connection", (peer) => {
  kinds[kind](peer);
  const finish = async () => {
    await turns(10);
    if (observed === "observed") {
      const span = spans.find(({ name }) => name === "receive");
      process.stderr.write(`span: ${span?.status.code} ${span?.events[0]?.attributes["exception.message"]}\n`);
    }
    process.exit(0);
  };
  peer.once("message", () => void finish());
});
server.on("listening", () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  client.on("open", () => client.send("go"));
});
