import { contain } from "../../core/contain.ts";
import type { Driver, MessageTap } from "../../core/facts.ts";
import { OPEN } from "./internals.ts";
import type { WsWebSocket } from "./internals.ts";

/** The methods of the application's socket that we call: the public ones, so that its own overrides are respected. */
interface Callable extends WsWebSocket {
  readonly bufferedAmount: number;
  listenerCount(event: string): number;
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
  open: (socket) => (socket as Callable).readyState === OPEN,
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
interface StandIn {
  readonly name: "emit" | "send";
  readonly own: PropertyDescriptor | undefined;
  readonly value: Function;
  /** Somebody may have wrapped it, so that it stays: then it only passes on. */
  active: boolean;
}

const standIns = new WeakMap<Callable, StandIn[]>();

function standIn(socket: Callable, name: "emit" | "send", make: (original: Function) => Function): void {
  const original = socket[name] as Function;
  const replacement = make(original);
  const value = (...args: unknown[]): unknown =>
    placed.active ? replacement(...args) : Reflect.apply(original, socket, args);
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(value, key, { value: original[key], configurable: true });
  }
  const placed: StandIn = { name, own: Object.getOwnPropertyDescriptor(socket, name), value, active: true };
  const enumerable = placed.own?.enumerable ?? false;
  Object.defineProperty(socket, name, { configurable: true, writable: true, enumerable, value });
  const known = standIns.get(socket);
  if (known === undefined) standIns.set(socket, [placed]);
  else known.push(placed);
}

function release(socket: Callable): void {
  for (const placed of (standIns.get(socket) ?? []).toReversed()) {
    const { name, own, value } = placed;
    placed.active = false;
    if (Object.getOwnPropertyDescriptor(socket, name)?.value !== value) continue;
    if (own === undefined) Reflect.deleteProperty(socket, name);
    else Object.defineProperty(socket, name, own);
  }
  standIns.delete(socket);
}

function tapMessages(socket: Callable, tap: MessageTap): void {
  standIn(socket, "emit", (original) => (...args) => {
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
  standIn(socket, "send", (original) => (...args) => {
    if (socket.readyState !== OPEN) return Reflect.apply(original, socket, args);
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
