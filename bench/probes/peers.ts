/** The other side of real connections, in a process of its own so that its CPU time is not the server's. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { clientChunk, clientFrame, serverFrameLength } from "../support/frames.ts";

export interface PeersInput {
  readonly ports: readonly number[];
  /** Connections to each port. */
  readonly connections: number;
  /** `flood`: send as fast as the server reads. `echo`: one message each time one has come back. `once`: one message. `idle`: nothing. */
  readonly drive: "flood" | "echo" | "once" | "idle";
  /** Payload bytes. */
  readonly size: number;
}

const REQUEST = [
  "GET /chat HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** Handshakes at a time: more than a listening socket's backlog takes are dropped. */
const AT_ONCE = 100;

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => socket.destroy());
  socket.write(REQUEST);
  await new Promise<void>((resolve) => void socket.once("data", () => resolve()));
  return socket;
}

function flood(socket: Socket, size: number): void {
  const { bytes } = clientChunk(size, "binary");
  const fill = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", fill);
  socket.resume();
  fill();
}

function echo(socket: Socket, size: number): void {
  const frame = clientFrame(size);
  const length = serverFrameLength(size);
  let pending = 0;
  socket.on("data", (data: Buffer) => {
    pending += data.length;
    for (; pending >= length; pending -= length) socket.write(frame);
  });
  socket.write(frame);
}

const { ports, connections, drive, size } = JSON.parse(process.argv[2]!) as PeersInput;
for (const port of ports) {
  for (let opened = 0; opened < connections; opened += AT_ONCE) {
    const count = Math.min(AT_ONCE, connections - opened);
    const sockets = await Promise.all(Array.from({ length: count }, () => open(port)));
    for (const socket of sockets) {
      if (drive === "flood") flood(socket, size);
      else if (drive === "echo") echo(socket, size);
      else if (drive === "once") socket.resume().write(clientFrame(size));
      else socket.resume();
    }
  }
}
process.send!("ready");
process.once("disconnect", () => process.exit());
