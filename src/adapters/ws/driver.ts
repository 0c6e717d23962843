import { contain } from "../../core/contain.ts";
import type { Driver, MessageTap } from "../../core/facts.ts";
import { OPEN } from "./internals.ts";
import { traceMessages } from "./messages.ts";
import { release, standIn } from "./stand-in.ts";
import type { Callable, Function } from "./stand-in.ts";

/** How the core reaches a socket of `ws`. */
export const wsDriver: Driver = {
  bytesRead: (socket) => (socket as Callable)._socket?.bytesRead,
  bytesWritten: (socket) => (socket as Callable)._socket?.bytesWritten,
  bufferedAmount: (socket) => (socket as Callable).bufferedAmount,
  open: (socket) => (socket as Callable).readyState === OPEN,
  ping: (socket, payload) => (socket as Callable).ping(payload),
  send: (socket, message) => (socket as Callable).send(message),
  close: (socket, code, reason) => (socket as Callable).close(code, reason),
  terminate: (socket) => (socket as Callable).terminate(),
  tap: (socket, tap) => tapMessages(socket as Callable, tap),
  timeSends: (socket, done) => timeSends(socket as Callable, done),
  traceMessages: (socket, tracer) => traceMessages(socket as Callable, tracer),
  release: (socket) => release(socket as Callable),
};

function tapMessages(socket: Callable, tap: MessageTap): void {
  standIn(socket, "emit", (original, placed) => (...args) => {
    if (!placed.active) return Reflect.apply(original, socket, args);
    if (args[0] !== "message") return Reflect.apply(original, socket, args);
    if (contain("message", () => tap.before(args[1])) === true) return true;
    if (tap.after === undefined || socket.listenerCount("message") === 0) return Reflect.apply(original, socket, args);
    const startedAt = performance.now();
    try {
      return Reflect.apply(original, socket, args);
    } finally {
      contain("message.processing.duration", () => tap.after?.((performance.now() - startedAt) / 1000));
    }
  });
}

/** A send that `ws` refuses is left as it is: with a callback it may not report what it reports without. */
function timeSends(socket: Callable, done: (seconds: number) => void): void {
  standIn(socket, "send", (original, placed) => (...args) => {
    if (!placed.active || socket.readyState !== OPEN) return Reflect.apply(original, socket, args);
    const startedAt = performance.now();
    const at = args.findIndex((arg, index) => index > 0 && typeof arg === "function");
    const callback = args[at] as Function | undefined;
    const timed = function timed(this: unknown, ...results: unknown[]): unknown {
      if (results[0] == null) contain("send.duration", () => done((performance.now() - startedAt) / 1000));
      return callback === undefined ? undefined : Reflect.apply(callback, this, results);
    };
    return Reflect.apply(original, socket, at === -1 ? [args[0], args[1], timed] : args.with(at, timed));
  });
}
