import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { clientPlatform, combineAttributes, observeServer, region } from "../../src/index.ts";
import { METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, METRIC_WEBSOCKET_SERVER_MESSAGES } from "../../src/semconv.ts";
import { latest, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import { closed, connect, listen, received, shut } from "../support/ws.ts";

const ws = { WebSocket, WebSocketServer, createWebSocketStream: undefined };
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

describe("segments on metrics", () => {
  test("every metric of a connection says the platform and the region, in terms of the registry", async () => {
    const sdk = startSdk();
    const { server, url } = await listen(ws);
    const observation = observeServer(server, {
      meterProvider: sdk.meterProvider,
      tracerProvider: sdk.tracerProvider,
      metricAttributes: combineAttributes(clientPlatform(), region()),
    });
    const peers = [
      { "user-agent": IPHONE, "cf-ipcountry": "JP" },
      { "user-agent": IPHONE, "cf-ipcountry": "JP" },
      { "user-agent": "Go-http-client/1.1", "cf-ipcountry": "XX" },
    ];
    for (const headers of peers) {
      const { client, peer } = await connect(ws, server, url, { headers });
      const message = received(peer, 1);
      client.send("hello");
      await message;
      client.close(1000);
      await closed(client, peer);
    }
    observation.stop();
    await shut(server);
    const telemetry = await sdk.collect();
    const phone = {
      "websocket.client.platform": "mobile",
      "geo.country.iso_code": "JP",
      "geo.continent.code": "AS",
    };
    for (const metric of [METRIC_WEBSOCKET_SERVER_MESSAGES, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS]) {
      expect(sumOf(telemetry, metric, phone)).toBe(2);
      const [program] = latest(telemetry, metric, { "websocket.client.platform": "server" });
      expect(program?.value).toBe(1);
      expect(program?.attributes).not.toHaveProperty("geo.country.iso_code");
    }
  });

  test("300 peers with user agents of 10 kB of their own make six series at most", async () => {
    const sdk = startSdk();
    const { server, url } = await listen(ws);
    const observation = observeServer(server, {
      meterProvider: sdk.meterProvider,
      tracerProvider: sdk.tracerProvider,
      connectionSpan: { mode: "off" },
      metricAttributes: combineAttributes(clientPlatform(), region()),
    });
    for (let index = 0; index < 300; index += 1) {
      const headers = { "user-agent": `${index}`.repeat(10_000).slice(0, 10_000), "cf-ipcountry": `Q${index % 10}` };
      const { client, peer } = await connect(ws, server, url, { headers });
      client.terminate();
      await closed(client, peer);
    }
    observation.stop();
    await shut(server);
    const found = latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS);
    expect(found.reduce((total, { value }) => total + value, 0)).toBe(300);
    expect(found.length).toBeLessThanOrEqual(6);
  });
});

test("the parser of user agents has a permissive licence", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../node_modules/bowser/package.json", import.meta.url), "utf8"));
  expect((manifest as { license: string }).license).toBe("MIT");
});
