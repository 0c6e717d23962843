import { converse, peerServer } from "./peer.ts";
import type { Head, Server, Start } from "./wire.ts";
import { accept, onHead, rawServer, response } from "./wire.ts";
import { good as goodCertificate } from "./tls.ts";

/** The response that redirects. */
export const found = (location: string): string =>
  response("302 Found", [`Location: ${location}`, "Content-Length: 0"]);

/** A good server behind a redirect, and the heads of the requests that reached it. */
export async function redirected(): Promise<Server & { readonly heads: readonly Head[] }> {
  const heads: Head[] = [];
  const end = await peerServer({ open: ({ head }) => void heads.push(head) });
  const first = await peerServer({ upgrade: (socket) => void socket.end(found(end.url)) });
  return {
    url: first.url,
    heads,
    async close() {
      await Promise.all([first.close(), end.close()]);
    },
  };
}

/** Redirects to the same server, where it serves. */
export async function redirectedWithin(): Promise<Server & { readonly heads: readonly Head[] }> {
  const heads: Head[] = [];
  const { url, close } = await rawServer((socket) => {
    onHead(socket, (head, rest) => {
      heads.push(head);
      if (!head.line.includes("/moved")) {
        socket.end(found("/moved"));
        return;
      }
      socket.write(accept(head));
      converse(socket, head, rest, {});
    });
  });
  return { url, heads, close };
}

/** Each answer leads to another one. */
export const endless: Start = async () => {
  let count = 0;
  return peerServer({ upgrade: (socket) => void socket.end(found(`/${(count += 1)}`)) });
};

/** From TLS to plain text. */
export async function downgrade(): Promise<Server> {
  const end = await peerServer({});
  const first = await peerServer({ upgrade: (socket) => void socket.end(found(end.url)) }, { tls: goodCertificate() });
  return {
    url: first.url,
    async close() {
      await Promise.all([first.close(), end.close()]);
    },
  };
}

export function to(location: string): Start {
  return async () => peerServer({ upgrade: (socket) => void socket.end(found(location)) });
}

export const nowhere: Start = async () =>
  peerServer({ upgrade: (socket) => void socket.end(response("302 Found", ["Content-Length: 0"])) });
