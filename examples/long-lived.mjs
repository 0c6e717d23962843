// A connection that lives longer than a segment: its spans, linked, and its events:
// node examples/long-lived.mjs
import { NodeSDK } from "@opentelemetry/sdk-node";
import { WebSocket, WebSocketServer } from "ws";
import { WebSocketInstrumentation } from "opentelemetry-websocket";

// Printed, where nothing else takes them.
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) {
  process.env.OTEL_TRACES_EXPORTER = process.env.OTEL_LOGS_EXPORTER = "console";
  process.env.OTEL_METRICS_EXPORTER = "none";
}

const instrumentation = new WebSocketInstrumentation({
  connectionSpan: { segmentDuration: 1000 }, // an hour by default
  events: { checkpointInterval: 1000 }, // five minutes by default
});
const sdk = new NodeSDK({ instrumentations: [instrumentation] });
sdk.start();

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
server.on("connection", (peer) => {
  const timer = setInterval(() => peer.send("tick"), 200);
  peer.on("close", () => clearInterval(timer));
});
server.on("listening", () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/feed`);
  setTimeout(() => client.close(1000), 2500);
  client.on("close", async () => {
    server.close();
    await instrumentation.shutdown();
    await sdk.shutdown();
  });
});
