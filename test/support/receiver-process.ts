/** The OTLP receiver in a process of its own, so that a test that blocks or crashes one side leaves the other intact. */
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { otlpHandler } from "../../src/viewer/receiver.ts";
import type { Telemetry } from "../../src/viewer/otlp.ts";

/** How the receiver treats requests: takes them in, fails them with a status, or never answers. */
export type Mode = "accept" | 500 | 503 | "hang";

/** What the test sends to this process. */
export interface Command {
  behave: Mode;
}

/** What this process sends to the test. */
export type Report =
  | { kind: "listening"; url: string }
  | { kind: "behaving"; mode: Mode }
  | { kind: "request"; path: string; mode: Mode }
  | { kind: "telemetry"; telemetry: Telemetry };

let mode: Mode = "accept";
const hanging = new Set<ServerResponse>();

const accept = otlpHandler({ onTelemetry: (telemetry) => report({ kind: "telemetry", telemetry }) });

const server = createServer((request, response) => {
  report({ kind: "request", path: request.url ?? "", mode });
  if (mode === "accept") return accept(request, response);
  request.resume();
  if (mode === "hang") hanging.add(response);
  else response.writeHead(mode).end();
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) report({ kind: "listening", url: `http://127.0.0.1:${address.port}` });
});

process.on("message", (command: Command) => {
  mode = command.behave;
  report({ kind: "behaving", mode });
});
process.on("disconnect", () => process.exit());

function report(message: Report): void {
  // The test may have ended in between.
  process.send?.(message, () => {});
}
