/** What an adapter reports about a connection. This file holds types only and imports nothing. */

/** Which end of the connection this process is. */
export type Role = "server" | "client";

/** Which side started the closing handshake, as this process sees it; `none`: the transport broke. */
export type Side = "local" | "remote" | "none";

/**
 * The opening handshake's request as the application's hooks see it. On a server it is the library's own
 * request object (`http.IncomingMessage` for `ws`), on a client the URL and the headers that are sent.
 */
export interface HandshakeRequest {
  /** Server: the request target (`/chat?room=1`). Client: the absolute URL. */
  readonly url?: string | undefined;
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | number | undefined>>;
}

/** Exact values for spans. An adapter computes them only when a span is recorded. */
export interface SpanFacts {
  readonly path?: string | undefined;
  /** Without the leading `?`; redacted before it reaches a span. */
  readonly query?: string | undefined;
  /** Client only: the absolute URL; redacted before it reaches a span. */
  readonly fullUrl?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly clientAddress?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** The transport's ends, known on a server at once and on a client when the connection is open. */
export interface PeerFacts {
  readonly transport: "tcp" | "unix" | "pipe" | undefined;
  readonly peerAddress?: string | undefined;
  readonly peerPort?: number | undefined;
}

/** An opening handshake that has begun. */
export interface HandshakeFacts {
  readonly role: Role;
  readonly request: HandshakeRequest;
  readonly scheme: "ws" | "wss";
  /** Server: the fixed path that the library was configured to accept, a bounded default for the route. */
  readonly configuredPath?: string | undefined;
  /** Client: where the connection goes; part of every metric's attributes. */
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
  describe(): SpanFacts;
}

/**
 * What the core can ask of an adapter's sockets; one for all of them, which is given the socket each time. A number
 * that a library does not know is `undefined` and is left out of the telemetry, never reported as 0.
 */
export interface Driver {
  /** Bytes that the transport has read and written. */
  bytesRead(socket: unknown): number | undefined;
  bytesWritten(socket: unknown): number | undefined;
  /** Bytes that wait to be sent. */
  bufferedAmount(socket: unknown): number | undefined;
  /** Whether messages can be sent: not while the connection closes. */
  open(socket: unknown): boolean;
  ping(socket: unknown, payload: Uint8Array): void;
  send(socket: unknown, message: string | Uint8Array): void;
  close(socket: unknown, code: number, reason: string): void;
  terminate(socket: unknown): void;
  /** Lets `tap` see each message before the application's listeners do. */
  tap(socket: unknown, tap: MessageTap): void;
  /** Tells the seconds from each `send` until the transport has taken the message. */
  timeSends(socket: unknown, done: (seconds: number) => void): void;
  /** Lets `tracer` put messages, and with them the listeners, under spans. */
  traceMessages(socket: unknown, tracer: MessageTracer): void;
  /** Ends `tap`, `timeSends` and `traceMessages`. */
  release(socket: unknown): void;
}

/** Sees messages on their way to the application's listeners. */
export interface MessageTap {
  /** `true` keeps the message from the listeners. */
  before(data: unknown): boolean;
  /** The listeners have returned after `seconds`; only where their time is asked for. */
  after?: ((seconds: number) => void) | undefined;
}

/** A message that an adapter may be asked about. What is costly to know is computed when it is asked for. */
export interface MessageFacts {
  readonly direction: "sent" | "received";
  readonly type: "text" | "binary";
  readonly size: number;
  readonly data: unknown;
  readonly text: string | undefined;
}

/** The span of one message. */
export interface MessageSpan {
  /** Runs something with the span active. */
  run<T>(work: () => T): T;
  /** An error of the application's, which is passed on to it unchanged. */
  failed(error: unknown): void;
  /** Only the first call counts. `errorType` says why the message got nowhere. */
  end(errorType?: string): void;
}

/** Decides which messages of a connection get a span, and what is active on its socket. */
export interface MessageTracer {
  /** Whether `within` does anything. */
  readonly propagates: boolean;
  /** Asked first, once for every message: `false` where it gets no span. Costs next to nothing. */
  takesReceived(): boolean;
  takesSent(): boolean;
  /** Starts the span of a message, if it gets one. */
  start(message: MessageFacts): MessageSpan | undefined;
  /** Runs listeners with the connection's span active. */
  within<T>(work: () => T): T;
}

/** A handshake that ended with 101. */
export interface OpenedFacts {
  /** The negotiated subprotocol, `""` for none. */
  readonly subprotocol: string;
  /** Whether permessage-deflate (RFC 7692) was negotiated. */
  readonly compressed: boolean;
  readonly driver: Driver;
  /** The adapter's socket, which only the driver understands. */
  readonly socket: unknown;
  /** Bytes that the transport had read and written for HTTP before the first frame. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Looked at only when a span is recorded. */
  peer(): PeerFacts;
}

/** A connection that has ended. */
export interface ClosedFacts {
  /** RFC 6455 section 7.1.5, or the code that this side sent when it failed the connection itself. */
  readonly code: number;
  readonly reason: string;
  readonly initiator: Side;
  /** Both close frames were exchanged (RFC 6455 section 7.1.4). */
  readonly clean: boolean;
  /** What broke the connection, already bounded; see `error.type` in the registry. */
  readonly errorType?: string | undefined;
}
