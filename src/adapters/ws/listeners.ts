/** Calls the listeners of a message as Node's `emit` does, one by one, so that the promises they return can be seen. */
import { EventEmitter } from "node:events";
import { contain } from "../../core/contain.ts";
import { domCall } from "./dom-listeners.ts";
import { watched } from "./promises.ts";
import type { Outcome } from "./promises.ts";
import type { Callback, WsWebSocket } from "./internals.ts";

const nodeEmit: unknown = Reflect.get(EventEmitter.prototype, "emit");
const rawListeners = Reflect.get(EventEmitter.prototype, "rawListeners") as Callback;
/** Where an emitter keeps whether it looks after rejected promises of listeners itself. */
const kCapture = Object.getOwnPropertySymbols(EventEmitter.prototype).find(
  ({ description }) => description === "kCapture",
);
/** The source tells Node's own from what a library has put in its place before us. */
const isNodes: boolean = kCapture !== undefined && String(nodeEmit).startsWith("function emit(type, ...args)");

/** Whether nothing but Node's own `emit` would run: no override, no `domain`, no `captureRejections`. */
export function canCallListeners(socket: WsWebSocket, emit: Callback): boolean {
  return (
    isNodes &&
    emit === nodeEmit &&
    Reflect.get(EventEmitter.prototype, "emit") === nodeEmit &&
    (socket as unknown as Record<symbol, unknown>)[kCapture!] !== true
  );
}

/** Does what `emit("message", ...args)` does, and returns what it returns. */
export function callListeners(socket: WsWebSocket, args: readonly unknown[], outcome: Outcome): boolean {
  const listeners = Reflect.apply(rawListeners, socket, ["message"]) as Callback[];
  for (const listener of listeners) {
    const dom = contain("message listener", () => domCall(listener, socket, args));
    if (dom === undefined) watched(listener, socket, args, outcome);
    else watched(dom.handler, dom.self, [dom.event], outcome);
  }
  return listeners.length > 0;
}
