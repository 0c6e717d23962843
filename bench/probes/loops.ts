/**
 * The inner loops of the in-process measurements. Loaded once per copy of `ws` (with a query in the URL), so that
 * each copy's loops have type feedback of their own, as in an application that has one copy.
 */
import type { WebSocket } from "ws";
import type { MemoryTransport } from "../support/transport.ts";

export interface Loops {
  listen(socket: WebSocket): void;
  receive(transport: MemoryTransport, chunk: Buffer, times: number): void;
  send(socket: WebSocket, payload: Buffer | string, times: number): void;
  received(): number;
}

let count = 0;

export function listen(socket: WebSocket): void {
  socket.on("message", () => {
    count += 1;
  });
}

export function receive(transport: MemoryTransport, chunk: Buffer, times: number): void {
  for (let index = 0; index < times; index += 1) {
    transport.bytesRead += chunk.length;
    transport.emit("data", chunk);
  }
}

export function send(socket: WebSocket, payload: Buffer | string, times: number): void {
  for (let index = 0; index < times; index += 1) socket.send(payload);
}

export function received(): number {
  return count;
}
