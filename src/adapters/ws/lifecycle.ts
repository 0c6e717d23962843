/** What is wrapped on the prototype of `ws`'s WebSocket: opening, and who closed how. */
import { context } from "@opentelemetry/api";
import { errorType } from "../../core/bounded.ts";
import { CLOSE_ABNORMAL } from "../../core/close.ts";
import type { Connection } from "../../core/connection.ts";
import { contain } from "../../core/contain.ts";
import type { ClosedFacts, Driver, HandshakeFacts, OpenedFacts, PeerFacts } from "../../core/facts.ts";
import { closingContextOf } from "../../core/messages.ts";
import type { Observer } from "../../core/observer.ts";
import { CONNECTING, OPEN, hang, kConnection, kHandshake, kUpgrade } from "./internals.ts";
import type { WsTransport, WsWebSocket } from "./internals.ts";
import type { Method, Patches } from "./patches.ts";

/** RFC 7692: the one extension that `ws` negotiates. */
const DEFLATE = "permessage-deflate";

/** What the lifecycle needs of the copy of `ws` that it belongs to. */
export interface Frames {
  readonly driver: Driver;
  /** Makes sure that the message path of this socket's Sender and Receiver is counted. */
  ensure(socket: WsWebSocket): void;
  /** Whether it is, for the whole copy. */
  known(): boolean;
  /** For a client whose handshake was not seen. */
  adopt(socket: WsWebSocket): { observer: Observer; facts: HandshakeFacts } | undefined;
}

/** Wraps what opens and ends a connection. */
export function patchLifecycle(patches: Patches, prototype: object, frames: Frames): void {
  patches.method(prototype, "setSocket", (original: Method) => {
    return function setSocket(
      this: WsWebSocket,
      transport: WsTransport,
      head: Uint8Array,
      ...rest: unknown[]
    ): unknown {
      const connection = contain("opening a connection", () => opened(this, transport, head, frames));
      if (connection !== undefined && !this._isServer && !frames.known()) beforeOpenEvent(this, frames);
      try {
        return original.call(this, transport, head, ...rest);
      } finally {
        if (connection !== undefined) contain("opening a connection", () => attach(this, connection, frames));
      }
    };
  });

  patches.method(prototype, "close", (original: Method) => {
    return function close(this: WsWebSocket, ...args: unknown[]): unknown {
      if (this.readyState === CONNECTING) this[kHandshake]?.giveUp();
      const connection = this.readyState === OPEN ? this._socket?.[kConnection] : undefined;
      // ws answers a peer's close frame by calling close() itself; then the peer began.
      const remote = this._closeFrameReceived;
      const result: unknown = original.apply(this, args);
      if (connection !== undefined && connection.initiator === undefined) {
        connection.initiator = remote ? "remote" : "local";
        connection.sentCode = typeof args[0] === "number" ? args[0] : undefined;
      }
      return result;
    };
  });

  patches.method(prototype, "terminate", (original: Method) => {
    return function terminate(this: WsWebSocket, ...args: unknown[]): unknown {
      if (this.readyState === CONNECTING) this[kHandshake]?.giveUp();
      const connection = this._socket?.[kConnection];
      if (connection !== undefined && connection.initiator === undefined && this.readyState === OPEN) {
        connection.initiator = this._closeFrameReceived ? "remote" : "local";
        connection.sentCode = CLOSE_ABNORMAL;
      }
      return original.apply(this, args);
    };
  });

  patches.method(prototype, "emitClose", (original: Method) => {
    return function emitClose(this: WsWebSocket, ...args: unknown[]): unknown {
      const connection = this._socket?.[kConnection];
      const active = connection === undefined ? undefined : contain("close", () => closingContextOf(connection));
      contain("closing a connection", () => closed(this));
      return active === undefined ? original.apply(this, args) : context.with(active, () => original.apply(this, args));
    };
  });
}

/** Takes a connection that was opened before its WebSocket class was patched. */
export function attach(socket: WsWebSocket, connection: Connection, frames: Pick<Frames, "ensure">): void {
  frames.ensure(socket);
  if (socket._receiver !== null) hang(socket._receiver, kConnection, connection);
  if (socket._sender !== null && socket._sender[kConnection]?.open !== true) {
    hang(socket._sender, kConnection, connection);
  }
}

/** What a `ws` socket that is open says about itself. */
export function openedFacts(socket: WsWebSocket, transport: WsTransport, unread: number, driver: Driver): OpenedFacts {
  return {
    subprotocol: typeof socket.protocol === "string" ? socket.protocol : "",
    compressed: socket._extensions[DEFLATE] !== undefined,
    driver,
    socket,
    bytesRead: (transport.bytesRead ?? 0) - unread,
    bytesWritten: transport.bytesWritten ?? 0,
    peer: () => peerFacts(transport),
  };
}

function opened(socket: WsWebSocket, transport: WsTransport, head: Uint8Array, frames: Frames): Connection | undefined {
  if (transport[kConnection] !== undefined) return undefined;
  const facts = openedFacts(socket, transport, head.length, frames.driver);
  const pending = socket._isServer ? transport[kUpgrade] : socket[kHandshake];
  if (pending !== undefined && "release" in pending) pending.release();
  const adopted = pending === undefined ? frames.adopt(socket) : undefined;
  const connection = pending?.handshake.accepted(facts) ?? adopted?.observer.adopt(adopted.facts, facts);
  if (connection !== undefined) hang(transport, kConnection, connection);
  return connection;
}

/**
 * The first client of a copy of `ws` whose Sender is not known: it exists only between two statements of `setSocket`,
 * of which the second emits `open`. Listeners may send at once, so the event is where to step in. The method is put
 * back and not deleted: a deletion would make V8 keep the socket as a dictionary.
 */
function beforeOpenEvent(socket: WsWebSocket, frames: Frames): void {
  const emit: WsWebSocket["emit"] = Reflect.get(socket, "emit");
  Object.defineProperty(socket, "emit", {
    configurable: true,
    writable: true,
    value(...args: unknown[]): boolean {
      socket.emit = emit;
      contain("opening a connection", () => frames.ensure(socket));
      return emit.apply(socket, args);
    },
  });
}

function closed(socket: WsWebSocket): void {
  const transport = socket._socket;
  const connection = transport?.[kConnection];
  if (transport === null || connection === undefined) {
    socket[kHandshake]?.ended();
    return;
  }
  transport[kConnection] = undefined;
  connection.closed(closedFacts(socket, transport, connection));
}

function closedFacts(socket: WsWebSocket, transport: WsTransport, connection: Connection): ClosedFacts {
  const received = socket._closeFrameReceived;
  const failure = received ? undefined : (socket._receiver?.errored ?? undefined);
  return {
    code: failure === undefined ? socket._closeCode : failureCode(socket, connection),
    reason: String(socket._closeMessage ?? ""),
    initiator: connection.initiator ?? (received ? "remote" : failure === undefined ? "none" : "local"),
    clean: received && socket._closeFrameSent,
    errorType: received ? undefined : brokenBy(failure, transport, connection),
  };
}

/** This side failed the connection (RFC 6455 section 7.1.7); `ws` says 1006 unless the peer echoes its code. */
function failureCode(socket: WsWebSocket, connection: Connection): number {
  return socket._closeCode === CLOSE_ABNORMAL ? (connection.sentCode ?? CLOSE_ABNORMAL) : socket._closeCode;
}

function brokenBy(failure: Error | undefined, transport: WsTransport, connection: Connection): string | undefined {
  if (failure !== undefined) {
    // ws 7.0 gives its errors no code; the close code then says more than "RangeError".
    return "code" in failure ? errorType(failure) : undefined;
  }
  if (transport.errored != null) return errorType(transport.errored);
  const cutHere = connection.initiator === "local" && connection.sentCode === CLOSE_ABNORMAL;
  return cutHere ? undefined : "connection_lost";
}

function peerFacts(transport: WsTransport): PeerFacts {
  const { remoteAddress, remotePort } = transport;
  return {
    transport: remoteAddress === undefined ? undefined : "tcp",
    peerAddress: remoteAddress?.startsWith("::ffff:") === true ? remoteAddress.slice(7) : remoteAddress,
    peerPort: remotePort,
  };
}
