import type { WebSocket, WebSocketServer } from "ws";
import { MemoryTransport, upgrade } from "../../bench/support/transport.ts";
import { clientFrame } from "./raw.ts";

const CLOSE = 0x08;
const PING = 0x09;
const PONG = 0x0a;

/** A peer without a network: everything happens when the test says so. */
export class MemoryPeer extends MemoryTransport {
  /** Payloads of the pings that have arrived. */
  readonly pings: Buffer[] = [];
  /** Pings that were looked at. */
  answered = 0;
  #unread: Buffer = Buffer.alloc(0);

  override _write(chunk: Uint8Array, encoding: unknown, callback: () => void): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    this.#read();
    super._write(chunk, encoding, callback);
  }

  /** Sends a frame to the server. */
  frame(opcode: number, payload: Uint8Array | string = ""): void {
    if (!this.destroyed) this.emit("data", clientFrame(opcode, payload));
  }

  /** Answers the next ping that was not looked at yet, or leaves it unanswered. */
  answer(really: boolean): boolean {
    const ping = this.pings[this.answered];
    if (ping === undefined) return false;
    this.answered += 1;
    if (really) this.frame(PONG, ping);
    return really;
  }

  /** Answers a close frame and ends the transport, or begins to close. */
  leave(): void {
    this.frame(CLOSE, Buffer.from([0x03, 0xe8]));
    this.push(null);
  }

  /** Server frames are not masked (RFC 6455 section 5.1). */
  #read(): void {
    for (;;) {
      const [first, second] = this.#unread;
      if (first === undefined || second === undefined) return;
      const header = second === 127 ? 10 : second === 126 ? 4 : 2;
      if (this.#unread.length < header) return;
      const length =
        second === 127
          ? Number(this.#unread.readBigUInt64BE(2))
          : second === 126
            ? this.#unread.readUInt16BE(2)
            : second;
      if (this.#unread.length < header + length) return;
      const payload = this.#unread.subarray(header, header + length);
      this.#unread = this.#unread.subarray(header + length);
      if ((first & 0x0f) === PING) this.pings.push(Buffer.from(payload));
    }
  }
}

/** Connects a peer to a server that has no HTTP around it. */
export function connectPeer(server: WebSocketServer): { peer: MemoryPeer; socket: WebSocket } {
  const peer = new MemoryPeer();
  const socket = upgrade(server, peer);
  socket.on("error", () => {});
  return { peer, socket };
}
