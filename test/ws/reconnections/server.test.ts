import { diag } from "@opentelemetry/api";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MemoryReconnectionStore, WebSocketInstrumentation, observeServer } from "../../../src/index.ts";
import type { ObserverOptions, ReconnectionStore } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS,
  METRIC_WEBSOCKET_SERVER_RECONNECTIONS,
  METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY,
} from "../../../src/semconv.ts";
import { clientOf, join, left } from "../../support/clients.ts";
import { attrs, latest, points, spans, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { copyWs, listen, shut } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";

type Server = Awaited<ReturnType<typeof listen>>["server"];

/** A visit of a client, to its end on both sides. */
async function visit(server: Server, url: string, client: string, code = 1000): Promise<void> {
  const socket = await join(url, client);
  const [peer] = server.clients;
  const gone = peer === undefined ? undefined : left(peer);
  socket.close(code);
  await Promise.all([left(socket), gone]);
}

function reconnections(telemetry: Awaited<ReturnType<TestSdk["collect"]>>): number {
  return sumOf(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTIONS);
}

conformance("reconnections", (kit) => {
  test("are counted by the close before, with the time since then", async () => {
    await kit.start({}, { clientId: clientOf, reconnections: { threshold: 2 } });
    await visit(kit.server, kit.url, "ann", 1001);
    await visit(kit.server, kit.url, "bob", 4000);
    expect(points(await kit.sdk.collect(), METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([]);
    await visit(kit.server, kit.url, "ann");
    await visit(kit.server, kit.url, "bob");
    await visit(kit.server, kit.url, "bob");
    const telemetry = await kit.sdk.collect();
    const byClass = latest(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTIONS).map(({ attributes, value }) => [
      attributes["websocket.close.class"],
      value,
    ]);
    expect(new Map(byClass as [string, number][])).toEqual(
      new Map([
        ["going_away", 1],
        ["application", 1],
        ["normal", 1],
      ]),
    );
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY)).toBe(3);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(1);
    expect(JSON.stringify(telemetry.resourceMetrics)).not.toMatch(/ann|bob/);
  });

  test("name the client on spans only as the application asks", async () => {
    const describeClient = (client: string): string => `hash-of-${String(client.length)}`;
    await kit.start({}, { clientId: clientOf, reconnections: { describeClient } });
    await visit(kit.server, kit.url, "ann");
    const [span] = spans(await kit.sdk.collect(), (found) => found.kind === 2);
    expect(attrs(span!)["websocket.client.hash"]).toBe("hash-of-3");
  });
});

describe("reconnections", () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const one of undo.splice(0)) await one();
  });

  async function start(options: ObserverOptions): Promise<{ sdk: TestSdk; server: Server; url: string }> {
    const copy = copyWs("8");
    const sdk = startSdk();
    const { server, url } = await listen(copy.load());
    const { meterProvider, tracerProvider } = sdk;
    const observation = observeServer(server, { ...options, meterProvider, tracerProvider });
    undo.push(
      () => shut(server),
      () => observation.stop(),
      () => copy.remove(),
    );
    return { sdk, server, url };
  }

  /** Problems that are reported from now on. */
  function listenToDiag(): string[] {
    const problems: string[] = [];
    const report = (message: string): void => void problems.push(message);
    const silent = (): void => {};
    diag.setLogger({ error: report, warn: report, info: silent, debug: silent, verbose: silent });
    undo.push(() => diag.disable());
    return problems;
  }

  test.each([
    ["undefined", () => undefined, 0],
    ["an empty string", () => "", 0],
    ["a number", () => 42 as never, 1],
    [
      "an error",
      () => {
        throw new Error("no session");
      },
      1,
    ],
  ])("are not counted where clientId gives %s, and the rest goes on", async (_, clientId, reports) => {
    vi.resetModules();
    const problems = listenToDiag();
    const { observeServer } = await import("../../../src/index.ts");
    const sdk = startSdk();
    const { server, url } = await listen(copyWs("8").load());
    const observation = observeServer(server, { clientId, meterProvider: sdk.meterProvider });
    undo.push(
      () => shut(server),
      () => observation.stop(),
    );
    for (let round = 0; round < 3; round += 1) await visit(server, url, "ann");
    const telemetry = await sdk.collect();
    expect(points(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([]);
    expect(problems).toHaveLength(reports);
  });

  test("take identities that differ past 256 characters for one", async () => {
    const { sdk, server, url } = await start({ clientId: clientOf });
    await visit(server, url, `${"x".repeat(256)}ann`);
    await visit(server, url, `${"x".repeat(256)}bob`);
    expect(reconnections(await sdk.collect())).toBe(1);
  });

  test("are not a second connection beside one that is open", async () => {
    const { sdk, server, url } = await start({ clientId: clientOf });
    const first = await join(url, "ann");
    const second = await join(url, "ann");
    for (const socket of [first, second]) socket.close();
    await Promise.all([...server.clients].map((peer) => left(peer)));
    expect(points(await sdk.collect(), METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([]);
    await visit(server, url, "ann");
    expect(reconnections(await sdk.collect())).toBe(1);
  });

  test("are known across servers that share a store, and frequent ones are counted once", async () => {
    const sdk = startSdk();
    const { meterProvider } = sdk;
    const options = {
      clientId: clientOf,
      meterProvider,
      reconnections: { store: new MemoryReconnectionStore(), threshold: 1 },
    };
    const [here, there] = await Promise.all([listen(copyWs("8").load()), listen(copyWs("8").load())]);
    const observations = [here, there].map(({ server }) => observeServer(server, options));
    undo.push(
      () => shut(here.server),
      () => shut(there.server),
    );
    await visit(here.server, here.url, "ann");
    await visit(there.server, there.url, "ann");
    const telemetry = await sdk.collect();
    expect(reconnections(telemetry)).toBe(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(1);
    observations[0]!.stop();
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(1);
    observations[1]!.stop();
  });

  test("are counted right by a store that answers after the connection has ended", async () => {
    const memory = new MemoryReconnectionStore();
    const order: string[] = [];
    const later = async <T>(name: string, milliseconds: number, call: () => T): Promise<T> => {
      await new Promise((resolve) => void setTimeout(resolve, milliseconds));
      order.push(name);
      return call();
    };
    const store: ReconnectionStore = {
      connected: (client, now, rules) => later("connected", 100, () => memory.connected(client, now, rules)),
      disconnected: (client, closeClass, now) =>
        later("disconnected", 1, () => memory.disconnected(client, closeClass, now)),
      frequent: (now) => memory.frequent(now),
    };
    const { sdk, server, url } = await start({ clientId: clientOf, reconnections: { store } });
    const startedAt = performance.now();
    for (let round = 0; round < 3; round += 1) await visit(server, url, "ann");
    const tookAtMost = (performance.now() - startedAt) / 1000;
    await vi.waitFor(() => expect(order).toHaveLength(6));
    expect(order).toEqual(["connected", "disconnected", "connected", "disconnected", "connected", "disconnected"]);
    const telemetry = await sdk.collect();
    expect(reconnections(telemetry)).toBe(2);
    const [delay] = latest(telemetry, METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY);
    expect(delay!.point.sum).toBeLessThan(tookAtMost);
  });

  test("cost a store that never answers a bounded number of calls, and nothing else is lost", async () => {
    let calls = 0;
    const hang = (): Promise<never> => {
      calls += 1;
      return new Promise(() => {});
    };
    const store: ReconnectionStore = { connected: hang, disconnected: hang, frequent: hang };
    const { sdk, server, url } = await start({ clientId: clientOf, reconnections: { store } });
    for (let round = 0; round < 20; round += 1) await visit(server, url, "ann");
    // Everything else for this client waits for the first answer.
    expect(calls).toBe(1);
    const telemetry = await sdk.collect();
    expect(reconnections(telemetry)).toBe(0);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(20);
  });

  test("go on where options change, and where the instrumentation is disabled and enabled", async () => {
    const copy = copyWs("8");
    const sdk = startSdk();
    const store = new MemoryReconnectionStore();
    const config = { clientId: clientOf, reconnections: { store, threshold: 1 } };
    const instrumentation = new WebSocketInstrumentation(config);
    instrumentation.setMeterProvider(sdk.meterProvider);
    const { server, url } = await listen(copy.load());
    undo.push(
      () => shut(server),
      () => instrumentation.disable(),
      () => copy.remove(),
    );
    const socket = await join(url, "ann");
    instrumentation.setConfig({ ...config, processingTime: false });
    const [peer] = server.clients;
    socket.close();
    await left(peer!);
    await visit(server, url, "ann");
    expect(reconnections(await sdk.collect())).toBe(1);
    instrumentation.disable();
    instrumentation.enable();
    await visit(server, url, "ann");
    const telemetry = await sdk.collect();
    expect(reconnections(telemetry)).toBe(2);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS)).toBe(1);
  });

  test("are not made of connections that went on unobserved", async () => {
    const store = new MemoryReconnectionStore();
    const { sdk, server, url } = await start({ clientId: clientOf, reconnections: { store } });
    const socket = await join(url, "ann");
    await undo.splice(1, 1)[0]!();
    const observation = observeServer(server, {
      clientId: clientOf,
      reconnections: { store },
      meterProvider: sdk.meterProvider,
    });
    undo.push(() => observation.stop());
    const other = await join(url, "ann");
    for (const one of [socket, other]) one.close();
    await Promise.all([left(socket), left(other)]);
    expect(points(await sdk.collect(), METRIC_WEBSOCKET_SERVER_RECONNECTIONS)).toEqual([]);
  });

  test.each([
    [{ reconnections: {} }, /"reconnections": expected the option clientId beside it/],
    [{ clientId: "ann" }, /"clientId": expected a function/],
    [{ reconnections: { store: {} } }, /"reconnections.store": expected a store with connected\(\)/],
    [{ reconnections: { threshold: 0 } }, /"reconnections.threshold": expected a whole number from 1 to 1000/],
    [{ reconnections: { window: 0 } }, /"reconnections.window": expected a number of milliseconds greater than 0/],
    [{ reconnections: { describeClient: "hash" } }, /"reconnections.describeClient": expected a function/],
    [{ reconnections: { limit: 5 } }, /"reconnections.limit": expected no such option/],
  ])("refuse %j and say how to mend it", (options, message) => {
    const all =
      "clientId" in options
        ? options
        : { ...options, ...(message.source.includes("beside") ? {} : { clientId: clientOf }) };
    expect(() => new WebSocketInstrumentation({ ...all, enabled: false } as never)).toThrow(message);
  });
});
