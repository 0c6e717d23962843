/** The spans of single messages of `ws`, and what the application does for them. */
import { contain } from "../../core/contain.ts";
import type { MessageSpan, MessageTracer } from "../../core/facts.ts";
import type { Callback, WsWebSocket } from "./internals.ts";
import { callListeners, canCallListeners } from "./listeners.ts";
import { WsMessage } from "./message.ts";
import type { Outcome } from "./promises.ts";

/** Emits a message within its span, if it gets one. `given` are the arguments of `emit`. */
export function received(socket: WsWebSocket, emit: Callback, given: unknown[], tracer: MessageTracer): unknown {
  const binary: unknown = given[2];
  const message = new WsMessage("received", given[1], typeof binary === "boolean" ? binary : undefined);
  const span = tracer.start(message);
  if (span === undefined) return tracer.within(() => Reflect.apply(emit, socket, given));
  const open = new Open(span);
  return span.run(() => {
    try {
      if (!canCallListeners(socket, emit)) return Reflect.apply(emit, socket, given);
      return callListeners(socket, given.slice(1), open);
    } catch (error) {
      open.failed(error);
      throw error;
    } finally {
      open.settled();
    }
  });
}

/** A span that ends when the listeners have returned and the promises that they returned are settled. */
class Open implements Outcome {
  readonly #span: MessageSpan;
  /** The listeners themselves, and each promise. */
  #waiting = 1;

  constructor(span: MessageSpan) {
    this.#span = span;
  }

  pending(): void {
    this.#waiting += 1;
  }

  failed(error: unknown): void {
    contain("message span", () => this.#span.failed(error));
  }

  settled(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) contain("message span", () => this.#span.end());
  }
}

/** Sends a message with a span, if it gets one, which is in `pending` until the transport has taken the message. */
export function sent(
  socket: WsWebSocket,
  send: Callback,
  args: unknown[],
  tracer: MessageTracer,
  pending: Set<MessageSpan>,
): unknown {
  const binary = (args[1] as { binary?: boolean } | null | undefined)?.binary;
  const span = tracer.start(new WsMessage("sent", args[0], binary));
  if (span === undefined) return Reflect.apply(send, socket, args);
  pending.add(span);
  const done = (error: unknown): void => {
    pending.delete(span);
    contain("message span", () => {
      if (error != null) span.failed(error);
      span.end();
    });
  };
  try {
    return Reflect.apply(send, socket, withCallback(args, done));
  } catch (error) {
    done(error);
    throw error;
  }
}

/** The arguments of a `send()` with a callback that calls `before`, and then the application's own if there is one. */
export function withCallback(args: unknown[], before: (error: unknown) => void): unknown[] {
  const at = args.findIndex((arg, index) => index > 0 && typeof arg === "function");
  if (at === -1) return [args[0], args[1], before];
  const callback = args[at] as Callback;
  return args.with(at, function (this: unknown, ...results: unknown[]): unknown {
    before(results[0]);
    return Reflect.apply(callback, this, results);
  });
}
