// The application's own OpenTelemetry setup, as the SDK's documentation has it.
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK();
sdk.start();
process.once("SIGTERM", async () => {
  await sdk.shutdown();
  process.kill(process.pid, "SIGTERM");
});
process.once("beforeExit", () => sdk.shutdown());
