/**
 * The parts of `ws` 7 and 8 that the adapter relies on, as structural types. Everything with an underscore is
 * internal to `ws`; `copy.ts` detects by feature whether a loaded copy has it.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex, Writable } from "node:stream";
import type { Handshake } from "../../core/observer.ts";
import type { Connection } from "../../core/connection.ts";
import type { Observer } from "../../core/observer.ts";

/** The connection that a transport, a sender or a receiver belongs to. */
export const kConnection: unique symbol = Symbol("opentelemetry-websocket.connection");
/** The upgrade that is under way on a transport. */
export const kUpgrade: unique symbol = Symbol("opentelemetry-websocket.upgrade");
/** The client's handshake, on the WebSocket. */
export const kHandshake: unique symbol = Symbol("opentelemetry-websocket.handshake");
/** The observer that one server or one client was given. */
export const kObserver: unique symbol = Symbol("opentelemetry-websocket.observer");

/** `ws`'s readyState values, those of the WebSocket standard. */
export const CONNECTING = 0;
export const OPEN = 1;

/** A transport with what we hang on it: `net.Socket`, `tls.TLSSocket` or any Duplex. */
export type WsTransport = Duplex & {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  readonly encrypted?: boolean;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  [kConnection]?: Connection | undefined;
  [kUpgrade]?: PendingUpgrade | undefined;
};

/** What the adapter keeps of an upgrade until it is accepted or refused. */
export interface PendingUpgrade {
  readonly handshake: Handshake;
  /** Stops watching the transport. */
  release(): void;
}

/** What the adapter keeps of a client's handshake until it ends. */
export interface PendingClient {
  readonly handshake: Handshake;
  /** The application closed the WebSocket before it was open. */
  giveUp(): void;
  /** The WebSocket ended before it was open. */
  ended(): void;
}

export interface WsReceiver extends Writable {
  _fin?: boolean;
  _opcode?: number;
  _messageLength?: number;
  _errored?: boolean;
  dataMessage?(callback: unknown): unknown;
  [kConnection]?: Connection | undefined;
}

export interface WsSender {
  _socket?: WsTransport;
  sendFrame?(list: readonly (Uint8Array | string)[], callback: unknown): void;
  dispatch?(data: Uint8Array | string, compress: boolean, options: unknown, callback: unknown): void;
  [kConnection]?: Connection | undefined;
}

/** A function of the application's or of `ws`. */
export type Callback = (...args: unknown[]) => unknown;

/** Public methods are called on the socket itself, so that the application's own overrides are respected. */
export interface WsWebSocket {
  readonly readyState: number;
  readonly protocol: string;
  readonly url: string;
  readonly bufferedAmount: number;
  _isServer: boolean;
  _closeCode: number;
  _closeFrameReceived: boolean;
  _closeFrameSent: boolean;
  _closeMessage: string | Uint8Array;
  _extensions: Readonly<Record<string, unknown>>;
  _req?: ClientRequest | null;
  _socket: WsTransport | null;
  _receiver: WsReceiver | null;
  _sender: WsSender | null;
  emit(...args: unknown[]): boolean;
  listenerCount(event: string): number;
  ping(payload: Uint8Array): void;
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
  [kHandshake]?: PendingClient | undefined;
  [kObserver]?: Observer | undefined;
}

export interface WsServer {
  readonly options: { readonly path?: string | null; readonly WebSocket?: { prototype: WsWebSocket } };
  readonly clients?: Set<WsWebSocket>;
  listenerCount(event: string): number;
  handleUpgrade(request: IncomingMessage, socket: WsTransport, head: Buffer, callback: unknown): void;
  [kObserver]?: Observer | undefined;
}

/** Hangs our state on an object of the application's so that enumeration, copying and inspection do not show it. */
export function hang<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
