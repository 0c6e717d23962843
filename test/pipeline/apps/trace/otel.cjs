// The server's OpenTelemetry setup.
const { PgInstrumentation } = require("@opentelemetry/instrumentation-pg");
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { WebSocketInstrumentation } = require("opentelemetry-websocket");

const sdk = new NodeSDK({
  instrumentations: [
    new WebSocketInstrumentation({
      messageSpans: {},
      // A browser's WebSocket cannot have header fields of its own.
      traceContext: ({ url }) => ({ traceparent: new URL(url, "ws://host").searchParams.get("traceparent") }),
    }),
    new PgInstrumentation({ requireParentSpan: true }),
  ],
});
sdk.start();
process.once("SIGTERM", async () => {
  await sdk.shutdown();
  process.exit(0);
});
