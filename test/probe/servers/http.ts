import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { peerServer } from "./peer.ts";
import { accept, rawServer, response, writeAndReset } from "./wire.ts";
import type { Head, Start } from "./wire.ts";

function answers(answer: (socket: Socket, head: Head) => void): Start {
  return async () => peerServer({ upgrade: answer });
}

/** Refuses the upgrade. */
export function status(code: number, body = ""): Start {
  const headers = [`Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"];
  return answers((socket) => void socket.end(response(`${code} ${STATUS_CODES[code]}`, headers) + body));
}

/** A page where the WebSocket endpoint was, larger than what a check has any use for, and never ending. */
export const page: Start = answers((socket) => {
  socket.write(response("200 OK", ["Content-Type: text/html", "Transfer-Encoding: chunked"]));
  socket.write("f\r\n<!doctype html>\r\n");
});

/** Accepts the connection and says nothing. */
export const hang: Start = async () => rawServer((socket) => void socket.resume());

export const halfResponse: Start = answers((socket, head) => void socket.write(accept(head).slice(0, 40)));

/** A byte each 20 ms, for ever. */
export const drip: Start = answers((socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nX-Drip: ");
  const timer = setInterval(() => socket.write("x"), 20);
  socket.on("close", () => clearInterval(timer));
});

/** Header fields without end. */
export const headerFlood: Start = answers((socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\n");
  const line = `X-Flood: ${"x".repeat(1000)}\r\n`;
  const more = (): void => {
    while (!socket.destroyed && socket.write(line));
  };
  socket.on("drain", more);
  more();
});

/** Another protocol's server, which speaks first. */
export const ssh: Start = async () =>
  rawServer((socket) => {
    socket.resume();
    socket.write("SSH-2.0-OpenSSH_9.9\r\n");
  });

export const endBeforeResponse: Start = answers((socket) => void socket.end());
export const endInResponse: Start = answers((socket, head) => void socket.end(accept(head).slice(0, 40)));
export const resetBeforeResponse: Start = answers((socket) => void socket.resetAndDestroy());

/** Resets when the first half of the response has left. */
export const resetInResponse: Start = answers((socket, head) => {
  writeAndReset(socket, accept(head).slice(0, 40));
});

/** A 101 whose head is not what the handshake demands. */
export function spoilt(spoil: (head: string) => string, more: readonly string[] = []): Start {
  return answers((socket, head) => void socket.write(spoil(accept(head, more))));
}
