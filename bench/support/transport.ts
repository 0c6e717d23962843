/** Transports in memory, and upgrades on them: CPU time without the kernel's. */
import { Duplex } from "node:stream";
import type { IncomingMessage } from "node:http";
import type { WebSocket, WebSocketServer } from "ws";

/** What a server sees of a TCP connection. What is written to it is counted and dropped. */
export class MemoryTransport extends Duplex {
  bytesRead = 0;
  bytesWritten = 0;
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: unknown, callback: () => void): void {
    this.bytesWritten += chunk.length;
    callback();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }
}

/** A transport whose `write` does nothing at all, so that what is left is `ws`'s own work per message. */
export class DiscardingTransport extends MemoryTransport {
  override write(): boolean {
    return true;
  }

  override cork(): void {}

  override uncork(): void {}
}

/** The upgrade request of a browser that comes through a proxy with tracing. */
export function upgradeRequest(socket: Duplex): IncomingMessage {
  const request = {
    method: "GET",
    url: "/chat?room=1",
    httpVersion: "1.1",
    socket,
    headers: {
      host: "chat.example.com:8080",
      connection: "Upgrade",
      upgrade: "websocket",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "x-forwarded-for": "192.0.2.7",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
  };
  return request as unknown as IncomingMessage;
}

const NO_HEAD: Buffer = Buffer.alloc(0);

/** Upgrades a transport on a server without HTTP around it. */
export function upgrade(server: WebSocketServer, transport: Duplex): WebSocket {
  let opened: WebSocket | undefined;
  server.handleUpgrade(upgradeRequest(transport), transport, NO_HEAD, (socket) => {
    opened = socket;
  });
  if (opened === undefined) throw new Error("bench: the upgrade was refused");
  return opened;
}
