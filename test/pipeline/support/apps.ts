import { fileURLToPath } from "node:url";
import { start } from "../../support/process.ts";
import type { Running } from "../../support/process.ts";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

const running = new Set<Running>();

/** Runs a file of `apps/` with nothing but `--import`; it sends its telemetry to `otlp` as `service`. */
export function runApp(
  file: string,
  service: string,
  otlp: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  const app = start(
    process.execPath,
    ["--import", "opentelemetry-websocket/register", fileURLToPath(new URL(`../apps/${file}`, import.meta.url))],
    // The package finds itself by its name from its own folder.
    PROJECT,
    { OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_ENDPOINT: otlp, OTEL_WEBSOCKET_CLOSE_CODES: "4401", ...env },
  );
  running.add(app);
  return app;
}

/** Ends all applications that still run, for the end of a test file. */
export async function stopApps(): Promise<void> {
  for (const app of running) app.kill("SIGKILL");
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
}

/** The port that a server of `apps/` listens on. */
export async function listening(app: Running): Promise<string> {
  const [, port] = await app.line(/^listening (\d+)/);
  return `ws://127.0.0.1:${port}/chat`;
}
