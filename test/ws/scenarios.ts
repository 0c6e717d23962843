import { once } from "node:events";
import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { Socket as SocketClass } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { inspect } from "node:util";
import type { ClientOptions, WebSocket } from "ws";
import { closed, listen, received, shut } from "../support/ws.ts";
import type { WsModule } from "../support/ws.ts";

/**
 * Where Node's own `remoteAddress` keeps what it found, and the transport's own methods, which are assigned back to it
 * after the upgrade: what they are is compared elsewhere, that they are own properties is the one thing to be seen.
 */
const LEFT_BEHIND: ReadonlySet<string> = new Set(["_peername", "write", "end"]);

/** Takes down what an application can notice. */
export type Log = (...entry: unknown[]) => void;

/** Things that applications do. Each logs everything that it can see of `ws`; the log may not depend on us. */
export const scenarios: Record<string, (ws: WsModule, log: Log) => Promise<void>> = {
  async "events and their order on both ends"(ws, log) {
    const { server, url } = await listen(ws);
    server.on("connection", (peer) => {
      listenAll(peer, "server", log);
      peer.on("message", (data, binary) => peer.send(data as Buffer, { binary }));
    });
    server.on("headers", (headers) => log("headers", headers.length));
    const client = new ws.WebSocket(url);
    listenAll(client, "client", log);
    await once(client, "open");
    const echoed = received(client, 2);
    client.send("text");
    client.send(Buffer.from([1, 2, 3]));
    await echoed;
    client.ping("a");
    await once(client, "pong");
    client.close(1000, "bye");
    await closed(client);
    await shut(server);
  },

  async "listeners are the application's own and no more"(ws, log) {
    const { server, url } = await listen(ws);
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const client = new ws.WebSocket(url);
    log("client listeners", client.eventNames());
    const [[peer]] = await Promise.all([connected, once(client, "open")]);
    for (const socket of [client, peer]) {
      log("events", socket.eventNames(), "keys", keys(socket));
      log(
        "transport",
        transportListeners(socket),
        keys(transport(socket)).filter((key) => !LEFT_BEHIND.has(key)),
      );
      log("inspected", inspect(socket, { depth: 0 }).includes("opentelemetry"));
      const listener = (): void => {};
      for (const add of ["on", "addListener", "prependListener", "once", "prependOnceListener"] as const) {
        (socket as EventEmitter)[add]("message", listener);
        log(add, socket.listenerCount("message"), socket.listeners("message").includes(listener));
        socket.off("message", listener);
        log("off", socket.listenerCount("message"));
      }
      const handler = (event: { data: unknown }): void => log("handled", event.data);
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the property is what is tested
      socket.onmessage = handler;
      log("onmessage", socket.onmessage === handler, socket.listenerCount("message"));
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the same
      socket.onmessage = null;
      socket.addEventListener("message", handler);
      socket.removeEventListener("message", handler);
      log("after removal", socket.listenerCount("message"), socket.eventNames());
    }
    log("server", server.eventNames(), keys(server));
    client.terminate();
    await closed(client, peer);
    await shut(server);
  },

  async "return values, callbacks, arity and errors thrown at once"(ws, log) {
    for (const [name, prototype] of Object.entries({
      socket: ws.WebSocket.prototype,
      server: ws.WebSocketServer.prototype,
    })) {
      for (const key of Reflect.ownKeys(prototype)) {
        const { value } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
        if (typeof value === "function") log(name, key, value.name, value.length);
      }
    }
    const { server, url } = await listen(ws);
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const client = new ws.WebSocket(url);
    log(
      "too early",
      attempt(() => client.send("x")),
      attempt(() => client.ping()),
    );
    const [[peer]] = await Promise.all([connected, once(client, "open")]);
    const sent = new Promise<void>((resolve) => {
      const callback = (error?: Error | null): void => {
        log("sent", error);
        resolve();
      };
      // A JavaScript application can look at what a void method returns.
      const send = client.send.bind(client) as (...args: unknown[]) => unknown;
      log("send", send("a", callback));
    });
    await sent;
    const wrong = new ws.WebSocket(url);
    await once(wrong, "open");
    const error = attempt(() => wrong.close(99));
    log("wrong code", error, wrong.readyState);
    wrong.terminate();
    log(
      "nothing",
      attempt(() => client.send(undefined as unknown as string)),
    );
    log("close", peer.close(1000), peer.readyState, "again", peer.close());
    await closed(client, peer);
    log(
      "after",
      attempt(() => client.send("late")),
      client.terminate(),
      client.close(),
    );
    await new Promise<void>((resolve) => {
      client.send("late", (error) => {
        log("late", error?.message);
        resolve();
      });
    });
    await shut(server);
  },

  async "closing before it is open"(ws, log) {
    const { server, url } = await listen(ws);
    for (const method of ["close", "terminate"] as const) {
      const client = new ws.WebSocket(url);
      listenAll(client, method, log);
      log(method, client[method](), client.readyState);
      await closed(client);
    }
    const refused = new ws.WebSocket("ws://127.0.0.1:1");
    refused.on("error", (error: NodeJS.ErrnoException) => log("error", error.code));
    await closed(refused);
    log(
      "bad address",
      attempt(() => new ws.WebSocket("nonsense")),
    );
    await shut(server);
  },

  async "options and headers that are frozen"(ws, log) {
    const { server, url } = await listen(ws, Object.freeze({ verifyClient: Object.freeze(() => true) }));
    const headers = Object.freeze({ "X-Mine": "1", Authorization: "secret" });
    const options = Object.freeze({ headers, perMessageDeflate: false }) as ClientOptions;
    const request = once(server, "connection") as Promise<[WebSocket, IncomingMessage]>;
    const client = new ws.WebSocket(url, options);
    const [[peer, { headers: seen }]] = await Promise.all([request, once(client, "open")]);
    log(seen["x-mine"], seen.authorization, seen.upgrade, Object.keys(options), Object.keys(headers));
    client.close();
    await closed(client, peer);
    await shut(server);
  },

  async "refusals: the server's hooks and the client's events"(ws, log) {
    const { server, url } = await listen(ws, {
      verifyClient: ({ req }: { req: IncomingMessage }, answer?: (ok: boolean, code?: number) => void) => {
        log("verify", req.url, typeof answer);
        answer?.(false, 418);
      },
      path: "/right",
    });
    server.on("wsClientError", (error, socket) => {
      log("wsClientError", error.message);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    for (const path of ["/right", "/wrong"]) {
      const client = new ws.WebSocket(url + path);
      listenAll(client, path, log);
      await closed(client);
    }
    const asked = new ws.WebSocket(`${url}/right`);
    await new Promise<void>((resolve) => {
      asked.on("unexpected-response", (request, response: IncomingMessage) => {
        log("unexpected", response.statusCode, typeof request.abort);
        response.resume();
        request.destroy();
        resolve();
      });
    });
    await shut(server);
  },

  async "redirects, with credentials kept or dropped"(ws, log) {
    const { server, url } = await listen(ws);
    server.on("connection", (peer, request) =>
      log("connected", request.url, request.headers.authorization, peer.protocol),
    );
    const http = createServer();
    http.on("upgrade", (request, socket) => {
      const target = request.url === "/loop" ? "/loop" : `${url}/target`;
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${target}\r\nConnection: close\r\n\r\n`);
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    const base = `ws://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
    const client = new ws.WebSocket(base, { followRedirects: true, headers: { authorization: "secret" } });
    await once(client, "open");
    log("url", client.url === `${url}/target`);
    client.terminate();
    await closed(client);
    const lost = new ws.WebSocket(`${base}/loop`, { followRedirects: true, maxRedirects: 2 });
    lost.on("error", (error) => log("error", error.message));
    await closed(lost);
    http.close();
    await shut(server);
  },

  async "noServer: the callback and what it is given"(ws, log) {
    const server = new ws.WebSocketServer({ noServer: true });
    const http = createServer();
    http.on("upgrade", (request, socket, head) => {
      const before = eventCounts(socket as Socket);
      log(
        "returned",
        server.handleUpgrade(request, socket, head, function callback(...args: unknown[]) {
          log("callback", args.length, args[0] instanceof ws.WebSocket, args[1] === request || args[1] === undefined);
          server.emit("connection", args[0], request);
        }),
      );
      const own = ["end", "write"].map(
        (name) => Reflect.get(socket, name) === Reflect.get(SocketClass.prototype, name),
      );
      log("transport", before, own);
      // ws 7.0 does not notice a second call and breaks.
      if (String((server as unknown as { completeUpgrade: unknown }).completeUpgrade).includes("more than once")) {
        log("twice", attempt(() => server.handleUpgrade(request, socket, head, () => log("never"))).slice(0, 30));
      }
    });
    await once(http.listen(0, "127.0.0.1"), "listening");
    const connected = once(server, "connection") as Promise<[WebSocket]>;
    const client = new ws.WebSocket(`ws://127.0.0.1:${String((http.address() as AddressInfo).port)}`);
    client.on("error", () => {});
    const [peer] = await connected;
    client.terminate();
    peer.terminate();
    await closed(client, peer);
    http.close();
  },

  async "classes: statics, instanceof, extension"(ws, log) {
    const { WebSocket } = ws;
    log(
      WebSocket.CONNECTING,
      WebSocket.OPEN,
      WebSocket.CLOSING,
      WebSocket.CLOSED,
      Object.keys(WebSocket),
      WebSocket.length,
      WebSocket.name,
    );
    class Mine extends WebSocket {
      override close(code?: number): void {
        log("mine", code);
        super.close(code);
      }
    }
    const { server, url } = await listen(ws);
    const client = new Mine(url);
    await once(client, "open");
    log(client instanceof Mine, client instanceof WebSocket, Object.getPrototypeOf(client) === Mine.prototype);
    client.close(4000);
    log("code", await once(client, "close"));
    await shut(server);
  },

  async "a stream and an async iterator of a socket"(ws, log) {
    const { createWebSocketStream } = ws;
    log(typeof createWebSocketStream);
    if (createWebSocketStream === undefined) return;
    const { server, url } = await listen(ws);
    server.on("connection", (peer) => {
      peer.send("one");
      peer.send("two");
      peer.close();
    });
    const stream = createWebSocketStream(new ws.WebSocket(url), { encoding: "utf8" });
    for await (const chunk of stream) log("chunk", chunk);
    await shut(server);
  },
};

function listenAll(socket: WebSocket, who: string, log: Log): void {
  for (const event of ["open", "message", "ping", "pong", "close", "error", "upgrade"]) {
    socket.on(event, function listener(this: unknown, ...args: unknown[]) {
      log(who, event, this === socket, args.map(plain));
    });
  }
}

function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("hex");
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? value.constructor.name : value;
}

function attempt(run: () => unknown): string {
  try {
    return `returned ${String(run())}`;
  } catch (error) {
    return String(error);
  }
}

function keys(value: object): string[] {
  const all: string[] = [];
  for (const key in value) if (Object.hasOwn(value, key)) all.push(key);
  return all;
}

function transport(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

function transportListeners(socket: WebSocket): Record<string, number> {
  return eventCounts(transport(socket));
}

function eventCounts(socket: Socket): Record<string, number> {
  return Object.fromEntries(socket.eventNames().map((name) => [String(name), socket.listenerCount(name)]));
}
