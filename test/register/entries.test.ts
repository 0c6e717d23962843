import { afterAll, expect, test } from "vitest";
import { createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";

let app: App | undefined;
afterAll(() => app?.stop());

test("every entry of the package can be loaded by require()", { timeout: 120_000 }, async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
  const env = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
  const { stdout, stderr, code } = await app.run("entries.cjs", { env }).ended;
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  const [main, ...others] = stdout.trimEnd().split("\n");
  expect(JSON.parse(main!)).toEqual(
    expect.arrayContaining(["WebSocketInstrumentation", "WebSocketMetricProducer", "observeClient", "observeServer"]),
  );
  expect(others).toEqual(["string", '["RedisReconnectionStore"]', "opentelemetry-websocket", "[]", "true"]);
});
