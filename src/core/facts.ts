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

/** Byte counters of the transport, as `net.Socket` has them. Absent on a transport that does not count. */
export interface Transport {
  readonly bytesRead?: number | undefined;
  readonly bytesWritten?: number | undefined;
}

/** A handshake that ended with 101. */
export interface OpenedFacts {
  /** The negotiated subprotocol, `""` for none. */
  readonly subprotocol: string;
  /** Whether permessage-deflate (RFC 7692) was negotiated. */
  readonly compressed: boolean;
  readonly transport: Transport;
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
