import { once } from "node:events";
import { diag } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import type { ObserverOptions } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_HEARTBEATS,
  METRIC_WEBSOCKET_CLIENT_HEARTBEAT_DURATION,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HEARTBEATS,
  METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION,
} from "../../../src/semconv.ts";
import { attrs, latest, logs, spans, sumOf } from "../../support/query.ts";
import { clientFrame, rawClient } from "../../support/raw.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import type { Kit } from "../conformance.ts";

const PONG = 0x0a;

/** What the heartbeats of the server amount to. */
async function counted(
  kit: Kit,
  type = "protocol",
): Promise<{ acknowledged: number; missed: number; times: number; seconds: number }> {
  const telemetry = await kit.sdk.collect();
  const of = (outcome: string): number =>
    sumOf(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEATS, {
      "websocket.heartbeat.type": type,
      "websocket.heartbeat.outcome": outcome,
    });
  const [duration] = latest(telemetry, METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION, {
    "websocket.heartbeat.type": type,
  });
  return {
    acknowledged: of("acknowledged"),
    missed: of("missed"),
    times: duration?.value ?? 0,
    seconds: duration?.point.sum ?? 0,
  };
}

/** A connection whose client answers nothing by itself. */
async function silent(kit: Kit): Promise<{ peer: WebSocket; client: Awaited<ReturnType<typeof rawClient>> }> {
  const connected = once(kit.server, "connection") as Promise<[WebSocket]>;
  const client = await rawClient(kit.url);
  const [peer] = await connected;
  return { peer, client };
}

conformance("heartbeats", (kit) => {
  afterEach(() => diag.disable());

  test("measures pings that the application sends, on both ends", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    for (const payload of ["a", Buffer.from("b"), new Uint8Array([0, 255]).buffer, 7]) {
      peer.ping(payload);
      await once(peer, "pong");
      client.ping(payload);
      await once(client, "pong");
    }
    expect(await counted(kit)).toMatchObject({ acknowledged: 4, missed: 0, times: 4 });
    const telemetry = await kit.sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_HEARTBEATS)).toBe(4);
    const [duration] = latest(telemetry, METRIC_WEBSOCKET_CLIENT_HEARTBEAT_DURATION);
    expect(duration?.value).toBe(4);
    expect(duration?.point.sum).toBeGreaterThan(0);
    expect(duration?.point.sum).toBeLessThan(4);
  });

  test("tells no time for empty payloads, duplicates and pongs that nobody asked for", async () => {
    await kit.start();
    const { peer, client } = await silent(kit);
    const pongs: Promise<unknown>[] = [];
    const pong = async (payload: string): Promise<void> => {
      const seen = once(peer, "pong");
      pongs.push(seen);
      client.write(clientFrame(PONG, payload));
      await seen;
    };
    await pong("");
    await pong("unsolicited");
    expect(await counted(kit)).toEqual({ acknowledged: 0, missed: 0, times: 0, seconds: 0 });
    peer.ping();
    await pong("");
    expect(await counted(kit)).toMatchObject({ acknowledged: 1, times: 0 });
    peer.ping("twice");
    peer.ping("twice");
    await pong("twice");
    await pong("twice");
    expect(await counted(kit)).toMatchObject({ acknowledged: 3, times: 0 });
    peer.ping("once");
    await pong("other");
    await pong("once");
    expect(await counted(kit)).toMatchObject({ acknowledged: 4, missed: 0, times: 1 });
  });

  test("does not count a ping that ws refuses or that comes after the close", async () => {
    await kit.start();
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    // ws 7.0 sends even what the peer must not accept.
    const refuse = (): void => (kit.version === "7.0" ? fail() : peer.ping("x".repeat(126)));
    expect(refuse).toThrow(kit.version === "7.0" ? "broken" : RangeError);
    peer.close();
    peer.ping("late", undefined, () => {});
    await closed(client, peer);
    peer.ping("gone", undefined, () => {});
    expect(await counted(kit)).toEqual({ acknowledged: 0, missed: 0, times: 0, seconds: 0 });
  });

  test("sends pings on an interval and measures them", async () => {
    await kit.start({}, { heartbeat: { interval: 30, timeout: 25 } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    for (let beat = 0; beat < 3; beat += 1) await once(peer, "pong");
    client.close();
    await closed(client, peer);
    const { acknowledged, times, seconds } = await counted(kit);
    expect(acknowledged).toBeGreaterThanOrEqual(2);
    expect(times).toBe(acknowledged);
    expect(seconds).toBeLessThan(times * 0.03);
    const [span] = spans(await kit.sdk.collect(), ({ kind }) => kind === 2);
    expect(attrs(span!)["websocket.connection.heartbeats_acknowledged"]).toBe(acknowledged);
  });

  test("terminates a peer that does not answer; the close says why, and the log each miss", async () => {
    await kit.start({}, { heartbeat: { interval: 60, timeout: 30, maxMissed: 2, terminate: true } });
    const { client: healthy, peer: answering } = await connect(kit.ws, kit.server, kit.url);
    const startedAt = performance.now();
    const { peer, client } = await silent(kit);
    const [code] = (await once(peer, "close")) as [number];
    expect(performance.now() - startedAt).toBeLessThan(60 * 2 + 30 + 300);
    expect(code).toBe(1006);
    client.destroy();
    expect(answering.readyState).toBe(answering.OPEN);
    const telemetry = await kit.sdk.collect();
    expect(latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS).map((p) => p.attributes)).toEqual([
      expect.objectContaining({
        "error.type": "heartbeat_timeout",
        "websocket.close.code": 1006,
        "websocket.close.initiator": "server",
      }),
    ]);
    const [span] = spans(telemetry, { attributes: { "error.type": "heartbeat_timeout" } });
    expect(attrs(span!)["websocket.connection.heartbeats_missed"]).toBe(2);
    const misses = logs(telemetry, { name: "websocket.connection.heartbeat_missed" });
    const ofSilent = misses.filter((record) => record.spanId === span!.spanId);
    const miss = {
      "websocket.connection.id": attrs(span!)["websocket.connection.id"],
      "websocket.connection.role": "server",
      "websocket.heartbeat.type": "protocol",
    };
    expect(ofSilent.map(attrs)).toEqual([miss, miss]);
    healthy.terminate();
    await closed(healthy, answering);
  });

  test("only counts where nothing is to be terminated", async () => {
    await kit.start({}, { heartbeat: { interval: 20, timeout: 10, maxMissed: 1 } });
    const { peer, client } = await silent(kit);
    await vi.waitFor(async () => expect((await counted(kit)).missed).toBeGreaterThan(3), { timeout: 4000 });
    expect(peer.readyState).toBe(peer.OPEN);
    client.destroy();
    await closed(peer);
  });

  test.each([
    ["delivered", false],
    ["kept back", true],
  ])("measures a heartbeat of the application's own; the acknowledgement is %s", async (_name, consume) => {
    await kit.start(
      {},
      application({
        create: (sequence) => `beat ${String(sequence)}`,
        match: (message) => String(message).startsWith("ack"),
        consume,
      }),
    );
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const seen: string[] = [];
    peer.on("message", (data) => void seen.push(text(data)));
    let beats = 0;
    client.on("message", (data) => {
      if (text(data).startsWith("beat")) {
        beats += 1;
        client.send("data");
        client.send(`ack ${text(data)}`);
      }
    });
    await vi.waitFor(async () => expect((await counted(kit, "application")).times).toBeGreaterThan(1), {
      timeout: 4000,
    });
    client.close();
    await closed(client, peer);
    expect(seen.filter((one) => one === "data").length).toBeGreaterThanOrEqual(2);
    expect(seen.filter((one) => one.startsWith("ack")).length > 0).toBe(!consume);
    expect(await counted(kit, "application")).toMatchObject({ missed: 0 });
    expect((await counted(kit, "application")).acknowledged).toBeLessThanOrEqual(beats);
    // The client has the same option here, and nobody acknowledges its heartbeats; pongs are not asked for.
    expect(await counted(kit, "protocol")).toEqual({ acknowledged: 0, missed: 0, times: 0, seconds: 0 });
  });

  test("a pong does not answer a heartbeat of the application's own", async () => {
    const heartbeat = { interval: 60, timeout: 30, maxMissed: 2, terminate: true };
    await kit.start({}, application({ create: () => "beat", match: () => false }, heartbeat));
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const pings = setInterval(() => {
      if (peer.readyState === peer.OPEN) peer.ping(String(performance.now()));
    }, 5);
    await closed(client, peer);
    clearInterval(pings);
    expect((await counted(kit, "protocol")).acknowledged).toBeGreaterThan(2);
    const telemetry = await kit.sdk.collect();
    const closes = latest(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS);
    // Both ends have the option; whichever gives up first, the other one loses the connection, with a reset or an end.
    expect(["heartbeat_timeout", "connection_lost", "ECONNRESET", "EPIPE"]).toContain(
      closes[0]?.attributes["error.type"],
    );
    expect(logs(telemetry, { attributes: { "websocket.heartbeat.type": "application" } }).length).toBeGreaterThan(1);
  });

  test.each([
    ["tells no time", false],
    ["is told from a timely one where it says which heartbeat it is for", true],
  ])("an acknowledgement that is late %s", async (_name, numbered) => {
    await kit.start(
      {},
      application(
        {
          create: (sequence) => String(sequence),
          match: (message) => (numbered ? Number(text(message).slice(4)) : text(message).startsWith("ack ")),
        },
        { interval: 100, timeout: 40 },
      ),
    );
    const { peer, client } = await silent(kit);
    let beats = 0;
    client.on("data", (frame: Buffer) => {
      beats = Number(frame.subarray(2).toString());
      // The answer to the first comes with that to the second, before it.
      if (beats === 2) client.write(clientFrame(1, "ack 1"));
      if (beats > 1) client.write(clientFrame(1, `ack ${String(beats)}`));
    });
    await vi.waitFor(() => expect(beats).toBeGreaterThan(2), { timeout: 4000 });
    client.destroy();
    await closed(peer);
    const { acknowledged, missed, times } = await counted(kit, "application");
    expect(acknowledged).toBeGreaterThanOrEqual(1);
    expect(missed).toBeGreaterThanOrEqual(1);
    expect(times).toBe(numbered ? acknowledged : acknowledged - 1);
  });

  test.each<[string, Partial<Application>]>([
    ["create throws", { create: () => fail() }],
    ["create returns nothing", { create: () => undefined as unknown as string }],
    ["create returns what cannot be sent", { create: () => ({}) as unknown as string }],
    ["match throws", { match: () => fail() }],
    ["match returns nonsense", { match: () => ({}) as unknown as boolean }],
  ])("goes on where %s, and says so at most once", async (_name, broken) => {
    const reports: string[] = [];
    const log = (message: string): void => void reports.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    await kit.start(
      {},
      application({ create: () => "beat", match: () => false, ...broken }, { interval: 10, timeout: 5 }),
    );
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const delivered: string[] = [];
    peer.on("message", (data) => void delivered.push(text(data)));
    await vi.waitFor(() => {
      client.send("message");
      expect(delivered.filter((one) => one === "message").length).toBeGreaterThan(3);
    });
    client.close();
    await closed(client, peer);
    expect(reports.length).toBeLessThanOrEqual(1);
    const { missed } = await counted(kit, "application");
    expect(broken.create === undefined || missed === 0).toBe(true);
  });
});

type Application = NonNullable<NonNullable<ObserverOptions["heartbeat"]>["application"]>;

function application(own: Application, heartbeat: Partial<ObserverOptions["heartbeat"]> = {}): ObserverOptions {
  return { heartbeat: { interval: 200, timeout: 190, maxMissed: 1000, ...heartbeat, application: own } };
}

/** `ws` 7 gives text as a string, `ws` 8 as a Buffer. */
function text(data: unknown): string {
  return String(data);
}

function fail(): never {
  throw new Error("broken");
}
