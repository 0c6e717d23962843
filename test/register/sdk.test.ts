import { afterAll, describe, expect, test } from "vitest";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import type { Ending } from "../support/process.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { Collected } from "../support/receiver.ts";
import { ALL, assertExact, exchange } from "./traffic.ts";
import type { Exchange } from "./traffic.ts";

const TIMEOUT = 120_000;

const LINES = {
  "OpenTelemetry 2.x": { "@opentelemetry/api": "1.9.0", "@opentelemetry/sdk-node": "0.223.0" },
  "OpenTelemetry 3.x": { "@opentelemetry/api": "1.10.0", "@opentelemetry/sdk-node": "0.301.0" },
} as const;

const apps: App[] = [];
afterAll(() => Promise.all(apps.map((app) => app.stop())));

async function report(
  packages: Record<string, string>,
  options: Partial<Exchange>,
): Promise<{ telemetry: Collected; endings: { server: Ending; client: Ending } }> {
  const app = await createApp({ ws: "8", ...packages }, new URL("apps/", import.meta.url));
  apps.push(app);
  const receiver = await startReceiverProcess();
  try {
    const traffic = { server: "server.cjs", client: "client.mjs", messages: ALL, ...options };
    const endings = await exchange(app, receiver, traffic);
    return { telemetry: receiver.telemetry, endings };
  } finally {
    await receiver.stop();
  }
}

describe.each(Object.entries(LINES))("an application with an SDK of its own, %s", (_line, packages) => {
  const QUIET = { server: { stderr: "", signal: "SIGTERM" }, client: { stderr: "", code: 0 } };

  test.for([
    ["registers this package after its setup", ["--import", "./otel.mjs", ...REGISTER]],
    ["has the instrumentation in its setup", ["--import", "./otel-instrumented.mjs"]],
  ] as const)("%s: every message and byte is counted", { timeout: TIMEOUT }, async ([_way, node]) => {
    const { telemetry, endings } = await report(packages, { node });
    expect(endings).toMatchObject(QUIET);
    // The message sizes need a metric producer in the reader, which is the application's own here.
    assertExact(telemetry, ALL, { sizes: false });
  });

  test("leaves its setup out: the SDK is started for it", { timeout: TIMEOUT }, async () => {
    const { telemetry, endings } = await report(packages, { env: { OTEL_SERVICE_NAME: "shop" } });
    expect(endings).toMatchObject(QUIET);
    assertExact(telemetry, ALL);
  });
});

test(
  "with an old API and no SDK, the application runs and one message says what to do",
  { timeout: TIMEOUT },
  async () => {
    const { telemetry, endings } = await report({ "@opentelemetry/api": "1.9.0" }, {});
    expect(endings).toMatchObject({ server: { signal: "SIGTERM" }, client: { code: 0 } });
    for (const { stderr } of Object.values(endings)) {
      expect(stderr).toMatch(
        /^OpenTelemetry error: .*nothing is recorded.* Install @opentelemetry\/api@1\.10, or .*\n$/,
      );
    }
    expect(telemetry.requests).toEqual([]);
  },
);
