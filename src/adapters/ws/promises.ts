/**
 * Learns when a listener's promise settles, and leaves it as it was for everybody else: a rejection that nobody handles
 * has to end the process as it would without us, and one that is handled must not.
 */
import * as v8 from "node:v8";
import { setImmediate } from "node:timers";
import { inspect, types } from "node:util";
import type { Callback } from "./internals.ts";

/** What becomes of a message's listeners. */
export interface Outcome {
  /** A listener returned a promise, for which `settled` follows. */
  pending(): void;
  failed(error: unknown): void;
  settled(): void;
}

const then = Reflect.get(Promise.prototype, "then") as Callback;
const asyncFunction: unknown = Object.getPrototypeOf(async () => {});
const { promiseHooks } = v8 as Partial<typeof v8>;

/** Calls a listener; an error that it throws is thrown, a promise that it returns is waited for. */
export function watched(listener: Callback, self: unknown, args: readonly unknown[], outcome: Outcome): void {
  if (isAsync(listener)) {
    watchOwn(Reflect.apply(listener, self, args), outcome);
    return;
  }
  if (promiseHooks === undefined) {
    Reflect.apply(listener, self, args);
    return;
  }
  const successors = new Map<unknown, unknown[]>();
  const stop = promiseHooks.onInit((successor: unknown, promise: unknown) => {
    if (promise === undefined) return;
    const known = successors.get(promise);
    if (known === undefined) successors.set(promise, [successor]);
    else known.push(successor);
  }) as () => void;
  let result: unknown;
  try {
    result = Reflect.apply(listener, self, args);
  } finally {
    stop();
  }
  // Where somebody waits for it already, nothing can be learnt about how a rejection will be handled.
  if (isPlainPromise(result) && !successors.get(result)?.some(isPending)) watchShared(result, outcome);
}

/** An async function that has come to its first `await` has made such a successor too, but one that is fulfilled. */
function isPending(promise: unknown): boolean {
  // Node.js 22 hangs symbols of its own on promises where asynchronous contexts are in use, which are shown too.
  return /^Promise \{\s+<pending>/.test(inspect(promise, { depth: 0, customInspect: false }));
}

/** Only the caller of an async function has its promise; a bound one, and Node's wrapper for `once`, pass it on. */
function isAsync(listener: Callback): boolean {
  const { listener: once } = listener as { listener?: unknown };
  const called = listener.name === "bound onceWrapper" && typeof once === "function" ? once : listener;
  return Object.getPrototypeOf(called) === asyncFunction;
}

/** Lazy promises of libraries may start what they stand for when they are asked; only the language's own are waited for. */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  return (
    types.isPromise(value) &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    Object.isExtensible(value) &&
    !Object.hasOwn(value, "constructor")
  );
}

/** Waiting for a promise marks it as handled. Nobody but us has this one, so its rejection is thrown anew. */
function watchOwn(promise: unknown, outcome: Outcome): void {
  if (isPlainPromise(promise)) void wait(promise, outcome, () => true);
}

/**
 * The listener may have given the promise to others. Its rejection is thrown anew unless one of them waits for it, now
 * or later: each way of waiting looks at the promise's `constructor` first (ECMA-262, PromiseResolve and
 * SpeciesConstructor).
 */
function watchShared(promise: Promise<unknown>, outcome: Outcome): void {
  let unhandled = true;
  const unwatch = (): void => void Reflect.deleteProperty(promise, "constructor");
  const copy = wait(promise, outcome, () => unhandled, unwatch);
  void Object.defineProperty(promise, "constructor", {
    configurable: true,
    enumerable: false,
    get() {
      unhandled = false;
      unwatch();
      copy.catch(() => {});
      return Promise;
    },
  });
}

/** The promise that follows `promise`, and is rejected as it is where `throwsAnew` says so then. */
function wait(
  promise: Promise<unknown>,
  outcome: Outcome,
  throwsAnew: () => boolean,
  unwatch?: () => void,
): Promise<void> {
  outcome.pending();
  const fulfilled = (): void => {
    unwatch?.();
    outcome.settled();
  };
  const rejected = (error: unknown): void => {
    // Later: whoever reads an error's stack before Node reports it takes the line of source out of the report.
    setImmediate(() => {
      outcome.failed(error);
      outcome.settled();
    });
    if (throwsAnew()) throw error;
  };
  const copy: unknown = Reflect.apply(then, promise, [fulfilled, rejected]);
  return copy as Promise<void>;
}
