// The application's own OpenTelemetry setup, with this package among its instrumentations.
import { NodeSDK } from "@opentelemetry/sdk-node";
import { WebSocketInstrumentation } from "opentelemetry-websocket";

const sdk = new NodeSDK({ instrumentations: [new WebSocketInstrumentation()] });
sdk.start();
process.once("SIGTERM", async () => {
  await sdk.shutdown();
  process.kill(process.pid, "SIGTERM");
});
process.once("beforeExit", () => sdk.shutdown());
