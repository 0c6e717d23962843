/** What stands on single sockets, so that the message path of all others is what it was. */
import type { WsWebSocket } from "./internals.ts";

export type Function = (...args: unknown[]) => unknown;

/** The methods of the application's socket that we call: the public ones, so that its own overrides are respected. */
export interface Callable extends WsWebSocket {
  readonly bufferedAmount: number;
  listenerCount(event: string): number;
  ping(payload: Uint8Array): void;
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** A method that stands in for the socket's own. */
export interface Placed {
  /** Somebody may have wrapped it, so that it stays: then it only passes on. */
  active: boolean;
  /** Called when it is taken away. */
  released?: () => void;
}

interface StandIn extends Placed {
  readonly name: "emit" | "send";
  own: PropertyDescriptor | undefined;
  /** `undefined` before it is put in place for the first time. */
  value: Function | undefined;
}

const standIns = new WeakMap<Callable, StandIn[]>();

/** Replaces a method of one socket. What `make` gives has to pass everything on once it is not `active` any more. */
export function standIn(
  socket: Callable,
  name: "emit" | "send",
  make: (original: Function, placed: Placed) => Function,
): void {
  const original = socket[name] as Function;
  const own = Object.getOwnPropertyDescriptor(socket, name);
  const placed: StandIn = { name, own, value: original, active: true };
  const value = make(original, placed);
  placed.value = value;
  named(value, original);
  Object.defineProperty(socket, name, descriptor(value, own?.enumerable ?? false));
  remember(socket, placed);
}

/**
 * A stand-in for one call at a time: what is returned puts it in place for the next `send()` or `emit("message", …)`.
 * After that call the method is assigned back and not deleted: a deletion would make V8 keep the socket as a dictionary.
 */
export function standInOnce(
  socket: Callable,
  name: "emit" | "send",
  call: (original: Function, args: unknown[]) => unknown,
  released?: () => void,
): () => void {
  let armed: Function | undefined;
  /** The method that we have assigned back, where the socket had none of its own. */
  let left: Function | undefined;
  const placed: StandIn = {
    name,
    own: undefined,
    value: undefined,
    active: true,
    released: () => {
      released?.();
      if (left === undefined || Object.getOwnPropertyDescriptor(socket, name)?.value !== left) return;
      Reflect.deleteProperty(socket, name);
    },
  };
  remember(socket, placed);
  return () => {
    if (!placed.active || armed !== undefined) return;
    const original = socket[name] as Function;
    const found = Object.getOwnPropertyDescriptor(socket, name);
    const own = found?.value === left ? undefined : found;
    // A function of its own each time: somebody may wrap it, and then it has to pass on to what was there before.
    const value = function (this: unknown, ...args: unknown[]): unknown {
      const isMeant = armed === value && this === socket && (name === "send" || args[0] === "message");
      if (!isMeant || !placed.active) return Reflect.apply(original, this, args);
      armed = undefined;
      if (Object.getOwnPropertyDescriptor(socket, name)?.value === value) {
        if (own === undefined) left = original;
        Object.defineProperty(socket, name, own ?? descriptor(original, false));
      }
      return call(original, args);
    };
    named(value, original);
    Object.assign(placed, { own, value });
    armed = value;
    Object.defineProperty(socket, name, descriptor(value, own?.enumerable ?? false));
  };
}

function descriptor(value: Function, enumerable: boolean): PropertyDescriptor {
  return { configurable: true, writable: true, enumerable, value };
}

/** Takes every stand-in of a socket away. */
export function release(socket: Callable): void {
  for (const placed of (standIns.get(socket) ?? []).toReversed()) {
    const { name, own, value } = placed;
    placed.active = false;
    placed.released?.();
    if (value === undefined || Object.getOwnPropertyDescriptor(socket, name)?.value !== value) continue;
    if (own === undefined) Reflect.deleteProperty(socket, name);
    else Object.defineProperty(socket, name, own);
  }
  standIns.delete(socket);
}

function remember(socket: Callable, placed: StandIn): void {
  const known = standIns.get(socket);
  if (known === undefined) standIns.set(socket, [placed]);
  else known.push(placed);
}

function named(value: Function, original: Function): void {
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(value, key, { value: original[key], configurable: true });
  }
}
