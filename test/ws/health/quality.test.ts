import { once } from "node:events";
import { diag } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE,
  METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY,
  METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX,
  METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY,
} from "../../../src/semconv.ts";
import { latest, sumOf } from "../../support/query.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";

conformance("quality and age", (kit) => {
  afterEach(() => diag.disable());

  test("a connection has a quality from its first heartbeat on, in the sweeps and at the close", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const before = await kit.sdk.collect();
    expect(latest(before, METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY)).toEqual([]);
    expect(latest(before, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY)).toEqual([]);
    peer.ping("a");
    await once(peer, "pong");
    const open = await kit.sdk.collect();
    const [quality] = latest(open, METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY);
    expect(quality?.value).toBe(1);
    expect(quality?.point.sum).toBeGreaterThan(85);
    expect(sumOf(open, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY, { "websocket.quality.grade": "good" })).toBe(1);
    client.close();
    await closed(client, peer);
    const after = await kit.sdk.collect();
    expect(latest(after, METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY)[0]?.value).toBe(2);
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY)).toBe(0);
  });

  test.each<[string, ObserverOptions["quality"], number | undefined, string | undefined, boolean]>([
    ["is taken", ({ acknowledged }) => 40 + acknowledged, 41, "poor", false],
    ["may leave a connection out", () => undefined, undefined, undefined, false],
    ["may throw", () => JSON.parse("{") as number, undefined, undefined, true],
    ["may return too much", () => 101, undefined, undefined, true],
    ["may return NaN", () => Number.NaN, undefined, undefined, true],
    ["may return text", () => "good" as unknown as number, undefined, undefined, true],
  ])("a function of the application's own %s", async (_name, quality, score, grade, wrong) => {
    const reports: string[] = [];
    diag.setLogger({ error: (m) => void reports.push(m), warn() {}, info() {}, debug() {}, verbose() {} });
    await kit.start({}, { quality });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    await kit.sdk.collect();
    peer.ping("a");
    await once(peer, "pong");
    const telemetry = await kit.sdk.collect();
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY).map(({ point }) => point.sum)).toEqual(
      score === undefined ? [] : [score],
    );
    expect(
      latest(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY).map(
        ({ attributes }) => attributes["websocket.quality.grade"],
      ),
    ).toEqual(grade === undefined ? [] : [grade]);
    client.close();
    await closed(client, peer);
    expect(reports.length).toBeLessThanOrEqual(wrong ? 1 : 0);
  });

  test("connections and closures are told apart by age, in the groups that are asked for", async () => {
    await kit.start({}, { ageGroups: [1, 60_000] });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    await new Promise((resolve) => void setTimeout(resolve, 5));
    const open = await kit.sdk.collect();
    const group = { "websocket.connection.age_group": "1ms_to_1m" };
    expect(sumOf(open, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE, group)).toBe(1);
    expect(sumOf(open, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE)).toBe(1);
    const [oldest] = latest(open, METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX);
    expect(oldest?.value).toBeGreaterThan(0.004);
    expect(oldest?.value).toBeLessThan(10);
    client.close();
    await closed(client, peer);
    const after = await kit.sdk.collect();
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, group)).toBe(1);
    expect(sumOf(after, METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS, group)).toBe(1);
    expect(sumOf(after, METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE)).toBe(0);
    expect(latest(after, METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX)[0]?.value).toBe(0);
  });
});
