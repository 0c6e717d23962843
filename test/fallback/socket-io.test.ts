import { once } from "node:events";
import { createServer, request } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics, trace } from "@opentelemetry/api";
import { Server } from "socket.io";
import type { ServerOptions } from "socket.io";
import { Manager, io } from "socket.io-client";
import type { ManagerOptions, Socket, SocketOptions } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { WebSocketInstrumentation, observeEngine, observeEngineClient } from "../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_FALLBACKS,
  METRIC_WEBSOCKET_SERVER_FALLBACKS,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
} from "../../src/semconv.ts";
import { latest, sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";

/** Long enough that no test waits for it. */
const NEVER = 600_000;

let sdk: TestSdk;
const ending: (() => unknown)[] = [];

beforeEach(() => {
  sdk = startSdk();
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
  metrics.disable();
  trace.disable();
});

interface Chat {
  readonly io: Server;
  readonly port: number;
}

async function serve(options: Partial<ServerOptions> = {}, pollingLimit = NEVER): Promise<Chat> {
  const http = createServer();
  const server = new Server(http, options);
  const observation = observeEngine(server, { pollingLimit, meterProvider: sdk.meterProvider });
  ending.push(
    () => server.close(),
    () => observation.stop(),
  );
  return { io: server, port: await listen(http) };
}

async function listen(http: HttpServer): Promise<number> {
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  return (http.address() as AddressInfo).port;
}

function join(port: number, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnection: false, ...options });
  const observation = observeEngineClient(socket, { meterProvider: sdk.meterProvider });
  ending.push(
    () => socket.disconnect(),
    () => observation.stop(),
  );
  return socket;
}

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });

/** A client on WebSocket, whichever way it came there. */
async function upgraded(socket: Socket): Promise<void> {
  await connected(socket);
  const { engine } = socket.io;
  if (engine.transport.name === "websocket") return;
  await new Promise((resolve) => engine.once("upgrade", resolve));
}

async function fallbacks(metric: string): Promise<[number, object][]> {
  return latest(await sdk.collect(), metric).map(({ value, attributes }) => [value, attributes]);
}

const PATIENCE = { timeout: 8000 };

const POLLING = { "websocket.fallback.transport": "polling" };
const FAILED = { ...POLLING, "error.type": "upgrade_failed" };

/** A proxy that lets no upgrade through, as one that knows HTTP alone does. */
async function startProxy(port: number): Promise<number> {
  const proxy = createServer((incoming, answer) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  proxy.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  ending.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return listen(proxy);
}

describe("Socket.IO", () => {
  test("clients that get WebSocket are no fallback, whether they start with it or upgrade", async () => {
    const { port, io: server } = await serve();
    const sockets = [join(port), join(port), join(port, { transports: ["websocket"] })];
    await Promise.all(sockets.map(upgraded));
    await vi.waitFor(() => expect(transports(server)).toEqual(["websocket", "websocket", "websocket"]));
    expect(await fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS)).toEqual([]);
    expect(await fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toEqual([]);
  });

  test("each client that is still on polling past the limit counts once", async () => {
    const { port, io: server } = await serve({}, 50);
    const polling = [1, 2, 3].map(() => join(port, { transports: ["polling"] }));
    const upgrading = join(port, { transports: ["websocket"] });
    await Promise.all([...polling, upgrading].map(connected));
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[3, POLLING]]);
    const answers = polling.map((socket) => new Promise((resolve) => socket.once("again", resolve)));
    server.emit("again");
    await Promise.all(answers);
    expect(await fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS)).toEqual([[3, POLLING]]);
    // They were told to poll: they have given up on nothing.
    expect(await fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toEqual([]);
  });

  test("a session that ends before the limit is no fallback", async () => {
    const { port, io: server } = await serve({}, 300);
    const short = join(port, { transports: ["polling"] });
    await connected(short);
    short.disconnect();
    await vi.waitFor(() => expect(server.engine.clientsCount).toBe(0));
    await connected(join(port, { transports: ["polling"] }));
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[1, POLLING]]);
  });

  test("behind a proxy that refuses upgrades both ends know: the client a second later, the server past the limit", async () => {
    const { port } = await serve({}, 50);
    const proxy = await startProxy(port);
    const sockets = [join(proxy), join(proxy)];
    await Promise.all(sockets.map(connected));
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS), PATIENCE).toEqual([[2, FAILED]]);
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[2, POLLING]]);
    expect(sockets.map((socket) => socket.io.engine.transport.name)).toEqual(["polling", "polling"]);
  });

  test("a client that tries the next transport when WebSocket does not open falls back", async () => {
    const { port } = await serve();
    const proxy = await startProxy(port);
    const socket = join(proxy, { transports: ["websocket", "polling"], tryAllTransports: true, upgrade: false });
    await connected(socket);
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS), PATIENCE).toEqual([[1, FAILED]]);
  });

  test("each connection of a client that reconnects counts", async () => {
    const { port, io: server } = await serve();
    const proxy = await startProxy(port);
    const manager = new Manager(`http://127.0.0.1:${proxy}`, { autoConnect: false, reconnectionDelay: 10 });
    const observation = observeEngineClient(manager, { meterProvider: sdk.meterProvider });
    const socket = manager.socket("/");
    ending.push(
      () => socket.disconnect(),
      () => observation.stop(),
    );
    socket.connect();
    await connected(socket);
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS), PATIENCE).toEqual([[1, FAILED]]);
    const again = connected(socket);
    for (const session of Object.values((server.engine as unknown as { clients: Record<string, Session> }).clients)) {
      session.close(true);
    }
    await again;
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS), PATIENCE).toEqual([[2, FAILED]]);
  });

  test("a server that refuses the upgrade counts when the client goes on with polling", async () => {
    const { port, io: server } = await serve();
    server.engine.use((request: { _query: { transport: string } }, _response: unknown, next: (e?: Error) => void) =>
      next(request._query.transport === "websocket" ? new Error("not here") : undefined),
    );
    const socket = join(port);
    await connected(socket);
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS), PATIENCE).toEqual([[1, FAILED]]);
    socket.emit("still here");
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[1, FAILED]]);
  });

  test("an upgrade that breaks after it has begun counts when the client goes on with polling", async () => {
    const { port } = await serve();
    // The client of engine.io 6 falls silent after that, so this one speaks the protocol itself.
    const polling = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1)) as { sid: string };
    const probe = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
    await once(probe, "open");
    probe.send("2probe");
    expect(String((await once(probe, "message"))[0])).toBe("3probe");
    probe.terminate();
    // The server may hear of the end later than of the next packet.
    await vi.waitFor(async () => {
      await fetch(`${polling}&sid=${sid}`, { method: "POST", body: "40" });
      expect(await fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS)).toEqual([[1, FAILED]]);
    });
  });

  test("a client that leaves in the middle of its upgrade has not fallen back", async () => {
    const { port, io: server } = await serve({}, 200);
    server.engine.on("connection", (session: Session) => {
      session.on("upgrading", () => session.close(true));
    });
    const socket = join(port);
    await connected(socket);
    await vi.waitFor(() => expect(server.engine.clientsCount).toBe(0));
    await connected(join(port, { transports: ["polling"] }));
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[1, POLLING]]);
    expect(await fallbacks(METRIC_WEBSOCKET_CLIENT_FALLBACKS)).toEqual([]);
  });

  test("sessions that were there before are observed too, and none after stop()", async () => {
    const http = createServer();
    const server = new Server(http);
    ending.push(() => server.close());
    const port = await listen(http);
    await connected(join(port, { transports: ["polling"] }));
    const observation = observeEngine(server, { pollingLimit: 30, meterProvider: sdk.meterProvider });
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[1, POLLING]]);
    await connected(join(port, { transports: ["polling"] }));
    observation.stop();
    const control = observeEngine(server.engine, { pollingLimit: 60, meterProvider: sdk.meterProvider });
    // Both sessions, seen anew; had the first observation gone on, the second session would count twice.
    await expect.poll(() => fallbacks(METRIC_WEBSOCKET_SERVER_FALLBACKS), PATIENCE).toEqual([[3, POLLING]]);
    control.stop();
  });

  test("frames that are encoded once for a whole room are counted for each client", async () => {
    const instrumentation = new WebSocketInstrumentation();
    instrumentation.setMeterProvider(sdk.meterProvider);
    instrumentation.setTracerProvider(sdk.tracerProvider);
    ending.push(() => instrumentation.disable());
    const { port, io: server } = await serve({ transports: ["websocket"] });
    const sockets = [1, 2, 3].map(() => join(port, { transports: ["websocket"] }));
    await Promise.all(sockets.map(connected));
    const before = await sent();
    const all = (event: string): Promise<unknown> =>
      Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once(event, resolve))));
    const [news, blob] = [all("news"), all("blob")];
    server.emit("news", "żółć");
    // Binary is a text message with a placeholder, and a binary one.
    server.emit("blob", Buffer.alloc(1000));
    await Promise.all([news, blob]);
    const after = await sent();
    const [newsFrame, blobFrame] = [`42["news","żółć"]`, `451-["blob",{"_placeholder":true,"num":0}]`];
    expect(after.text - before.text).toBe(3 * 2);
    expect(after.textBytes - before.textBytes).toBe(3 * (Buffer.byteLength(newsFrame) + Buffer.byteLength(blobFrame)));
    expect([after.binary, after.binaryBytes]).toEqual([3, 3000]);
  });
});

async function sent(): Promise<Record<"text" | "textBytes" | "binary" | "binaryBytes", number>> {
  const telemetry = await sdk.collect();
  const of = (metric: string, type: string): number =>
    sumOf(telemetry, metric, { "websocket.message.direction": "sent", "websocket.message.type": type });
  return {
    text: of(METRIC_WEBSOCKET_SERVER_MESSAGES, "text"),
    textBytes: of(METRIC_WEBSOCKET_SERVER_MESSAGE_IO, "text"),
    binary: of(METRIC_WEBSOCKET_SERVER_MESSAGES, "binary"),
    binaryBytes: of(METRIC_WEBSOCKET_SERVER_MESSAGE_IO, "binary"),
  };
}

interface Session {
  readonly transport: { readonly name: string };
  on(event: "upgrading", listener: (transport: { close(): void }) => void): void;
  close(discard: boolean): void;
}

function transports(server: Server): string[] {
  const { clients } = server.engine as unknown as { clients: Record<string, Session> };
  return Object.values(clients).map(({ transport }) => transport.name);
}
