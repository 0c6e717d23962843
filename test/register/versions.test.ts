import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import { ALL, WITHOUT_BLOB, assertExact, exchange } from "./traffic.ts";
import type { Exchange } from "./traffic.ts";

const APPS = new URL("apps/", import.meta.url);
const TIMEOUT = 120_000;

const apps: App[] = [];
afterAll(() => Promise.all(apps.map((app) => app.stop())));

async function holdsExactly(packages: Record<string, string>, traffic: Exchange): Promise<void> {
  const app = await createApp(packages, APPS);
  apps.push(app);
  const receiver = await startReceiverProcess();
  try {
    await exchange(app, receiver, traffic);
    assertExact(receiver.telemetry, traffic.messages);
  } finally {
    await receiver.stop();
  }
}

describe.each([
  // On today's Node, ws 7.0.0 by itself fails on compressed empty messages.
  { version: "7.0.0", messages: WITHOUT_BLOB, deflate: false },
  { version: "7", messages: WITHOUT_BLOB, deflate: true },
  { version: "8.0.0", messages: WITHOUT_BLOB, deflate: true },
  { version: "8", messages: ALL, deflate: true },
])("ws $version: every message and byte is counted", ({ version, ...traffic }) => {
  test.for([
    { server: "server.cjs", client: "client.mjs" },
    { server: "server.mjs", client: "client.cjs" },
  ])("$server and $client", { timeout: TIMEOUT }, async (files) => {
    await expect(holdsExactly({ ws: version }, { ...files, ...traffic })).resolves.toBeUndefined();
  });
});

describe("two copies of ws in one process are both observed", () => {
  const packages = { ws: "8", "old-client": `file:${fileURLToPath(new URL("old-client", APPS))}` };

  test.for([
    { used: "7", messages: WITHOUT_BLOB },
    { used: "8", messages: ALL },
  ])("traffic of ws $used", { timeout: TIMEOUT }, async ({ used, messages }) => {
    const traffic = { server: "server.cjs", client: "nested.mjs", messages, env: { WS: used } };
    await expect(holdsExactly(packages, traffic)).resolves.toBeUndefined();
  });
});
