import { expect, test, vi } from "vitest";
import type { EventOptions, ObserverOptions } from "../../../src/index.ts";
import {
  ATTR_WEBSOCKET_CONNECTION_AGE,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_ROLE,
  EVENT_WEBSOCKET_CONNECTION_CHECKPOINT,
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED,
  EVENT_WEBSOCKET_CONNECTION_OPENED,
} from "../../../src/semconv.ts";
import { attrs, logs, spans } from "../../support/query.ts";
import type { FoundLog } from "../../support/query.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import type { Kit } from "../conformance.ts";

const SERVER = { [ATTR_WEBSOCKET_CONNECTION_ROLE]: "server" };
const CLIENT = { [ATTR_WEBSOCKET_CONNECTION_ROLE]: "client" };
/** Numbers of severities in the logs data model. */
const INFO = 9;
const WARN = 13;

async function start(kit: Kit, events: EventOptions = {}, others: ObserverOptions = {}): Promise<void> {
  await kit.start({ path: "/chat" }, { events, ...others });
  kit.url += "/chat?token=secret";
}

async function names(kit: Kit): Promise<string[]> {
  return logs(await kit.sdk.collect()).map(({ eventName }) => eventName);
}

async function openAndClose(kit: Kit): Promise<void> {
  const { client, peer } = await connect(kit.ws, kit.server, kit.url);
  client.close(1000);
  await closed(client, peer);
}

conformance("lifecycle events", (kit) => {
  test("say on both ends that a connection is open while it is, and how it ended", async () => {
    await start(kit);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const [opened, ...others] = logs(await kit.sdk.collect(), { attributes: SERVER });
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ eventName: EVENT_WEBSOCKET_CONNECTION_OPENED, severityNumber: INFO });
    const identity = {
      ...SERVER,
      [ATTR_WEBSOCKET_CONNECTION_ID]: expect.any(String) as unknown,
      "http.route": "/chat",
    };
    expect(attrs(opened!)).toEqual({ ...identity, "url.scheme": "ws", "url.path": "/chat" });

    client.send("héllo");
    peer.send(Buffer.alloc(10));
    client.close(1000, "done");
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    const [, ended] = logs(telemetry, { attributes: SERVER });
    expect(ended).toMatchObject({ eventName: EVENT_WEBSOCKET_CONNECTION_CLOSED, severityNumber: INFO });
    expect(attrs(ended!)).toEqual({
      ...identity,
      [ATTR_WEBSOCKET_CONNECTION_ID]: attrs(opened!)[ATTR_WEBSOCKET_CONNECTION_ID],
      [ATTR_WEBSOCKET_CONNECTION_AGE]: expect.closeTo(0.1, 0) as unknown,
      "websocket.connection.messages_received": 1,
      "websocket.connection.messages_sent": 1,
      "websocket.connection.bytes_received": 6,
      "websocket.connection.bytes_sent": 10,
      "websocket.close.code": 1000,
      "websocket.close.class": "normal",
      "websocket.close.initiator": "client",
      "websocket.close.reason": "done",
      "websocket.close.clean": true,
    });
    expect(logs(telemetry, { attributes: CLIENT }).map(({ eventName }) => eventName)).toEqual([
      EVENT_WEBSOCKET_CONNECTION_OPENED,
      EVENT_WEBSOCKET_CONNECTION_CLOSED,
    ]);
  });

  test("stand in the context of their end's span, with its connection id", async () => {
    await start(kit);
    await openAndClose(kit);
    const telemetry = await kit.sdk.collect();
    const contextOf = ({ traceId, spanId }: { traceId: string; spanId: string }): string[] => [traceId, spanId];
    for (const [kind, role] of [
      [2, SERVER],
      [3, CLIENT],
    ] as const) {
      const [span] = spans(telemetry, (found) => found.kind === kind);
      for (const event of logs(telemetry, { attributes: role })) {
        expect(contextOf(event)).toEqual(contextOf(span!));
        expect(attrs(event)[ATTR_WEBSOCKET_CONNECTION_ID]).toBe(attrs(span!)[ATTR_WEBSOCKET_CONNECTION_ID]);
      }
    }
  });

  test("warn of a close with an error", async () => {
    await start(kit);
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    client.terminate();
    await closed(client, peer);
    const [event] = logs(await kit.sdk.collect(), { name: EVENT_WEBSOCKET_CONNECTION_CLOSED, attributes: SERVER });
    expect(event?.severityNumber).toBe(WARN);
    expect(attrs(event!)["error.type"]).toMatch(/connection_lost|ECONNRESET/);
  });

  test("are not made where they are not wanted, with one option for each kind", async () => {
    await start(kit, { lifecycle: false }, { heartbeat: { interval: 20, timeout: 10, maxMissed: 1 } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    client.terminate();
    await closed(client, peer);
    expect((await names(kit)).filter((name) => name !== EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED)).toEqual([]);
  });

  test("are made without spans too where they are asked for, and tell connections apart", async () => {
    await start(kit, { lifecycle: true }, { connectionSpan: { mode: "off" } });
    await openAndClose(kit);
    const telemetry = await kit.sdk.collect();
    expect(spans(telemetry)).toEqual([]);
    const events = logs(telemetry, { attributes: SERVER });
    expect(events.map(({ eventName }) => eventName)).toEqual([
      EVENT_WEBSOCKET_CONNECTION_OPENED,
      EVENT_WEBSOCKET_CONNECTION_CLOSED,
    ]);
    expect(new Set(events.map((event) => attrs(event)[ATTR_WEBSOCKET_CONNECTION_ID])).size).toBe(1);
  });

  test("are not made without spans by default", async () => {
    await start(kit, {}, { connectionSpan: { mode: "off" } });
    await openAndClose(kit);
    expect(await names(kit)).toEqual([]);
  });

  test("are spans below the connection's where the backend takes no logs", async () => {
    await start(kit, { as: "spans" });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const [opened] = spans(await kit.sdk.collect(), { name: EVENT_WEBSOCKET_CONNECTION_OPENED, attributes: SERVER });
    expect(opened).toBeDefined();
    client.close(1000);
    await closed(client, peer);
    const telemetry = await kit.sdk.collect();
    const [connection] = spans(telemetry, ({ kind }) => kind === 2);
    const events = spans(telemetry, { attributes: SERVER });
    expect(events.map(({ name }) => name)).toEqual([
      EVENT_WEBSOCKET_CONNECTION_OPENED,
      EVENT_WEBSOCKET_CONNECTION_CLOSED,
    ]);
    expect(events.map(({ parentSpanId, traceId }) => [parentSpanId, traceId])).toEqual(
      events.map(() => [connection?.spanId, connection?.traceId]),
    );
    expect(logs(telemetry)).toEqual([]);
  });
});

conformance("checkpoints", (kit) => {
  test("tell what was carried, in all and since the one before", { timeout: 20_000 }, async () => {
    await start(kit, { checkpointInterval: 1000 });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const checkpoints = async (): Promise<FoundLog[]> =>
      logs(await kit.sdk.collect(), { name: EVENT_WEBSOCKET_CONNECTION_CHECKPOINT, attributes: SERVER });
    for (const count of [1, 2]) {
      client.send("x".repeat(count));
      await vi.waitFor(async () => expect(await checkpoints()).toHaveLength(count), 4000);
    }
    const [first, second] = await checkpoints();
    const carried = (event: FoundLog): unknown[] => {
      const { [ATTR_WEBSOCKET_CONNECTION_AGE]: age, ...found } = attrs(event);
      expect(age).toBeGreaterThan(0);
      return ["connection.messages", "connection.bytes", "interval.messages", "interval.bytes"].map(
        (name) => found[`websocket.${name}_received`],
      );
    };
    // The first one may come before the message does.
    const early = attrs(first!)["websocket.connection.messages_received"] === 0;
    expect(carried(first!)).toEqual(early ? [0, 0, 0, 0] : [1, 1, 1, 1]);
    expect(carried(second!)).toEqual(early ? [2, 3, 2, 3] : [2, 3, 1, 2]);
    client.terminate();
    await closed(client, peer);
  });
});
