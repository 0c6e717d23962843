import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import type { Socket } from "node:net";
import { peerServer } from "./peer.ts";
import { OPCODE, frame } from "./wire.ts";
import type { Server } from "./wire.ts";

const SIZE = 64 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024);

/** A server that answers with 64 MiB, and how much of it has left. */
export interface LargeServer extends Server {
  /** Bytes that the client has taken, of all connections. */
  sent(): number;
}

/** In one frame. */
export async function inOneFrame(): Promise<LargeServer> {
  return large((socket) => {
    socket.write(frame(OPCODE.binary, "", { length: SIZE }));
    pour(socket, SIZE / PIECE.length, () => PIECE);
  });
}

/** In fragments, each of which is small enough. */
export async function inFragments(size: number = PIECE.length): Promise<LargeServer> {
  return large((socket) => {
    const count = SIZE / size;
    const piece = PIECE.subarray(0, size);
    pour(socket, count, (index) =>
      frame(index === 0 ? OPCODE.binary : OPCODE.continuation, piece, { fin: index === count - 1 }),
    );
  });
}

/** In 64 KiB that inflate to 64 MiB (RFC 7692). */
export async function compressed(): Promise<LargeServer> {
  const deflated = await promisify(deflateRaw)(Buffer.alloc(SIZE));
  const headers = [
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  ];
  return large((socket) => void socket.write(frame(OPCODE.binary, deflated, { rsv: 4 })), headers);
}

async function large(answer: (socket: Socket) => void, headers: readonly string[] = []): Promise<LargeServer> {
  const sockets: Socket[] = [];
  const server = await peerServer({
    open: ({ socket }) => void sockets.push(socket),
    message: ({ socket }) => answer(socket),
    headers,
  });
  return {
    ...server,
    sent: () => sockets.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0),
  };
}

/** Writes piece by piece, as the client takes them. */
function pour(socket: Socket, count: number, piece: (index: number) => Uint8Array): void {
  let index = 0;
  const more = (): void => {
    while (index < count && !socket.destroyed) {
      const taken = socket.write(piece(index));
      index += 1;
      if (!taken) return;
    }
  };
  socket.on("drain", more);
  more();
}
