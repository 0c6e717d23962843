import type { Socket } from "node:net";
import { settles } from "../limit.ts";

/** How long to wait for the system to close what was destroyed. */
const GRACE = 500;

/** Every socket that a run opened, so that none is left behind whatever happened in between. */
export class Sockets {
  readonly #open = new Set<Socket>();
  /** Those over which there is another one: TLS, also within TLS. */
  readonly #covered = new Set<Socket>();

  add<S extends Socket>(socket: S, over?: Socket): S {
    this.#open.add(socket);
    // An error nobody listens to ends the process; those that matter are heard elsewhere, too.
    socket.on("error", () => {});
    socket.once("close", () => this.#open.delete(socket));
    if (over !== undefined) {
      this.#covered.add(over);
      // Never before: Node.js crashes where the socket below TLS is destroyed first.
      socket.once("close", () => over.destroy());
    }
    return socket;
  }

  /** Destroys all that are open, and resolves when they are closed. */
  async close(): Promise<void> {
    if (this.#open.size === 0) return;
    const closed = [...this.#open].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of this.#open) if (!this.#covered.has(socket)) socket.destroy();
    await settles(Promise.all(closed), GRACE);
  }
}
