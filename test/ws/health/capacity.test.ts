import { diag } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import {
  METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT,
  METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION,
} from "../../../src/semconv.ts";
import { attrs, latest, logs, sumOf } from "../../support/query.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";

conformance("capacity", (kit) => {
  afterEach(() => diag.disable());

  test("limit and utilization are reported, and the mark is told to the hook and the log", async () => {
    const onWarning = vi.fn<(warning: object) => void>();
    await kit.start({}, { capacity: { limit: 5, warnAt: 0.6, onWarning } });
    const empty = await kit.sdk.collect();
    expect(sumOf(empty, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(5);
    expect(latest(empty, METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION).map(({ value }) => value)).toEqual([0]);
    const pairs = [];
    for (let index = 0; index < 3; index += 1) pairs.push(await connect(kit.ws, kit.server, kit.url));
    const full = await kit.sdk.collect();
    expect(latest(full, METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION)[0]?.value).toBeCloseTo(0.6, 9);
    for (const { client, peer } of pairs) {
      client.close();
      await closed(client, peer);
    }
    expect(onWarning.mock.calls).toEqual([
      [{ active: 3, limit: 5, utilization: 0.6, exceeded: true }],
      [{ active: 2, limit: 5, utilization: 0.4, exceeded: false }],
    ]);
    const events = logs(await kit.sdk.collect(), { name: "websocket.connection.capacity" });
    expect(events.map((event) => [event.severityNumber, attrs(event)])).toEqual([
      [
        13,
        {
          "websocket.condition": "begun",
          "websocket.capacity.active_connections": 3,
          "websocket.capacity.limit": 5,
          "websocket.capacity.utilization": 0.6,
        },
      ],
      [9, expect.objectContaining({ "websocket.condition": "ended", "websocket.capacity.utilization": 0.4 })],
    ]);
  });

  test("a limit that is a function is asked each time", async () => {
    let limit = 10;
    await kit.start({}, { capacity: () => limit });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    expect(sumOf(await kit.sdk.collect(), METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(10);
    limit = 4;
    const telemetry = await kit.sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe(4);
    client.terminate();
    await closed(client, peer);
  });

  test.each([
    ["throws", () => JSON.parse("{") as number],
    ["returns NaN", () => Number.NaN],
    ["returns no number", () => "many" as unknown as number],
    ["returns 0", () => 0],
  ])("a limit that %s leaves the capacity out and the connection as it is", async (_name, capacity) => {
    const reports: string[] = [];
    diag.setLogger({ error: (m) => void reports.push(m), warn() {}, info() {}, debug() {}, verbose() {} });
    await kit.start({}, { capacity });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const telemetry = await kit.sdk.collect();
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toEqual([]);
    client.close();
    await closed(client, peer);
    expect(reports.length).toBeLessThanOrEqual(1);
  });
});
