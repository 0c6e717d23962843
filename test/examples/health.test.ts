import { expect, test } from "vitest";
import * as semconv from "../../src/semconv.ts";
import type { PlainAttributes } from "../../src/viewer/otlp.ts";
import { assertConforms } from "../support/conform.ts";
import { attrs, latest, logs, points } from "../support/query.ts";
import { describeExample, exampleKit } from "./kit.ts";

const kit = exampleKit({ userAttributes: ["app.tier"] });
const FEED = { "url.scheme": "ws", "http.route": "/feed" };

/** Runs an example to its end; gives what it printed. `often`: with several collections a second. */
async function run(file: string, { often = false, userAttributes = [] as readonly string[] } = {}): Promise<string> {
  const env = { OTEL_LOGS_EXPORTER: "otlp", ...(often && { OTEL_METRIC_EXPORT_INTERVAL: "300" }) };
  const { stderr, ...ending } = await kit.run(file, { env }).ended;
  // On a busy machine one export may take longer than such an interval; the next one has all that it had.
  expect(stderr.replaceAll(/^.*metrics export timed out.*\n/gm, "")).toBe("");
  expect(ending).toMatchObject({ code: 0, signal: null });
  // The receiver's reports come in order.
  await kit.receiver.behave("accept");
  assertConforms(kit.receiver.telemetry, { userAttributes });
  return ending.stdout;
}

/** The newest point of each series of a metric, in the order of their attributes. */
function told(metric: string, leaveOut: readonly string[] = []): [number, PlainAttributes][] {
  const found = latest(kit.receiver.telemetry, metric).map(({ value, attributes }): [number, PlainAttributes] => {
    const kept = Object.entries(attributes).filter(([name]) => !leaveOut.includes(name));
    return [value, Object.fromEntries(kept.toSorted(([one], [other]) => (one < other ? -1 : 1)))];
  });
  return found.toSorted(([, left], [, right]) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

/** Every value that was sent of the series with these attributes. */
function values(metric: string, attributes: PlainAttributes = {}): number[] {
  const wanted = Object.entries(attributes);
  return points(kit.receiver.telemetry, metric)
    .filter((point) => wanted.every(([name, value]) => point.attributes[name] === value))
    .map(({ value }) => value);
}

const events = (name: string): PlainAttributes[] => logs(kit.receiver.telemetry, { name }).map(attrs);
const HOW = [semconv.ATTR_WEBSOCKET_CLOSE_INITIATOR, semconv.ATTR_WEBSOCKET_CONNECTION_AGE_GROUP];
/** How connections ended: the count with code and `error.type`. */
const closes = (): [number, PlainAttributes][] =>
  told(semconv.METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, [...HOW, ...Object.keys(FEED), "websocket.close.class"]);

function expectHeartbeats(type: string, answered: number): void {
  const point = { ...FEED, "websocket.heartbeat.type": type };
  expect(told(semconv.METRIC_WEBSOCKET_SERVER_HEARTBEATS)).toEqual([
    [answered, { ...point, "websocket.heartbeat.outcome": "acknowledged" }],
    [2, { ...point, "websocket.heartbeat.outcome": "missed" }],
  ]);
  expect(told(semconv.METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION)).toEqual([[answered, point]]);
  expect(events("websocket.connection.heartbeat_missed")).toHaveLength(2);
  expect(closes()).toEqual([
    [1, { "error.type": "heartbeat_timeout", "websocket.close.code": 1006 }],
    [1, { "websocket.close.code": 1000 }],
  ]);
}

describeExample("heartbeats-protocol.mjs", () => {
  test("terminates the client that does not answer, and times the other one", async () => {
    const stdout = await run("heartbeats-protocol.mjs");
    const [, pings] = /^the frozen client was terminated\n(\d+) pings answered by the other one\n$/.exec(stdout) ?? [];
    expect(Number(pings)).toBeGreaterThan(0);
    expectHeartbeats("protocol", Number(pings));
  });
});

describeExample("heartbeats-application.mjs", () => {
  test("terminates the client whose application does nothing, and keeps the answers to itself", async () => {
    const stdout = await run("heartbeats-application.mjs");
    const [, beats] =
      /^the stuck client was terminated\n(\d+) heartbeats answered by the other one\n1 message seen by the server's listener\n$/.exec(
        stdout,
      ) ?? [];
    expect(Number(beats)).toBeGreaterThan(0);
    expectHeartbeats("application", Number(beats));
    const received = { "websocket.message.direction": "received" };
    expect(values(semconv.METRIC_WEBSOCKET_SERVER_MESSAGES, received).at(-1)).toBe(Number(beats) + 1);
  });
});

describeExample("slow-consumers.mjs", () => {
  test("closes the client that does not read, and no other", async () => {
    const stdout = await run("slow-consumers.mjs", { often: true });
    expect(stdout).toBe("/prices?slow has ended with 1013\n/prices has ended with 1000\n");
    expect(closes()).toEqual([
      [1, { "error.type": "slow_consumer", "websocket.close.code": 1013 }],
      [1, { "websocket.close.code": 1000 }],
    ]);
    expect(Math.max(...values(semconv.METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS))).toBe(1);
    expect(Math.max(...values(semconv.METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT))).toBeGreaterThan(1e6);
    const [begun] = events("websocket.connection.slow_consumer");
    expect(begun).toMatchObject({ "websocket.condition": "begun" });
  });
});

describeExample("reconnections.mjs", () => {
  test("counts three reconnections at both ends, and one client that reconnects too often", async () => {
    expect(await run("reconnections.mjs")).toBe("connection 1\nconnection 2\nconnection 3\nconnection 4\n");
    expect(told(semconv.METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([
      [3, { ...FEED, "websocket.close.class": "restart" }],
    ]);
    expect(told(semconv.METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY)).toEqual([[3, FEED]]);
    expect(told(semconv.METRIC_WEBSOCKET_CLIENT_RECONNECTIONS)).toEqual([
      [3, { "websocket.reconnection.outcome": "succeeded" }],
    ]);
    expect(values(semconv.METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS).at(-1)).toBe(1);
    expect(JSON.stringify(kit.receiver.telemetry.resourceMetrics)).not.toContain("ada-lovelace");
  });
});

describeExample("capacity.mjs", () => {
  test("reports the limit and how much of it is in use, and warns", async () => {
    const stdout = await run("capacity.mjs", { often: true });
    expect(stdout).toBe("4 of 5 connections: nearly full\n3 of 5 connections: fine again\n");
    expect(told(semconv.METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toEqual([[5, {}]]);
    const used = values(semconv.METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION);
    expect([Math.max(...used), used.at(-1)]).toEqual([1, 0]);
    const conditions = events("websocket.connection.capacity").map((event) => event["websocket.condition"]);
    expect(conditions).toEqual(["begun", "ended"]);
  });
});

describeExample("age-and-quality.mjs", () => {
  test("counts one connection young and then old, with the best score", async () => {
    expect(await run("age-and-quality.mjs", { often: true })).toBe("");
    const byAge = (group: string): number[] => [
      ...new Set(
        values(semconv.METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE, { "websocket.connection.age_group": group }),
      ),
    ];
    expect(byAge("under_1s")).toEqual([1, 0]);
    expect(byAge("1s_to_1h")).toEqual([1, 0]);
    expect(byAge("over_1h")).toEqual([]);
    expect(
      told(semconv.METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, [...Object.keys(FEED), "websocket.close.class"]),
    ).toEqual([
      [
        1,
        {
          "websocket.close.code": 1000,
          "websocket.close.initiator": "client",
          "websocket.connection.age_group": "1s_to_1h",
        },
      ],
    ]);
    expect(
      new Set(values(semconv.METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY, { "websocket.quality.grade": "good" })),
    ).toContain(1);
    const [quality] = latest(kit.receiver.telemetry, semconv.METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY);
    expect(quality?.value).toBeGreaterThan(0);
    expect(quality?.point.sum).toBe(100 * quality!.value);
  });
});

describeExample("acknowledgements.mjs", () => {
  test("times two deliveries, misses one, and times three ways", async () => {
    expect(await run("acknowledgements.mjs", { often: true })).toBe("order-1: delivered\norder-2: delivered\n");
    const orders = { "url.scheme": "ws", "http.route": "/orders" };
    expect(told(semconv.METRIC_WEBSOCKET_SERVER_ACK_DURATION)).toEqual([
      [1, { ...orders, "error.type": "timeout" }],
      [2, orders],
    ]);
    expect(told(semconv.METRIC_WEBSOCKET_CLIENT_MESSAGE_LATENCY).map(([count]) => count)).toEqual([3]);
  });
});

describeExample("segments.mjs", () => {
  test("tells four clients apart by platform, region and tier", async () => {
    expect(await run("segments.mjs", { userAttributes: ["app.tier"] })).toBe("");
    const segment = (platform: string, country: string, continent: string, tier: string): PlainAttributes => ({
      ...FEED,
      "app.tier": tier,
      "geo.country.iso_code": country,
      "geo.continent.code": continent,
      "websocket.client.platform": platform,
    });
    const text = { "websocket.message.direction": "received", "websocket.message.type": "text" };
    const messages = told(semconv.METRIC_WEBSOCKET_SERVER_MESSAGES);
    expect(messages).toHaveLength(3);
    expect(messages).toEqual(
      expect.arrayContaining([
        [2, { ...segment("mobile", "JP", "AS", "gold"), ...text }],
        [1, { ...segment("web", "BR", "SA", "free"), ...text }],
        [1, { ...FEED, ...text, "app.tier": "free", "websocket.client.platform": "server" }],
      ]),
    );
  });
});

describeExample("fallback-socket-io.mjs", () => {
  test("counts the polling client, the call by hand, and the frames of the one with a WebSocket", async () => {
    expect(await run("fallback-socket-io.mjs")).toBe("");
    const transport = "websocket.fallback.transport";
    expect(told(semconv.METRIC_WEBSOCKET_SERVER_FALLBACKS)).toEqual([[1, { [transport]: "polling" }]]);
    expect(told(semconv.METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toEqual([
      [1, { [transport]: "sse", "error.type": "ECONNREFUSED" }],
    ]);
    // The session's description, the connection to the namespace, and the news.
    const sent = { "websocket.message.direction": "sent", "websocket.message.type": "text" };
    expect(
      told(semconv.METRIC_WEBSOCKET_SERVER_MESSAGES).filter(
        ([, { ["websocket.message.direction"]: direction }]) => direction === "sent",
      ),
    ).toEqual([[3, { "url.scheme": "ws", ...sent }]]);
  });
});
