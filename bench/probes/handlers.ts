/** The application's listeners. Loaded once per copy of `ws`, for the same reason as `loops.ts`. */
import type { RawData, WebSocket } from "ws";

export interface Handlers {
  /** Messages that the listeners have had. */
  readonly messages: () => number;
  /** Listeners for `connection`. */
  readonly count: (socket: WebSocket) => void;
  readonly echo: (socket: WebSocket) => void;
}

let received = 0;

export function messages(): number {
  return received;
}

export function count(socket: WebSocket): void {
  socket.on("message", () => {
    received += 1;
  });
}

export function echo(socket: WebSocket): void {
  socket.on("message", (data: RawData, isBinary: boolean) => {
    received += 1;
    socket.send(data, { binary: isBinary });
  });
}
