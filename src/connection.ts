import { connectionOf } from "./adapters/ws/observe.ts";
import { describe } from "./core/bounded.ts";
import { handleOf } from "./core/handle.ts";
import type { WebSocketConnection } from "./core/handle.ts";

/**
 * The observed connection of a socket of `ws`, server or client, whichever way it came to be observed: for delivery
 * confirmation and end-to-end latency, which only the application knows.
 *
 * @example
 * ```ts
 * const connection = getConnection(socket);
 * connection?.expectAck(message.id, { timeout: 5000 });
 * socket.send(JSON.stringify(message));
 * ```
 * @returns `undefined` where the socket is not observed, not open yet, or closed
 * @throws TypeError for anything but an object
 */
export function getConnection(socket: object): WebSocketConnection | undefined {
  const given: unknown = socket;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(
      `opentelemetry-websocket: getConnection: expected a WebSocket of the ws package, got ${describe(given)}`,
    );
  }
  const connection = connectionOf(given);
  return connection === undefined ? undefined : handleOf(connection);
}
