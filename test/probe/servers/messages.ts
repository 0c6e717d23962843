import { peerServer } from "./peer.ts";
import type { Peer } from "./peer.ts";
import { OPCODE } from "./wire.ts";
import type { Start } from "./wire.ts";

/** Answers no ping. */
export const pongNever: Start = async () => peerServer({ ping: () => {} });

/** Answers each ping with something that is not what it carried. */
export const pongOther: Start = async () => peerServer({ ping: ({ send }) => send(OPCODE.pong, "other") });

/** Answers a ping `delay` milliseconds late. */
export function pongLate(delay: number): Start {
  return async () =>
    peerServer({ ping: ({ socket, send }, payload) => later(socket, delay, () => send(OPCODE.pong, payload)) });
}

/** Sends pongs that nobody asked for, before and after the right one. */
export const pongFlood: Start = async () => {
  const flood = ({ send }: Peer): void => {
    for (let index = 0; index < 1000; index += 1) send(OPCODE.pong, `nobody asked ${index}`);
  };
  return peerServer({
    open: flood,
    ping(peer, payload) {
      flood(peer);
      peer.send(OPCODE.pong, payload);
      flood(peer);
    },
  });
};

/** Answers each message with this text. */
export function answers(text: string): Start {
  return async () => peerServer({ message: ({ send }) => send(OPCODE.text, text) });
}

export const silent: Start = async () => peerServer({ message: () => {} });

/** Echoes after 500 messages that are something else. */
export const chatty: Start = async () =>
  peerServer({
    message({ send }, payload, opcode) {
      for (let index = 0; index < 500; index += 1) send(OPCODE.text, `chatter ${index}`);
      send(opcode, payload);
    },
  });

/** Answers a message `delay` milliseconds late. */
export function late(delay: number): Start {
  return async () =>
    peerServer({ message: ({ socket, send }, payload, opcode) => later(socket, delay, () => send(opcode, payload)) });
}

/** Sends messages as long as they are read, and answers nothing. */
export const flood: Start = async () =>
  peerServer({
    open({ socket, send }) {
      const more = (): void => {
        while (!socket.destroyed && !socket.writableNeedDrain) send(OPCODE.text, "flood ".repeat(100));
      };
      socket.on("drain", more);
      more();
    },
    message: () => {},
  });

/** Does something unless the connection has ended by then. */
export function later(socket: Peer["socket"], delay: number, act: () => void): void {
  const stop = (): void => clearTimeout(timer);
  const timer = setTimeout(() => {
    socket.off("close", stop);
    act();
  }, delay);
  socket.on("close", stop);
}

/** Leaves the pings from number `from` to number `to` without an answer; the first one has number 1. */
export function pongsMissing(from: number, to: number): Start {
  return async () => {
    let number = 0;
    return peerServer({
      ping({ send }, payload) {
        number += 1;
        if (number < from || number > to) send(OPCODE.pong, payload);
      },
    });
  };
}
