import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { observeEngine, observeEngineClient, recordFallback } from "../../src/index.ts";
import { METRIC_WEBSOCKET_CLIENT_FALLBACKS, METRIC_WEBSOCKET_SERVER_FALLBACKS } from "../../src/semconv.ts";
import { latest, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";

const transport = "websocket.fallback.transport";

describe("recordFallback", () => {
  test("counts by transport and reason, on the client unless told otherwise", async () => {
    const sdk = startSdk();
    const { meterProvider } = sdk;
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" });
    recordFallback({ transport: "sse", error: refused, meterProvider });
    recordFallback({ transport: "sse", error: refused, role: "client", meterProvider });
    recordFallback({ transport: "polling", error: "timeout", meterProvider });
    recordFallback({ transport: "webtransport", meterProvider });
    recordFallback({ transport: "other", error: new TypeError("no"), role: "server", meterProvider });
    const telemetry = await sdk.collect();
    const counted = (metric: string): unknown[] =>
      latest(telemetry, metric).map(({ value, attributes }) => [value, attributes]);
    expect(counted(METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toEqual([
      [2, { [transport]: "sse", "error.type": "ECONNREFUSED" }],
      [1, { [transport]: "polling", "error.type": "timeout" }],
      [1, { [transport]: "webtransport" }],
    ]);
    expect(counted(METRIC_WEBSOCKET_SERVER_FALLBACKS)).toEqual([
      [1, { [transport]: "other", "error.type": "TypeError" }],
    ]);
  });

  test("never throws, and counts what it does not know as other", async () => {
    const sdk = startSdk();
    const { meterProvider } = sdk;
    const trap = {
      get code(): string {
        throw new Error("trap");
      },
    };
    const given = [
      undefined,
      null,
      { transport: "carrier pigeon", meterProvider },
      { transport: "polling", role: "proxy", meterProvider },
      { transport: "polling", error: trap, meterProvider },
      { transport: "polling", meterProvider: {} },
    ];
    for (const record of given) recordFallback(record as never);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toBe(1);
    expect(sumOf(await sdk.collect(), METRIC_WEBSOCKET_CLIENT_FALLBACKS, { [transport]: "other" })).toBe(1);
  });

  test("a thousand different reasons make a hundred series at most", async () => {
    const sdk = startSdk();
    const { meterProvider } = sdk;
    for (let index = 0; index < 1000; index += 1) {
      recordFallback({ transport: "sse", error: `reason_${index}`, meterProvider });
      recordFallback({ transport: "sse", error: new Error(`message ${index}`), meterProvider });
      recordFallback({ transport: "sse", error: `text of user ${index}`, meterProvider });
    }
    const telemetry = await sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toBe(3000);
    expect(latest(telemetry, METRIC_WEBSOCKET_CLIENT_FALLBACKS).length).toBeLessThanOrEqual(102);
  });
});

class FakeSession extends EventEmitter {
  readonly id = "1";
  readonly readyState = "open";
  readonly transport = { name: "polling" };
}

describe("observeEngine", () => {
  test("waits for 30 seconds by default, with a timer that ends with the session", () => {
    vi.useFakeTimers();
    try {
      for (const end of ["upgrade", "close", undefined]) {
        const engine = Object.assign(new EventEmitter(), { clients: {} });
        const observation = observeEngine(engine, { meterProvider: startSdk().meterProvider });
        const session = new FakeSession();
        engine.emit("connection", session);
        expect(vi.getTimerCount()).toBe(1);
        if (end === undefined) observation.stop();
        else session.emit(end, { name: "websocket" });
        expect(vi.getTimerCount()).toBe(0);
        expect(session.eventNames()).toEqual([]);
        observation.stop();
        expect(engine.eventNames()).toEqual([]);
      }
      const engine = Object.assign(new EventEmitter(), { clients: { 1: new FakeSession() } });
      const observation = observeEngine(engine, { meterProvider: startSdk().meterProvider });
      vi.advanceTimersByTime(29_999);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(0);
      observation.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test("refuses what is no engine.io, and wrong options, and says what to pass", () => {
    expect(() => observeEngine({})).toThrow(
      /option "server": expected a server of Socket.IO or engine.io, got a object/,
    );
    expect(() => observeEngine(null as never)).toThrow(/listen\(\) or attach\(\)/);
    const engine = Object.assign(new EventEmitter(), { clients: {} });
    expect(() => observeEngine(engine, { pollingLimit: 0 })).toThrow(
      /option "pollingLimit": expected a number of mill/,
    );
    expect(() => observeEngine(engine, { limit: 1 } as never)).toThrow(
      /option "options.limit": expected no such option/,
    );
    expect(() => observeEngine(engine, { meterProvider: {} as never })).toThrow(/option "meterProvider".*getMeter/);
    expect(() => observeEngineClient(new EventEmitter())).toThrow(/option "socket": expected a client of Socket.IO/);
  });
});
