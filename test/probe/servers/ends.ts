import type { Socket } from "node:net";
import { peerServer } from "./peer.ts";
import { OPCODE, closing, frame, writeAndReset } from "./wire.ts";
import type { Peer } from "./peer.ts";
import type { Start } from "./wire.ts";

function whenOpen(open: (peer: Peer) => void): Start {
  return async () => peerServer({ open });
}

/** Resets in place of the first pong, by which the client has read the 101. */
export const resetWhenOpen: Start = async () => peerServer({ ping: ({ socket }) => void socket.resetAndDestroy() });

/** A message of 1000 bytes of which 100 come. */
const half = frame(OPCODE.text, "x".repeat(100), { length: 1000 });

export const resetInMessage: Start = async () => peerServer({ message: ({ socket }) => writeAndReset(socket, half) });
export const endInMessage: Start = async () => peerServer({ message: ({ socket }) => void socket.end(half) });

/** The transport ends, and no close frame says so. */
export const endWhenOpen: Start = whenOpen(({ socket }) => void socket.end());
export const endAtMessage: Start = async () => peerServer({ message: ({ socket }) => void socket.end() });

/** Closes at the first message. */
export function closes(code: number, reason: Uint8Array | string = ""): Start {
  return async () => peerServer({ message: ({ close }) => close(code, reason) });
}

/** Closes as soon as it is open. */
export function closesWhenOpen(code: number, reason = ""): Start {
  return whenOpen(({ close }) => close(code, reason));
}

/** Sends a close frame with this payload at the first message. */
export function closesWith(payload: Uint8Array): Start {
  return async () => peerServer({ message: ({ socket }) => void socket.end(frame(OPCODE.close, payload)) });
}

/** Does not answer the client's close frame, and keeps the transport. */
export const closeUnanswered: Start = async () => peerServer({ closing: () => {} });

/** Ends the transport in place of an answer to the close frame. */
export const closeByEnd: Start = async () => peerServer({ closing: ({ socket }) => void socket.end() });
export const closeByReset: Start = async () => peerServer({ closing: ({ socket }) => void socket.resetAndDestroy() });

/** Answers the close frame with another code. */
export const closeOtherwise: Start = async () =>
  peerServer({ closing: ({ socket }) => void socket.end(frame(OPCODE.close, closing(1002, "no"))) });

/** Answers the close frame, and keeps the transport. */
export const closeKeepsTransport: Start = async () =>
  peerServer({ closing: ({ send }, payload) => send(OPCODE.close, payload) });

/** Ends the first `count` connections without a close frame, each at its second ping; serves those that follow. */
export function drops(count: number): Start {
  return async () => {
    let opened = 0;
    const pings = new WeakMap<Socket, number>();
    return peerServer({
      open({ socket }) {
        opened += 1;
        pings.set(socket, opened <= count ? 0 : Number.NEGATIVE_INFINITY);
      },
      ping({ socket, send }, payload) {
        const number = pings.get(socket)! + 1;
        pings.set(socket, number);
        if (number === 2) socket.end();
        else send(OPCODE.pong, payload);
      },
    });
  };
}
