import { connect } from "node:net";
import type { Socket } from "node:net";
import { STATUS_CODES } from "node:http";
import { peerServer } from "./peer.ts";
import { good } from "./tls.ts";
import { listen, onHead, response } from "./wire.ts";
import type { Head, Listening, Server, Start } from "./wire.ts";

/** An HTTP proxy. */
export interface ProxyServer {
  readonly url: string;
  /** The heads of the requests that it got. */
  readonly heads: readonly Head[];
  readonly close: () => Promise<void>;
}

/** An HTTP proxy with the answer to CONNECT that `answer` gives. */
export async function proxy(
  answer: (socket: Socket, head: Head) => void,
  listening: Listening = {},
): Promise<ProxyServer> {
  const heads: Head[] = [];
  const { port, close } = await listen((socket) => {
    onHead(socket, (head) => {
      heads.push(head);
      answer(socket, head);
    });
  }, listening);
  const secure = listening.tls !== undefined;
  return { url: `${secure ? "https" : "http"}://${secure ? "localhost" : "127.0.0.1"}:${port}`, heads, close };
}

/** Opens a tunnel (RFC 9110 section 9.3.6), `delay` milliseconds late. */
export function tunnel(delay = 0): (socket: Socket, head: Head) => void {
  return (near, { line }) => {
    const { hostname, port } = new URL(`tcp://${line.split(" ")[1]}`);
    // The names of loopback, and those that only a proxy knows.
    const far = connect(Number(port), /^[\d.]+$/.test(hostname) ? hostname : "127.0.0.1");
    far.setNoDelay();
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    far.on("connect", () => {
      setTimeout(() => {
        near.write(response("200 Connection Established", []));
        near.pipe(far).pipe(near);
      }, delay);
    });
  };
}

export function refuses(code: number): (socket: Socket) => void {
  return (socket) => void socket.end(response(`${code} ${STATUS_CODES[code]}`, ["Content-Length: 0"]));
}

function behind(start: () => Promise<ProxyServer>, listening: Listening = {}): Start {
  return async (): Promise<Server> => {
    const [way, end] = await Promise.all([start(), peerServer({}, listening)]);
    return {
      url: end.url,
      extras: { proxy: way.url },
      async close() {
        await Promise.all([way.close(), end.close()]);
      },
    };
  };
}

export const through: Start = behind(async () => proxy(tunnel()));
export const throughToTls: Start = behind(async () => proxy(tunnel()), { tls: good() });
export const throughTls: Start = behind(async () => proxy(tunnel(), { tls: good() }));
export const unauthorized: Start = behind(async () => proxy(refuses(407)));
export const badGateway: Start = behind(async () => proxy(refuses(502)));
export const hang: Start = behind(async () => proxy(() => {}));
export const end: Start = behind(async () => proxy((socket) => void socket.end()));
export const garbage: Start = behind(async () => proxy((socket) => void socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
export const reset: Start = behind(async () => proxy((socket) => void socket.resetAndDestroy()));
