import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** A client that does nothing by itself: it answers no ping, and reads only as long as it is told to. */
export async function rawClient(url: string): Promise<Socket> {
  const { port, pathname, host } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(socket, "data");
  return socket;
}

/** A frame as a client sends it (RFC 6455 section 5.2), masked with zeroes; up to 125 bytes. */
export function clientFrame(opcode: number, payload: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(payload as string);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}
