import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION,
} from "../../src/semconv.ts";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import { spans, sumOf } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { Collected } from "../support/receiver.ts";

let app: App;
beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
}, 120_000);
afterAll(() => app?.stop());

/** Runs the application to its end with these variables. */
async function ended(env: Record<string, string>, node = REGISTER): Promise<Collected & { stderr: string }> {
  const receiver = await startReceiverProcess();
  try {
    const telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const running = app.run("ending.cjs", { node, env: { ...telemetry, WAY: "drain", ...env } });
    const { stderr, code } = await running.ended;
    expect(code).toBe(4);
    await receiver.behave("accept");
    return { ...receiver.telemetry, stderr };
  } finally {
    await receiver.stop();
  }
}

const CHAT = { "http.route": "/chat" };

describe("register, with options", () => {
  test("from variables alone", async () => {
    const { stderr, ...telemetry } = await ended({
      OTEL_WEBSOCKET_CAPACITY: "50",
      OTEL_WEBSOCKET_CONNECTION_SPAN: "off",
      OTEL_WEBSOCKET_PROCESSING_TIME: "true",
    });
    expect(stderr).toBe("");
    expect(spans(telemetry)).toEqual([]);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(50);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION, CHAT)).toBe(3);
  });

  test.for([
    ["--import", REGISTER],
    ["--require", ["--require", "opentelemetry-websocket/register"]],
  ] as const)("from a module with functions, with %s", async ([_how, node]) => {
    writeFileSync(
      join(app.folder, "websocket.options.mjs"),
      `import { clientPlatform } from "opentelemetry-websocket";
       export default { route: ({ url }) => "/named" + url, metricAttributes: clientPlatform(), capacity: 5 };`,
    );
    const { stderr, ...telemetry } = await ended(
      { OTEL_WEBSOCKET_CONFIG_FILE: "websocket.options.mjs", OTEL_WEBSOCKET_CAPACITY: "60" },
      node,
    );
    expect(stderr).toBe("");
    const attributes = { "http.route": "/named/chat", "websocket.client.platform": "unknown" };
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES, attributes)).toBe(6);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(60);
  });

  test("that are wrong: the application runs and is observed with the defaults, and stderr says why", async () => {
    const { stderr, ...telemetry } = await ended({
      OTEL_WEBSOCKET_CAPACITY: "lots",
      OTEL_WEBSOCKET_CONNECTION_SPAN: "off",
      OTEL_WEBSOCKET_SEND_TIMES: "true",
    });
    expect(stderr.split("\n")).toEqual([
      "opentelemetry-websocket: OTEL_WEBSOCKET_SEND_TIMES: expected the name of an option, and there is none of that name; did you mean OTEL_WEBSOCKET_SEND_TIME?",
      'opentelemetry-websocket: OTEL_WEBSOCKET_CAPACITY: expected a whole number of connections from 1 on, got "lots"; set it to such as 10000, or unset it',
      "The application starts with the default options instead.",
      "",
    ]);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES, CHAT)).toBe(6);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(0);
    expect(spans(telemetry)).toHaveLength(2);
  });
});
