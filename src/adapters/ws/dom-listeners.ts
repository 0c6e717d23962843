/**
 * Listeners of `onmessage` and `addEventListener`: `ws` wraps each in a function that makes the event object, calls the
 * handler and drops what it returns. Here `ws` makes the event for a handler of ours, and the application's own is
 * called with it, so that its promise can be seen.
 */
import type { Callback, WsWebSocket } from "./internals.ts";

/** A handler to be called with the event that `ws` would have given to it. */
interface DomCall {
  readonly handler: Callback;
  readonly self: unknown;
  readonly event: unknown;
}

/** How a copy of `ws` wraps handlers. */
interface Wrapping {
  /** The wrapper's property that has the handler: `_listener` in ws 7, a symbol in ws 8. */
  readonly key: PropertyKey;
  /** Of the wrapper; that of a function which the application made differs. */
  readonly source: string;
  /** The wrapper of a handler of ours. */
  readonly wrapper: Callback;
  /** The same of an object with `handleEvent`, where this copy takes one. */
  readonly objectWrapper: Callback | undefined;
}

const wrappings = new WeakMap<object, Wrapping | false>();
let event: unknown;

function probe(given: unknown): void {
  event = given;
}
const objectProbe = { handleEvent: probe };

/** How to call a listener's handler; `undefined` where it is an ordinary listener, or one that only `ws` can call. */
export function domCall(listener: Callback, socket: WsWebSocket, args: readonly unknown[]): DomCall | undefined {
  if (listener.name !== "onMessage") return undefined;
  const wrapping = wrappingOf(socket);
  if (wrapping === undefined || String(listener) !== wrapping.source) return undefined;
  const handler: unknown = Reflect.get(listener, wrapping.key);
  if (typeof handler === "function") {
    const made = eventOf(wrapping.wrapper, socket, args);
    return made === undefined ? undefined : { handler: handler as Callback, self: socket, event: made };
  }
  if (wrapping.objectWrapper === undefined || typeof handler !== "object" || handler === null) return undefined;
  const method: unknown = Reflect.get(handler, "handleEvent");
  if (typeof method !== "function") return undefined;
  const made = eventOf(wrapping.objectWrapper, socket, args);
  return made === undefined ? undefined : { handler: method as Callback, self: handler, event: made };
}

function eventOf(wrapper: Callback, socket: WsWebSocket, args: readonly unknown[]): unknown {
  event = undefined;
  try {
    Reflect.apply(wrapper, socket, args);
    return event;
  } catch {
    // What it throws it throws again when ws calls the application's own wrapper.
    return undefined;
  } finally {
    event = undefined;
  }
}

function wrappingOf(socket: WsWebSocket): Wrapping | undefined {
  let owner = Object.getPrototypeOf(socket) as object | null;
  while (owner !== null && !Object.hasOwn(owner, "setSocket")) owner = Object.getPrototypeOf(owner) as object | null;
  if (owner === null) return undefined;
  const known = wrappings.get(owner);
  if (known !== undefined) return known === false ? undefined : known;
  const found = wrap(Reflect.get(owner, "addEventListener"));
  wrappings.set(owner, found ?? false);
  return found;
}

function wrap(addEventListener: unknown): Wrapping | undefined {
  // A method that somebody has put in its place is not called for an object that is no socket.
  if (typeof addEventListener !== "function" || !/\bonMessage\b/.test(String(addEventListener))) return undefined;
  const add = addEventListener as Callback;
  const wrapper = wrapperOf(add, probe);
  if (wrapper === undefined || wrapper.name !== "onMessage") return undefined;
  const key = Reflect.ownKeys(wrapper).find((name) => Reflect.get(wrapper, name) === probe);
  if (key === undefined) return undefined;
  const objectWrapper = String(add).includes("handler, this, event") ? wrapperOf(add, objectProbe) : undefined;
  return { key, source: String(wrapper), wrapper, objectWrapper };
}

function wrapperOf(addEventListener: Callback, handler: unknown): Callback | undefined {
  let wrapper: unknown;
  const register = (_type: unknown, made: unknown): void => {
    wrapper = made;
  };
  const emitter = { listeners: (): unknown[] => [], on: register, once: register };
  try {
    Reflect.apply(addEventListener, emitter, ["message", handler]);
  } catch {
    return undefined;
  }
  return typeof wrapper === "function" ? (wrapper as Callback) : undefined;
}
