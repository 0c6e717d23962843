// Do old connections behave otherwise? Age groups, and a score of each connection from its heartbeats.
// OTEL_METRIC_EXPORT_INTERVAL=500 node --import opentelemetry-websocket/register examples/age-and-quality.mjs
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

observeServer(server, {
  // Usually hours and days, which is the default.
  ageGroups: [1000, 3_600_000],
  heartbeat: { interval: 100 },
  // Without this 40 points for heartbeats, 30 for latency and 30 for stability.
  quality: ({ acknowledged, missed }) => (100 * acknowledged) / (acknowledged + missed),
});

const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/feed`);
await once(client, "open");
// Time to be collected young and old.
await delay(2500);
client.close(1000);
await once(client, "close");
server.close();
