// A span for each message of a JSON-RPC service, under which its work stands; it ends by itself:
// node examples/message-spans.mjs
import { once } from "node:events";
import { context, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { getMessageContext, jsonRpcOperation, observeClient, observeServer } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const sdk = new NodeSDK({ serviceName: "orders" });
sdk.start();
const tracer = trace.getTracer("orders");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/rpc" });
await once(server, "listening");
// In production { ratio: 0.01 }: a busy service has more messages than anybody wants spans.
observeServer(server, { messageSpans: { operation: jsonRpcOperation } });
observeClient(WebSocket, { messageSpans: { operation: jsonRpcOperation, receive: false } });

server.on("connection", (socket) => {
  socket.on("message", async (data) => {
    const { id, method, params } = JSON.parse(data);
    try {
      const result = await tracer.startActiveSpan("SELECT orders", async (span) => {
        await new Promise((resolve) => void setTimeout(resolve, 5));
        span.end();
        return `${method} ${params.join()}`;
      });
      if (method === "orders.break") throw new TypeError("no such order");
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result }));
    } catch (error) {
      trace.getActiveSpan()?.recordException(error);
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32_000, message: error.message } }));
    }
  });
});

const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/rpc`);
await once(client, "open");
const methods = ["orders.list", "orders.get", "orders.break"];
for (const [id, method] of methods.entries()) {
  const answered = once(client, "message");
  // The spans of what is sent stand under what the application does.
  tracer.startActiveSpan(`call ${method}`, (span) => {
    client.send(JSON.stringify({ jsonrpc: "2.0", method, params: [id], id }), () => span.end());
  });
  const [data] = await answered;
  // A loop or a promise of one's own has no message active: this asks for the context of one (here there is none).
  context.with(getMessageContext(data) ?? context.active(), () => console.log(data.toString()));
}

client.close(1000);
await once(client, "close");
server.close();
await sdk.shutdown();
