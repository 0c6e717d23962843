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
  readonly own: PropertyDescriptor | undefined;
  value: Function;
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
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(value, key, { value: original[key], configurable: true });
  }
  const enumerable = own?.enumerable ?? false;
  Object.defineProperty(socket, name, { configurable: true, writable: true, enumerable, value });
  const known = standIns.get(socket);
  if (known === undefined) standIns.set(socket, [placed]);
  else known.push(placed);
}

/** Takes every stand-in of a socket away. */
export function release(socket: Callable): void {
  for (const placed of (standIns.get(socket) ?? []).toReversed()) {
    const { name, own, value } = placed;
    placed.active = false;
    placed.released?.();
    if (Object.getOwnPropertyDescriptor(socket, name)?.value !== value) continue;
    if (own === undefined) Reflect.deleteProperty(socket, name);
    else Object.defineProperty(socket, name, own);
  }
  standIns.delete(socket);
}
