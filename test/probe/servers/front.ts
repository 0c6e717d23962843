import { connect } from "node:net";
import type { Socket } from "node:net";
import { listen, urlOf } from "./wire.ts";
import type { Server } from "./wire.ts";

/**
 * A TCP proxy on the way to a server, which holds the server's first answer for `delays[0]` milliseconds, the next one,
 * after something more from the client, for `delays[1]`, and so on. So the delays are those of the phases: upgrade, then
 * each message, then close; with TLS its handshake comes first.
 */
export async function delayed(server: Server, delays: readonly number[]): Promise<Server> {
  const { protocol, port } = new URL(server.url);
  const listener = await listen((near) => forward(near, connect(Number(port), "127.0.0.1"), delays));
  return {
    url: urlOf(listener.port).replace("ws:", protocol),
    async close() {
      await Promise.all([listener.close(), server.close()]);
    },
  };
}

function forward(near: Socket, far: Socket, delays: readonly number[]): void {
  far.setNoDelay();
  far.on("error", () => {});
  near.on("close", () => far.destroy());
  let answer = -1;
  let asked = false;
  near.on("data", (chunk) => {
    asked = true;
    far.write(chunk);
  });
  // In order, whatever the delays are.
  let last = Promise.resolve();
  const later = (act: () => void): void => {
    const due = new Promise<void>((resolve) => void setTimeout(resolve, delays[answer] ?? 0));
    last = Promise.all([last, due]).then(act);
  };
  far.on("data", (chunk) => {
    if (asked) answer += 1;
    asked = false;
    later(() => near.write(chunk));
  });
  far.on("end", () => later(() => near.end()));
}
