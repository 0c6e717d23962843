import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import { ALL, assertExact, exchange } from "./traffic.ts";

let app: App;
beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
}, 120_000);
afterAll(() => app?.stop());

describe.concurrent("started with nothing but --import, both sides report every message and byte", () => {
  test.each([
    { server: "server.cjs", client: "client.cjs", deflate: false, protocol: "http/protobuf", compression: "none" },
    { server: "server.mjs", client: "client.mjs", deflate: true, protocol: "http/protobuf", compression: "gzip" },
    { server: "server.cjs", client: "client.mjs", deflate: true, protocol: "http/json", compression: "none" },
    { server: "server.mjs", client: "client.cjs", deflate: false, protocol: "http/json", compression: "gzip" },
  ])("$server and $client, deflate $deflate, $protocol, $compression", async (combination) => {
    const receiver = await startReceiverProcess();
    try {
      const env = {
        OTEL_EXPORTER_OTLP_PROTOCOL: combination.protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: combination.compression,
      };
      const ended = await exchange(app, receiver, { ...combination, messages: ALL, env });
      expect(ended.server).toMatchObject({ signal: "SIGTERM", stderr: "" });
      expect(ended.client).toMatchObject({ code: 0, stderr: "" });
      assertExact(receiver.telemetry, ALL);
      const paths = new Set(receiver.telemetry.requests.map(({ path }) => path));
      expect([...paths].sort()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"]);
    } finally {
      await receiver.stop();
    }
  });
});
