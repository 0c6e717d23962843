import type { Socket } from "node:net";
import { OPCODE, accept, closing, frame, onFrame, onHead, rawServer } from "./wire.ts";
import type { FrameBits, Head, Listening, Server } from "./wire.ts";

/** The server's end of a connection. */
export interface Peer {
  readonly socket: Socket;
  readonly head: Head;
  /** Sends a frame. */
  readonly send: (opcode: number, payload?: Uint8Array | string, bits?: FrameBits) => void;
  /** Sends a close frame and ends the transport. */
  readonly close: (code: number, reason?: Uint8Array | string) => void;
}

/** What a server does otherwise than it ought to; whatever is left out is as RFC 6455 wants it, and messages echo. */
export interface Misbehaviour {
  /** Answers the upgrade request in place of the 101. */
  readonly upgrade?: (socket: Socket, head: Head) => void;
  /** Lines for the head of the 101. */
  readonly headers?: readonly string[];
  readonly open?: (peer: Peer) => void;
  readonly ping?: (peer: Peer, payload: Buffer) => void;
  readonly message?: (peer: Peer, payload: Buffer, opcode: number) => void;
  /** The client's close frame has come. */
  readonly closing?: (peer: Peer, payload: Buffer) => void;
}

/** A WebSocket server that does nothing by itself but what RFC 6455 demands. */
export async function peerServer(misbehaviour: Misbehaviour, listening: Listening = {}): Promise<Server> {
  return rawServer((socket) => serve(socket, misbehaviour), listening);
}

/** Serves one connection. */
export function serve(socket: Socket, misbehaviour: Misbehaviour): void {
  onHead(socket, (head, rest) => {
    if (misbehaviour.upgrade !== undefined) {
      misbehaviour.upgrade(socket, head);
      return;
    }
    socket.write(accept(head, misbehaviour.headers));
    converse(socket, head, rest, misbehaviour);
  });
}

/** What follows the 101. */
export function converse(socket: Socket, head: Head, rest: Buffer, misbehaviour: Misbehaviour): void {
  const peer: Peer = {
    socket,
    head,
    send: (opcode, payload, bits) => void socket.write(frame(opcode, payload, bits)),
    close: (code, reason) => void socket.end(frame(OPCODE.close, closing(code, reason))),
  };
  const {
    open,
    ping = ({ send }, payload) => send(OPCODE.pong, payload),
    message = ({ send }, payload, opcode) => send(opcode, payload),
    closing: end = ({ socket }, payload) => socket.end(frame(OPCODE.close, payload)),
  } = misbehaviour;
  onFrame(socket, rest, (opcode, payload) => {
    if (opcode === OPCODE.ping) ping(peer, payload);
    else if (opcode === OPCODE.close) end(peer, payload);
    else if (opcode < OPCODE.close) message(peer, payload, opcode);
  });
  open?.(peer);
}
