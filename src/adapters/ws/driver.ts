import { contain } from "../../core/contain.ts";
import type { Driver, MessageTap } from "../../core/facts.ts";
import type { WsWebSocket } from "./internals.ts";

/** The methods of the application's socket that we call: the public ones, so that its own overrides are respected. */
interface Callable extends WsWebSocket {
  readonly bufferedAmount: number;
  ping(payload: Uint8Array): void;
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** How the core reaches a socket of `ws`. */
export const wsDriver: Driver = {
  bytesRead: (socket) => (socket as Callable)._socket?.bytesRead,
  bytesWritten: (socket) => (socket as Callable)._socket?.bytesWritten,
  bufferedAmount: (socket) => (socket as Callable).bufferedAmount,
  ping: (socket, payload) => (socket as Callable).ping(payload),
  send: (socket, message) => (socket as Callable).send(message),
  close: (socket, code, reason) => (socket as Callable).close(code, reason),
  terminate: (socket) => (socket as Callable).terminate(),
  tap: (socket, tap) => tapMessages(socket as Callable, tap),
  timeSends: (socket, done) => timeSends(socket as Callable, done),
  release: (socket) => release(socket as Callable),
};

type Function = (...args: unknown[]) => unknown;

/** What stands on single sockets, so that the message path of all others is what it was. */
const standIns = new WeakMap<Callable, { name: "emit" | "send"; value: Function }[]>();

function standIn(socket: Callable, name: "emit" | "send", make: (original: Function) => Function): void {
  const value = make(socket[name] as Function);
  Object.defineProperty(socket, name, { configurable: true, writable: true, enumerable: false, value });
  const known = standIns.get(socket);
  if (known === undefined) standIns.set(socket, [{ name, value }]);
  else known.push({ name, value });
}

function release(socket: Callable): void {
  for (const { name, value } of standIns.get(socket) ?? []) {
    if (Object.getOwnPropertyDescriptor(socket, name)?.value === value) Reflect.deleteProperty(socket, name);
  }
  standIns.delete(socket);
}

function tapMessages(socket: Callable, tap: MessageTap): void {
  standIn(socket, "emit", (original) => (...args) => {
    if (args[0] !== "message") return original.apply(socket, args);
    if (tap.before(args[1])) return true;
    if (tap.after === undefined) return original.apply(socket, args);
    const startedAt = performance.now();
    try {
      return original.apply(socket, args);
    } finally {
      tap.after((performance.now() - startedAt) / 1000);
    }
  });
}

function timeSends(socket: Callable, done: (seconds: number) => void): void {
  standIn(socket, "send", (original) => (...args) => {
    const startedAt = performance.now();
    const at = args.findIndex((arg, index) => index > 0 && typeof arg === "function");
    const callback = args[at] as Function | undefined;
    const timed = function timed(this: unknown, ...results: unknown[]): unknown {
      if (results[0] == null) contain("send.duration", () => done((performance.now() - startedAt) / 1000));
      return callback?.apply(this, results);
    };
    const rest = at === -1 ? [args[0], args[1], timed] : args.with(at, timed);
    return original.apply(socket, rest);
  });
}
