import { EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocketInstrumentation, observeClient, observeServer } from "../../src/index.ts";
import type { WebSocketInstrumentationConfig } from "../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../../src/telemetry/scope.ts";
import { attrs, latest, spans, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { WS_VERSIONS, closed, connect, copyWs, listen, received, shut } from "../support/ws.ts";
import type { WsCopy, WsModule, WsVersion } from "../support/ws.ts";

let copy: WsCopy;
let sdk: TestSdk;

beforeEach(() => {
  copy = copyWs("8");
  sdk = startSdk();
});

afterEach(() => copy.remove());

function instrument(
  config?: WebSocketInstrumentationConfig,
  Class: typeof WebSocketInstrumentation = WebSocketInstrumentation,
): WebSocketInstrumentation {
  const instrumentation = new Class(config);
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  return instrumentation;
}

/** One connection, one message, one close. */
async function exchange(ws: WsModule): Promise<void> {
  const { server, url } = await listen(ws);
  const { client, peer } = await connect(ws, server, url);
  const message = received(peer, 1);
  client.send("hello");
  await message;
  client.close(1000);
  await closed(client, peer);
  await shut(server);
}

/** Every property of the prototypes that can be patched. */
function fingerprint(ws: WsModule): [string, PropertyDescriptor][] {
  const exports = ws.WebSocket as unknown as Record<string, { prototype: object } | undefined>;
  return ["WebSocket", "Server", "Sender", "Receiver"].flatMap((name) => {
    const prototype = name === "WebSocket" ? ws.WebSocket.prototype : exports[name]!.prototype;
    return Object.entries(Object.getOwnPropertyDescriptors(prototype)).map(
      ([key, descriptor]): [string, PropertyDescriptor] => [`${name}.${key}`, descriptor],
    );
  });
}

describe("WebSocketInstrumentation", () => {
  test.each(Object.keys(WS_VERSIONS) as WsVersion[])(
    "restores the originals of ws %s exactly, and works when it is enabled again",
    async (version) => {
      const other = copyWs(version);
      const ws = other.load();
      const originals = fingerprint(ws);
      const instrumentation = instrument({ messageSpans: {} });
      const patched = fingerprint(ws);
      expect(patched).not.toEqual(originals);
      await exchange(ws);
      expect(Object.keys(Object.fromEntries(fingerprint(ws)))).toContain("WebSocket.emit");
      instrumentation.disable();
      const restored = fingerprint(ws);
      expect(restored.map(([key]) => key)).toEqual(originals.map(([key]) => key));
      for (const [index, [, descriptor]] of originals.entries()) {
        expect(restored[index]![1].value).toBe(descriptor.value);
        expect(restored[index]![1]).toEqual(descriptor);
      }
      await exchange(ws);
      instrumentation.enable();
      await exchange(ws);
      instrumentation.disable();
      expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(2);
      other.remove();
    },
  );

  test("uses the options given to its constructor, also in a subclass with fields of its own", async () => {
    class Mine extends WebSocketInstrumentation {
      readonly field = "set after super()";
    }
    const instrumentation = instrument({ route: () => "/mine", connectionSpan: { mode: "off" } }, Mine);
    await exchange(copy.load());
    instrumentation.disable();
    const telemetry = await sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES, { "http.route": "/mine" })).toBe(1);
    expect(spans(telemetry)).toEqual([]);
    expect(instrumentation.getConfig().connectionSpan).toEqual({ mode: "off" });
  });

  test("does nothing when it is constructed disabled", async () => {
    const instrumentation = instrument({ enabled: false });
    expect(instrumentation.isEnabled()).toBe(false);
    await exchange(copy.load());
    expect(await sdk.collect()).toEqual({
      resourceMetrics: expect.anything(),
      resourceSpans: expect.anything(),
      resourceLogs: [],
    });
    expect(latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_MESSAGES)).toEqual([]);
  });

  test("takes other options with setConfig", async () => {
    const instrumentation = instrument();
    instrumentation.setConfig({ route: () => "/later" });
    await exchange(copy.load());
    instrumentation.disable();
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_MESSAGES, { "http.route": "/later" })).toBe(1);
  });

  test("sees several copies of ws in one process, loaded before and after it", async () => {
    const early = copyWs("7");
    const loaded = early.load();
    const instrumentation = instrument();
    await exchange(loaded);
    await exchange(copy.load());
    instrumentation.disable();
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS)).toBe(2);
    early.remove();
  });

  test("sees what was destructured from ws before it was enabled", async () => {
    const { WebSocket, WebSocketServer, createWebSocketStream } = copy.load();
    const instrumentation = instrument();
    await exchange({ WebSocket, WebSocketServer, createWebSocketStream });
    instrumentation.disable();
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(1);
  });

  test("lets open connections go when it is disabled: their spans end, nothing is counted on", async () => {
    const instrumentation = instrument();
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const { client, peer } = await connect(ws, server, url);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(1);
    instrumentation.disable();
    expect(sdk.openSpans()).toEqual([]);
    const message = received(peer, 1);
    client.send("unobserved");
    await message;
    client.close();
    await closed(client, peer);
    await shut(server);
    const telemetry = await sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(0);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(0);
  });

  test("leaves a method alone that somebody else has wrapped since, and does not count twice afterwards", async () => {
    const ws = copy.load();
    const instrumentation = instrument();
    const prototype = ws.WebSocket.prototype as unknown as Record<"close", (...args: unknown[]) => unknown>;
    const ours = prototype.close;
    const theirs = function close(this: unknown, ...args: unknown[]): unknown {
      return ours.apply(this, args);
    };
    prototype.close = theirs;
    instrumentation.disable();
    expect(prototype.close).toBe(theirs);
    await exchange(ws);
    instrumentation.enable();
    expect(prototype.close).toBe(theirs);
    await exchange(ws);
    instrumentation.disable();
    const [point] = latest(await sdk.collect(), METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS);
    expect(point?.value).toBe(1);
    expect(point?.attributes["websocket.close.initiator"]).toBe("client");
  });

  test("has the name and version of the package", () => {
    const { name, version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      name: string;
      version: string;
    };
    expect({ name: SCOPE_NAME, version: SCOPE_VERSION }).toEqual({ name, version });
  });
});

describe("observeServer and observeClient", () => {
  const providers = (): { tracerProvider: TestSdk["tracerProvider"]; meterProvider: TestSdk["meterProvider"] } => ({
    tracerProvider: sdk.tracerProvider,
    meterProvider: sdk.meterProvider,
  });

  test.each(Object.keys(WS_VERSIONS) as WsVersion[])(
    "take over connections of ws %s that are open already",
    async (version) => {
      const other = copyWs(version);
      const ws = other.load();
      const { server, url } = await listen(ws);
      const { client, peer } = await connect(ws, server, url);
      const observations = [observeServer(server, providers()), observeClient(client, providers())];
      const message = received(peer, 1);
      client.send("hello");
      await message;
      const before = await sdk.collect();
      expect(sumOf(before, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS)).toBe(1);
      expect(sumOf(before, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(1);
      client.close(1000);
      await closed(client, peer);
      await shut(server);
      const telemetry = await sdk.collect();
      expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { "websocket.close.code": 1000 })).toBe(1);
      expect(spans(telemetry).map((span) => attrs(span)["websocket.connection.messages_sent"])).toHaveLength(2);
      for (const observation of observations) observation.stop();
      other.remove();
    },
  );

  test("observe one client that is connecting", async () => {
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const client = new ws.WebSocket(url);
    const observation = observeClient(client, providers());
    await new Promise((resolve) => client.once("open", resolve));
    client.close(1000);
    await closed(client);
    await shut(server);
    observation.stop();
    const [span] = spans(await sdk.collect());
    expect(attrs(span!)).toMatchObject({ "http.response.status_code": 101, "websocket.close.code": 1000 });
  });

  test("give one server options of its own where the module hooks see it too", async () => {
    const instrumentation = instrument({ route: () => "/general" });
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const observation = observeServer(server, { ...providers(), route: () => "/special" });
    const { client, peer } = await connect(ws, server, url);
    client.close();
    await closed(client, peer);
    observation.stop();
    const again = await connect(ws, server, url);
    again.client.close();
    await closed(again.client, again.peer);
    await shut(server);
    instrumentation.disable();
    const telemetry = await sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { "http.route": "/special" })).toBe(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, { "http.route": "/general" })).toBe(1);
  });

  test("refuse what is no ws server or client, and say what to pass", () => {
    expect(() => observeServer({})).toThrow(/option "server": expected a WebSocketServer of ws, got a object; pass/);
    expect(() => observeClient(EventEmitter)).toThrow(/option "socket": expected a WebSocket of ws/);
    expect(() => observeClient(null as unknown as object)).toThrow(TypeError);
    expect(() => observeServer({}, { meterProvider: {} as never })).toThrow(/option "meterProvider".*getMeter/);
  });
});

describe("a release of ws whose internals are not the known ones", () => {
  test("is counted by public means, and says so once", async () => {
    rename(join(copy.directory, "lib", "sender.js"), "dispatch", "dispatchFrame");
    rename(join(copy.directory, "lib", "receiver.js"), "dataMessage", "completeMessage");
    rename(join(copy.directory, "lib", "websocket.js"), "_url", "_address");
    const reports: string[] = [];
    const log = (message: string): void => void reports.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    const instrumentation = instrument();
    const ws = copy.load();
    await exchange(ws);
    await exchange(ws);
    instrumentation.disable();
    diag.disable();
    const telemetry = await sdk.collect();
    for (const metric of [METRIC_WEBSOCKET_SERVER_MESSAGES, METRIC_WEBSOCKET_CLIENT_MESSAGES]) {
      expect(sumOf(telemetry, metric)).toBe(2);
    }
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS, { "websocket.close.code": 1000 })).toBe(2);
    expect(reports.filter((report) => report.includes("not known"))).toHaveLength(3);
  });

  function rename(file: string, from: string, to: string): void {
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
  }
});
