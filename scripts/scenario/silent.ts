/** A peer whose socket stays open and of which nothing comes any more. */
import { once } from "node:events";
import { connect } from "node:net";

const PING = 0x89;
/** A pong with an empty mask (RFC 6455 section 5.2), before its payload. */
const PONG = 0x8a;
const MASKED = 0x80;

/** A peer below the WebSocket library, as no library falls silent. */
export interface SilentPeer {
  /** Answers nothing from now on. */
  fallSilent(): void;
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<void>;
}

/**
 * Connects, and answers pings until it falls silent. It takes a server that sends it nothing but pings.
 * @throws Error where the server does not answer 101
 */
export async function silentPeer(url: string, subprotocol: string): Promise<SilentPeer> {
  const { port, pathname, search, host } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  const ended = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    // The close comes after it.
    socket.on("error", () => {});
  });
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
      `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
  );
  const answer = await Promise.race([once(socket, "data"), ended.then(() => undefined)]);
  if (!/^HTTP\/1.1 101 /.test(String(answer?.[0]))) {
    socket.destroy();
    throw new Error("the server did not accept the connection");
  }
  let silent = false;
  socket.on("data", (frame: Buffer) => {
    const [head, length = 0] = frame;
    if (silent || head !== PING) return;
    socket.write(Buffer.concat([Buffer.from([PONG, MASKED | length, 0, 0, 0, 0]), frame.subarray(2, 2 + length)]));
  });
  return { fallSilent: () => (silent = true), ended };
}
