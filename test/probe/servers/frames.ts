import { peerServer } from "./peer.ts";
import type { Peer } from "./peer.ts";
import { OPCODE } from "./wire.ts";
import type { Start } from "./wire.ts";

function answersWith(answer: (peer: Peer) => void): Start {
  return async () => peerServer({ message: answer });
}

/** What RFC 6455 section 5 forbids, one rule each. */
export const masked: Start = answersWith(({ send }) => send(OPCODE.text, "hello", { masked: true }));
export const reservedOpcode: Start = answersWith(({ send }) => send(3, "hello"));
export const reservedBits: Start = answersWith(({ send }) => send(OPCODE.text, "hello", { rsv: 2 }));
export const invalidText: Start = answersWith(({ send }) => send(OPCODE.text, Buffer.from([0xc3, 0x28])));
export const loneContinuation: Start = answersWith(({ send }) => send(OPCODE.continuation, "hello"));
export const largePing: Start = answersWith(({ send }) => send(OPCODE.ping, "x".repeat(126)));
export const fragmentedPing: Start = answersWith(({ send }) => send(OPCODE.ping, "hello", { fin: false }));
export const interleaved: Start = answersWith(({ send }) => {
  send(OPCODE.text, "hel", { fin: false });
  send(OPCODE.text, "hello");
});
/** A length of more than 2^53 bytes. */
export const impossibleLength: Start = answersWith(
  ({ socket }) => void socket.write(Buffer.from([0x82, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255])),
);
