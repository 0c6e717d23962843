// A server instance: counts reconnections through a redis-server, and tells its figures over IPC.
import { WebSocket, WebSocketServer } from "ws";
import { observeServer } from "../../src/index.ts";
import { RedisReconnectionStore } from "../../src/redis.ts";
import {
  METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY,
} from "../../src/semconv.ts";
import { clientOf, left } from "../support/clients.ts";
import { latest, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import { listen } from "../support/ws.ts";
import { REDIS_CLIENTS } from "./clients.ts";

/** What an instance has counted. */
export interface Figures {
  readonly reconnections: number;
  readonly abnormal: number;
  readonly delays: number;
  readonly delaySum: number;
  readonly frequent: number;
}

const [library = "", redisUrl = ""] = process.argv.slice(2);
const { client } = REDIS_CLIENTS[library]!(redisUrl);
const sdk = startSdk();
const { server, url } = await listen({ WebSocket, WebSocketServer, createWebSocketStream: undefined });
observeServer(server, {
  clientId: clientOf,
  reconnections: { store: new RedisReconnectionStore({ client }), threshold: 3 },
  meterProvider: sdk.meterProvider,
});

async function figures(): Promise<Figures> {
  // What Redis knows of frequent reconnectors is known at the collection after the one that asked.
  await sdk.collect();
  await new Promise((resolve) => void setTimeout(resolve, 100));
  const telemetry = await sdk.collect();
  const attributes = { "websocket.close.class": "abnormal" };
  const [delay] = latest(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY);
  return {
    reconnections: sumOf(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTIONS),
    abnormal: sumOf(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTIONS, attributes),
    delays: delay?.value ?? 0,
    delaySum: delay?.point.sum ?? 0,
    frequent: sumOf(telemetry, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS),
  };
}

async function drop(): Promise<string> {
  const sockets = [...server.clients];
  for (const socket of sockets) socket.terminate();
  await Promise.all(sockets.map(left));
  return "dropped";
}

process.on("message", (message) => {
  (message === "drop" ? drop() : figures()).then(
    (answer) => process.send!({ answer }),
    (error: unknown) => process.send!({ answer: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send!({ answer: url });
