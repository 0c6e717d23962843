import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TlsOptions } from "node:tls";

/** A server that runs. */
export interface Server {
  /** What to check. */
  readonly url: string;
  /** What a check needs besides, such as the address of a DNS server. */
  readonly extras?: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts a server on loopback. */
export type Start = () => Promise<Server>;

/** Where and how to listen. */
export interface Listening {
  /** @default "127.0.0.1" */
  host?: string;
  tls?: TlsOptions;
}

/** A TCP or TLS server whose sockets are `handle`'s; closing it ends them. */
export async function listen(
  handle: (socket: Socket) => void,
  { host = "127.0.0.1", tls }: Listening = {},
): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: NetServer = tls === undefined ? createServer() : createTlsServer(tls);
  // The TCP sockets, so that those in the middle of a TLS handshake are ended as well.
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.setNoDelay();
  });
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    socket.on("error", () => {});
    handle(socket);
  });
  server.on("tlsClientError", () => {});
  await once(server.listen(0, host), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A server to which each connection is raw bytes. */
export async function rawServer(handle: (socket: Socket) => void, listening: Listening = {}): Promise<Server> {
  const { port, close } = await listen(handle, listening);
  return { url: urlOf(port, listening), close };
}

/** The URL of a port: IPv6 in brackets, and for TLS `localhost` for the certificate's sake. */
export function urlOf(port: number, { host = "127.0.0.1", tls }: Listening = {}): string {
  return `${tls === undefined ? "ws" : "wss"}://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

/** An HTTP request's head. */
export interface Head {
  readonly line: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Calls back with the head of a request, and with what came after it. */
export function onHead(socket: Socket, handle: (head: Head, rest: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return;
    socket.off("data", read);
    const [line = "", ...fields] = bytes.toString("latin1", 0, end).split("\r\n");
    const headers = new Map(
      fields.map((field) => {
        const colon = field.indexOf(":");
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    handle({ line, headers }, bytes.subarray(end + 4));
  };
  socket.on("data", read);
}

/** The response that completes a handshake (RFC 6455 section 4.2.2). */
export function accept({ headers }: Head, more: readonly string[] = []): string {
  const answer = createHash("sha1")
    .update(`${headers.get("sec-websocket-key")}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  return response("101 Switching Protocols", [
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Accept: ${answer}`,
    ...more,
  ]);
}

/** The head of an HTTP response. */
export function response(status: string, headers: readonly string[]): string {
  return `${[`HTTP/1.1 ${status}`, ...headers].join("\r\n")}\r\n\r\n`;
}

/** Frames as a server sends them (RFC 6455 section 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The bits that a frame may have wrong. */
export interface FrameBits {
  /** @default true */
  fin?: boolean;
  /** @default 0 */
  rsv?: number;
  /** @default false */
  masked?: boolean;
  /** The length that the frame claims. @default that of the payload */
  length?: number;
}

/** A frame. */
export function frame(opcode: number, payload: Uint8Array | string = "", bits: FrameBits = {}): Buffer {
  const bytes = Buffer.from(payload as string);
  const { fin = true, rsv = 0, masked = false, length = bytes.length } = bits;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let header: Buffer;
  if (length < 126) {
    header = Buffer.from([first, mask | length]);
  } else if (length < 65_536) {
    header = Buffer.from([first, mask | 126, length >> 8, length & 0xff]);
  } else {
    header = Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat(masked ? [header, Buffer.alloc(4), bytes] : [header, bytes]);
}

/** The payload of a close frame. */
export function closing(code: number, reason: Uint8Array | string = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as string)]);
}

/** Calls back with each frame of a client. */
export function onFrame(socket: Socket, rest: Buffer, handle: (opcode: number, payload: Buffer) => void): void {
  let bytes = rest;
  const read = (): void => {
    for (;;) {
      const [first, second] = bytes;
      if (first === undefined || second === undefined) return;
      const short = second & 0x7f;
      const start = short === 127 ? 14 : short === 126 ? 8 : 6;
      if (bytes.length < start) return;
      const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
      if (bytes.length < start + length) return;
      const mask = bytes.subarray(start - 4, start);
      const payload = Buffer.from(bytes.subarray(start, start + length)).map((byte, at) => byte ^ mask[at % 4]!);
      bytes = bytes.subarray(start + length);
      handle(first & 0x0f, Buffer.from(payload));
    }
  };
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    read();
  });
  read();
}

/**
 * Resets the connection when the peer has read what is written. Where both come at once, libuv may take the reset for an
 * end of the transport.
 */
export function writeAndReset(socket: Socket, data: Uint8Array | string): void {
  socket.write(data, () => setTimeout(() => socket.resetAndDestroy(), 50));
}
