/** One connection of a scenario's client, from the dial to its end. */
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { Clock } from "./clock.ts";
import type { Ending, Population } from "./model.ts";
import { silentPeer } from "./silent.ts";

/** How a connection went. */
export type Outcome =
  | { readonly kind: "refused" }
  /** `planned` is whether the client ended it, or had the server end it. */
  | { readonly kind: "closed"; readonly planned: boolean };

/** Told what happens, for the tally. */
export interface Watcher {
  accepted(): void;
  refused(): void;
  closed(code: number): void;
}

/** How often a client says something, in minutes. */
const TALK = 0.5;

/** Sends a client's frame with a mask of zeroes, as no library would let it be sent. */
function sendRaw(socket: WebSocket, firstByte: number, payload: readonly number[]): void {
  const { _socket: transport } = socket as unknown as { _socket: Socket };
  transport.write(Buffer.from([firstByte, 0x80 | payload.length, 0, 0, 0, 0, ...payload]));
}

const ENDINGS: Readonly<Record<Exclude<Ending, "silent">, (socket: WebSocket) => void>> = {
  done: (socket) => socket.close(1000),
  left: (socket) => socket.close(1001),
  lost: (socket) => socket.terminate(),
  // Opcode 3 is reserved (RFC 6455 section 5.2).
  "bad frame": (socket) => sendRaw(socket, 0x83, []),
  // A text frame with the beginning of a character alone.
  "bad text": (socket) => sendRaw(socket, 0x81, [0xc3, 0x28]),
  "application code": (socket) => socket.close(4000),
};

/** Connects as `id`, lives for `life` minutes, and ends as it should; resolves when all is over. Never rejects. */
export function live(
  port: number,
  id: string,
  population: Population,
  plan: { readonly life: number; readonly ending: Ending },
  clock: Clock,
  watcher: Watcher,
): Promise<Outcome> {
  const { mistake, reads = true } = population;
  const url = `ws://127.0.0.1:${port}/chat?client=${id}${mistake === "no token" ? "" : "&token=t"}`;
  const subprotocol = mistake === "unknown subprotocol" ? "chat.v0" : "chat.v1";
  const { ending, life } = plan;
  if (ending === "silent") return liveUntilSilent(url, subprotocol, life, clock, watcher);
  const socket = new WebSocket(url, [subprotocol], { perMessageDeflate: false });
  let planned = false;
  let accepted = false;
  const timers: NodeJS.Timeout[] = [];
  socket.on("error", () => {});
  socket.on("open", () => {
    accepted = true;
    watcher.accepted();
    if (!reads) socket.pause();
    timers.push(
      setInterval(() => talk(socket), clock.milliseconds(TALK)),
      setTimeout(() => {
        planned = true;
        if (socket.readyState === WebSocket.OPEN) ENDINGS[ending](socket);
      }, clock.milliseconds(life)),
    );
  });
  socket.on("message", (data: Buffer, binary) => {
    const [, number] = binary ? [] : (/^update (\d+)$/.exec(data.toString()) ?? []);
    if (number !== undefined && socket.readyState === WebSocket.OPEN) socket.send(`ack ${number}`);
  });
  return new Promise((resolve) => {
    socket.on("close", (code) => {
      for (const timer of timers) clearTimeout(timer);
      if (accepted) watcher.closed(code);
      else watcher.refused();
      resolve(accepted ? { kind: "closed", planned } : { kind: "refused" });
    });
  });
}

function talk(socket: WebSocket): void {
  if (socket.readyState === WebSocket.OPEN && !socket.isPaused) socket.send("hello");
}

async function liveUntilSilent(
  url: string,
  subprotocol: string,
  life: number,
  clock: Clock,
  watcher: Watcher,
): Promise<Outcome> {
  try {
    const peer = await silentPeer(url, subprotocol);
    watcher.accepted();
    await Promise.race([clock.pause(life), peer.ended]);
    peer.fallSilent();
    await peer.ended;
    watcher.closed(1006);
    return { kind: "closed", planned: true };
  } catch {
    watcher.refused();
    return { kind: "refused" };
  }
}
