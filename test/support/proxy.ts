import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A TCP proxy that delays what passes. */
export interface Proxy {
  readonly port: number;
  /** Milliseconds for which the chunks that passed were really held, by direction. */
  readonly held: { readonly up: number[]; readonly down: number[] };
  close(): void;
}

/** Holds everything for `delay` milliseconds, in each direction, on the way to `target` on loopback. */
export async function delayingProxy(target: number, delay: number): Promise<Proxy> {
  const held = { up: [] as number[], down: [] as number[] };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const [from, to, times] of [
      [near, far, held.up],
      [far, near, held.down],
    ] as const) {
      sockets.add(from);
      from.setNoDelay();
      from.on("error", () => {});
      from.on("close", () => to.destroy());
      from.on("data", (chunk) => {
        const since = performance.now();
        setTimeout(() => {
          times.push(performance.now() - since);
          to.write(chunk);
        }, delay);
      });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    held,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
