// A client of ES modules, where the HTTP instrumentation needs its loader hook.
import { once } from "node:events";
import { register } from "node:module";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
const { default: otel } = await import("./otel.cjs");
const { WebSocket, WebSocketServer } = await import("ws");
const { get } = await import("node:http");

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await once(server, "listening");
const { port } = server.address();
const traceparents = [];
server.on("connection", (_socket, { headers }) => traceparents.push(headers.traceparent));
const client = new WebSocket(`ws://127.0.0.1:${port}`);
const connected = once(server, "connection");
await once(client, "open");
const [socket] = await connected;
client.close();
await once(socket, "close");
// The server answers 426: an upgrade is required.
const [response] = await once(get(`http://127.0.0.1:${port}/`), "response");
await once(response.resume(), "end");
await otel.report({ traceparents });
process.exit(0);
