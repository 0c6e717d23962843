/** Observing the servers and clients of `ws`: single ones, and every one of a copy. */
import type { Connection } from "../../core/connection.ts";
import { contain } from "../../core/contain.ts";
import type { Observer } from "../../core/observer.ts";
import { invalid } from "../../core/validate.ts";
import { ClientFacts, observeRequest } from "./client.ts";
import { WsCopy } from "./copy.ts";
import type { CopyObservers } from "./copy.ts";
import { CONNECTING, OPEN, hang, kConnection, kHandshake, kObserver } from "./internals.ts";
import type { WsServer, WsTransport, WsWebSocket } from "./internals.ts";
import { attach, openedFacts } from "./lifecycle.ts";
import { copyOfServer } from "./modules.ts";
import type { WsClasses } from "./modules.ts";
import { ServerFacts } from "./server.ts";

/** Observes every server and client of a copy on behalf of `holder`. Returns what undoes it. */
export function observeCopy(classes: WsClasses, holder: object, observers: CopyObservers): () => void {
  const copy = WsCopy.of(classes.WebSocket.prototype);
  if (!copy.hold(holder, classes.WebSocketServer.prototype)) return () => {};
  copy.observeAll(observers);
  contain("ws internals", () => copy.patchFrames(new classes.Sender(undefined), new classes.Receiver()));
  return () => {
    copy.observeAll(undefined);
    copy.release(holder);
  };
}

/**
 * Observes one server: its upgrades from now on and, as far as they can be known, the connections that it has.
 * @throws TypeError if this is not a `WebSocketServer` of `ws` 7 or 8
 */
export function observeWsServer(server: unknown, observer: Observer): () => void {
  const mend = "pass an instance of WebSocketServer of the ws package, version 7 or 8";
  const serverPrototype = ownerOf(server, "handleUpgrade");
  if (serverPrototype === undefined) throw invalid("server", "a WebSocketServer of ws", server, mend);
  const ws = server as WsServer;
  const webSocket = ws.options.WebSocket?.prototype ?? copyOfServer(serverPrototype)?.WebSocket.prototype;
  const prototype = ownerOf(webSocket, "setSocket");
  if (prototype === undefined) throw invalid("server", "a server whose WebSocket class can be found", server, mend);
  const copy = WsCopy.of(prototype);
  if (!copy.hold(ws, serverPrototype)) return () => {};
  hang(ws, kObserver, observer);
  for (const socket of ws.clients ?? [])
    contain("open connection", () => adoptServerSocket(observer, copy, ws, socket));
  return () => {
    if (ws[kObserver] !== observer) return;
    ws[kObserver] = undefined;
    copy.release(ws);
  };
}

/**
 * Observes one client, or every client of a class.
 * @throws TypeError if this is neither a `WebSocket` of `ws` 7 or 8 nor that class
 */
export function observeWsClient(target: unknown, observer: Observer): () => void {
  const isClass = typeof target === "function";
  const prototype = ownerOf(isClass ? (target.prototype as unknown) : target, "setSocket");
  if (prototype === undefined) {
    const mend = "pass a WebSocket of the ws package, version 7 or 8, or that class itself";
    throw invalid("socket", "a WebSocket of ws", target, mend);
  }
  const copy = WsCopy.of(prototype);
  const holder = target as object;
  if (!copy.hold(holder)) return () => {};
  // On the class the observer hangs on its prototype, where every socket of it finds it.
  const bearer = (isClass ? target.prototype : target) as WsWebSocket;
  hang(bearer, kObserver, observer);
  if (!isClass) contain("client", () => adoptClientSocket(observer, copy, bearer));
  return () => {
    if (!Object.hasOwn(bearer, kObserver) || bearer[kObserver] !== observer) return;
    Reflect.deleteProperty(bearer, kObserver);
    copy.release(holder);
  };
}

/** The open, observed connection of a socket. */
export function connectionOf(socket: object): Connection | undefined {
  const transport = (socket as Partial<WsWebSocket>)._socket;
  const connection = typeof transport === "object" ? transport?.[kConnection] : undefined;
  return connection?.open === true ? connection : undefined;
}

function adoptServerSocket(observer: Observer, copy: WsCopy, server: WsServer, socket: WsWebSocket): void {
  const transport = socket._socket;
  if (socket.readyState !== OPEN || transport === null || transport[kConnection]?.open === true) return;
  // The request is not kept by ws; what is left of it is what the transport knows.
  const request = { headers: {}, url: undefined } as unknown as ServerFacts["request"];
  adopt(observer, copy, socket, transport, new ServerFacts(server, request, transport));
}

function adoptClientSocket(observer: Observer, copy: WsCopy, socket: WsWebSocket): void {
  const transport = socket._socket;
  if (socket.readyState === CONNECTING && socket._req != null && socket[kHandshake] === undefined) {
    observeRequest(observer, socket, socket._req);
  } else if (socket.readyState === OPEN && transport !== null && transport[kConnection]?.open !== true) {
    adopt(observer, copy, socket, transport, new ClientFacts(socket));
  }
}

function adopt(
  observer: Observer,
  copy: WsCopy,
  socket: WsWebSocket,
  transport: WsTransport,
  facts: ServerFacts | ClientFacts,
): void {
  const connection = observer.adopt(facts, openedFacts(socket, transport, 0, copy.driver));
  hang(transport, kConnection, connection);
  attach(socket, connection, { ensure: (opened) => copy.ensureFrames(opened) });
}

/** The object in the prototype chain that has `name` as its own method. */
function ownerOf(value: unknown, name: string): object | undefined {
  let current = value as object | null | undefined;
  while (current != null && (typeof current === "object" || typeof current === "function")) {
    const descriptor = Object.getOwnPropertyDescriptor(current, name);
    if (typeof descriptor?.value === "function") return current;
    current = Object.getPrototypeOf(current) as object | null;
  }
  return undefined;
}
