import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { WebSocket as PartySocket } from "partysocket";
import ReconnectingModule from "reconnecting-websocket";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { observeReconnecting } from "../../../src/index.ts";
import type { Observation, ReconnectingSocket } from "../../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_RECONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_RECONNECTION_DELAY,
} from "../../../src/semconv.ts";
import { freePort } from "../../support/port.ts";
import { latest, points, sumOf } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";

/** What the tests use of both libraries. */
interface Library extends ReconnectingSocket {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
  send(data: string): void;
  close(code?: number): void;
  reconnect(): void;
  readonly readyState: number;
}
type LibraryClass = new (url: string, protocols: string[], options: object) => Library;

// CommonJS: what the types call the default export is the module itself.
const ReconnectingWebSocket = ReconnectingModule as unknown as LibraryClass;
const LIBRARIES: Record<string, LibraryClass> = {
  partysocket: PartySocket,
  "reconnecting-websocket": ReconnectingWebSocket,
};

/** Every socket that a library makes, and those whose handshake succeeded: the truth beside which we are held. */
interface Attempts {
  made: number;
  opened: number;
  ended: number;
  readonly WebSocket: typeof WebSocket;
}

function countAttempts(): Attempts {
  const attempts = {
    made: 0,
    opened: 0,
    ended: 0,
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        attempts.made += 1;
        this.on("open", () => (attempts.opened += 1));
        this.on("error", () => {});
        this.on("close", () => (attempts.ended += 1));
      }
    } as typeof WebSocket,
  };
  return attempts;
}

let sdk: TestSdk;
let port: number;
let attempts: Attempts;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  sdk = startSdk();
  port = await freePort();
  attempts = countAttempts();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port, host: "127.0.0.1" });
  await once(server, "listening");
  cleanups.push(() => fall(server));
  return server;
}

/** Ends a server and everything that is connected to it, without a close frame. */
async function fall(server: WebSocketServer): Promise<void> {
  for (const socket of server.clients) socket.terminate();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

function event(socket: Library, type: "open" | "close"): Promise<void> {
  return new Promise((resolve) => {
    const listener = (): void => {
      socket.removeEventListener(type, listener);
      resolve();
    };
    socket.addEventListener(type, listener);
  });
}

async function counted(): Promise<{ succeeded: number; failed: number; delays: number; delay: number }> {
  const telemetry = await sdk.collect();
  const of = (outcome: string): number =>
    sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_RECONNECTIONS, { "websocket.reconnection.outcome": outcome });
  const [delay] = latest(telemetry, METRIC_WEBSOCKET_CLIENT_RECONNECTION_DELAY);
  return {
    succeeded: of("succeeded"),
    failed: of("failed"),
    delays: delay?.value ?? 0,
    delay: delay?.point.sum ?? 0,
  };
}

describe.each(Object.keys(LIBRARIES))("observeReconnecting with %s", (name) => {
  function start(options: object = {}): { socket: Library; observation: Observation } {
    const socket = new LIBRARIES[name]!(`ws://127.0.0.1:${String(port)}`, [], {
      WebSocket: attempts.WebSocket,
      minReconnectionDelay: 20,
      maxReconnectionDelay: 60,
      connectionTimeout: 2000,
      ...options,
    });
    // Both forward errors to listeners and throw where a Node application would: they are the test's.
    socket.addEventListener("error", () => {});
    const observation = observeReconnecting(socket, { meterProvider: sdk.meterProvider });
    cleanups.unshift(() => {
      observation.stop();
      socket.close();
    });
    return { socket, observation };
  }

  test("counts the attempts until the connection is back, and the time that it took", async () => {
    const server = await serve();
    const { socket } = start();
    await event(socket, "open");
    expect(await counted()).toEqual({ succeeded: 0, failed: 0, delays: 0, delay: 0 });

    const lost = event(socket, "close");
    await fall(server);
    await lost;
    const lostAt = performance.now();
    await expect.poll(() => attempts.ended).toBeGreaterThan(4);
    const back = event(socket, "open");
    await serve();
    await back;
    const measured = (performance.now() - lostAt) / 1000;

    expect(attempts.opened).toBe(2);
    const { succeeded, failed, delays, delay } = await counted();
    expect({ succeeded, failed, delays }).toEqual({ succeeded: 1, failed: attempts.made - 2, delays: 1 });
    expect(delay).toBeCloseTo(measured, 1);
  });

  test("counts a connection that is lost again and again", async () => {
    const server = await serve();
    const { socket } = start({ minUptime: 1 });
    await event(socket, "open");
    for (let round = 0; round < 5; round += 1) {
      const back = event(socket, "open");
      for (const peer of server.clients) peer.close(1012);
      await back;
    }
    expect(await counted()).toMatchObject({ succeeded: 5, failed: 0, delays: 5 });
  });

  test("does not count the first attempt, but those after it, where there was never a connection", async () => {
    const { socket } = start();
    await expect.poll(() => attempts.ended).toBeGreaterThan(2);
    const opened = event(socket, "open");
    await serve();
    await opened;
    expect(await counted()).toEqual({ succeeded: 1, failed: attempts.made - 2, delays: 0, delay: 0 });
  });

  test("counts attempts that the server refuses", async () => {
    const server = await serve();
    const { socket } = start();
    await event(socket, "open");
    await fall(server);
    const refusing: Server = createServer((_, response) => void response.writeHead(503).end()).listen(
      port,
      "127.0.0.1",
    );
    cleanups.push(() => void refusing.close());
    await once(refusing, "listening");
    await expect.poll(() => attempts.ended).toBeGreaterThan(3);
    socket.close();
    const { succeeded, failed } = await counted();
    expect(succeeded).toBe(0);
    // The attempt that is under way when the application gives up has failed or was never made.
    expect(Math.abs(failed - (attempts.made - 1))).toBeLessThanOrEqual(1);
  });

  test("counts attempts that get no answer in time", async () => {
    const server = await serve();
    const { socket } = start({ connectionTimeout: 100 });
    await event(socket, "open");
    await fall(server);
    const silent = createTcpServer(() => {}).listen(port, "127.0.0.1");
    cleanups.push(() => void silent.close());
    await once(silent, "listening");
    await expect.poll(async () => (await counted()).failed, { timeout: 5000 }).toBeGreaterThan(2);
    expect((await counted()).succeeded).toBe(0);
  });

  test("counts nothing when the application closes, and its opening again", async () => {
    await serve();
    const { socket } = start();
    await event(socket, "open");
    const gone = event(socket, "close");
    socket.close();
    await gone;
    expect(await counted()).toMatchObject({ succeeded: 0, failed: 0 });
    const back = event(socket, "open");
    socket.reconnect();
    await back;
    expect(await counted()).toMatchObject({ succeeded: 1, failed: 0, delays: 1 });
  });

  test("adds one listener for each event, and takes both away", async () => {
    const server = await serve();
    const socket = new LIBRARIES[name]!(`ws://127.0.0.1:${String(port)}`, [], { WebSocket: attempts.WebSocket });
    cleanups.unshift(() => socket.close());
    const before = Reflect.ownKeys(socket);
    const added: string[] = [];
    const removed: string[] = [];
    const watched = new Proxy(socket, {
      get: (target, key) => {
        const value = Reflect.get(target, key, target) as unknown;
        if (key !== "addEventListener" && key !== "removeEventListener") return value;
        return (type: string, listener: () => void) => {
          (key === "addEventListener" ? added : removed).push(type);
          target[key](type, listener);
        };
      },
      set: () => expect.unreachable(),
    });
    const observation = observeReconnecting(watched, { meterProvider: sdk.meterProvider });
    observeReconnecting(watched, { meterProvider: sdk.meterProvider }).stop();
    expect(added).toEqual(["open", "close"]);
    expect(Reflect.ownKeys(socket)).toEqual(before);
    await event(socket, "open");
    observation.stop();
    expect(removed).toEqual(["open", "close"]);
    const back = event(socket, "open");
    for (const peer of server.clients) peer.terminate();
    await back;
    expect(points(await sdk.collect(), METRIC_WEBSOCKET_CLIENT_RECONNECTIONS)).toEqual([]);
  });

  test("takes up a socket that is open already, and again after a stop", async () => {
    const server = await serve();
    const socket = new LIBRARIES[name]!(`ws://127.0.0.1:${String(port)}`, [], {
      WebSocket: attempts.WebSocket,
      minReconnectionDelay: 20,
    });
    cleanups.unshift(() => socket.close());
    await event(socket, "open");
    observeReconnecting(socket, { meterProvider: sdk.meterProvider }).stop();
    const observation = observeReconnecting(socket, { meterProvider: sdk.meterProvider });
    cleanups.unshift(() => observation.stop());
    const back = event(socket, "open");
    for (const peer of server.clients) peer.terminate();
    await back;
    expect(await counted()).toMatchObject({ succeeded: 1, delays: 1 });
  });
});

describe("observeReconnecting", () => {
  const socket = new EventTarget() as unknown as ReconnectingSocket;
  test.each([
    [undefined, {}, /"socket": expected an object with addEventListener\(\), got undefined/],
    [{ addEventListener() {} }, {}, /"socket": expected an object with removeEventListener\(\)/],
    [socket, { meterProvider: {} }, /"meterProvider": expected an object with getMeter\(\)/],
    [socket, { url: "ws://localhost" }, /"options.url": expected no such option/],
    [socket, null, /"options": expected an object/],
  ])("refuses %j with %j and says how to mend it", (target, options, message) => {
    expect(() => observeReconnecting(target as never, options as never)).toThrow(TypeError);
    expect(() => observeReconnecting(target as never, options as never)).toThrow(message);
  });
});
