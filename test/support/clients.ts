import { WebSocket } from "ws";
import type { HandshakeRequest } from "../../src/index.ts";

/** The client that a request names in its query. */
export function clientOf({ url = "" }: HandshakeRequest): string | undefined {
  return new URL(url, "ws://localhost").searchParams.get("client") ?? undefined;
}

/** Opens a connection of a client, unobserved. */
export function join(url: string, client: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/?client=${encodeURIComponent(client)}`, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.removeListener("error", reject);
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Waits until a connection has ended. */
export function left(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => void socket.once("close", () => resolve()));
}
