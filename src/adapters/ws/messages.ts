/** Spans of messages: what stands between `ws` and the application's listeners and sends, on sockets that ask for it. */
import { contain } from "../../core/contain.ts";
import type { MessageArms, MessageSpan, MessageTracer } from "../../core/facts.ts";
import { OPEN } from "./internals.ts";
import { WsMessage } from "./message.ts";
import { callListeners, canCallListeners } from "./listeners.ts";
import type { Outcome } from "./promises.ts";
import { standIn, standInOnce } from "./stand-in.ts";
import type { Callable, Function } from "./stand-in.ts";

/** `error.type` of a message that the transport had not taken when the connection ended. */
const CLOSED = "closed";

/** Puts messages of one socket under spans, and its listeners under the connection's span, as `tracer` says. */
export function traceMessages(socket: Callable, tracer: MessageTracer): MessageArms | undefined {
  if (tracer.sparse) return traceSome(socket, tracer);
  if (tracer.receives || tracer.propagates) traceEmits(socket, tracer);
  if (tracer.sends) traceSends(socket, tracer);
  return undefined;
}

/** Stands in for single messages, so that all others pass as they would without us. */
function traceSome(socket: Callable, tracer: MessageTracer): MessageArms {
  const pending = new Set<MessageSpan>();
  return {
    received: standInOnce(socket, "emit", (emit, args) => {
      tracer.taken("received");
      return received(socket, emit, args, tracer);
    }),
    sent: standInOnce(
      socket,
      "send",
      (send, args) => {
        try {
          // A send that ws refuses is left as it is: with a callback it may not report what it reports without.
          if (socket.readyState !== OPEN || args.length > 3) return Reflect.apply(send, socket, args);
          return sent(socket, send, args, tracer, pending);
        } finally {
          tracer.taken("sent");
        }
      },
      () => endAll(socket, pending),
    ),
  };
}

function endAll(socket: Callable, pending: Set<MessageSpan>): void {
  const type = socket.readyState === OPEN ? undefined : CLOSED;
  for (const span of pending) contain("message span", () => span.end(type));
  pending.clear();
}

// The arguments are passed on by number: an array or `arguments` that leaves the function would be made for every
// message, and cost more than all the rest of one that gets no span. `ws` gives three at most; so do we.
/* oxlint-disable prefer-rest-params */

function traceEmits(socket: Callable, tracer: MessageTracer): void {
  const { receives, propagates } = tracer;
  standIn(socket, "emit", (original, placed) => {
    return function emit(this: unknown, event: unknown, data: unknown, binary: unknown): unknown {
      const count = arguments.length;
      if (placed.active && this === socket && count <= 3) {
        if (receives && event === "message" && tracer.chance()) {
          return received(socket, original, cut([event, data, binary], count), tracer);
        }
        if (propagates) return within(socket, original, cut([event, data, binary], count), tracer);
      }
      switch (count) {
        case 2:
          return original.call(this, event, data);
        case 3:
          return original.call(this, event, data, binary);
        default:
          return Reflect.apply(original, this, arguments);
      }
    };
  });
}

function traceSends(socket: Callable, tracer: MessageTracer): void {
  const pending = new Set<MessageSpan>();
  standIn(socket, "send", (original, placed) => {
    placed.released = () => endAll(socket, pending);
    return function send(this: unknown, data: unknown, options: unknown, callback: unknown): unknown {
      // A send that ws refuses is left as it is: with a callback it may not report what it reports without.
      const count = arguments.length;
      if (placed.active && count <= 3 && this === socket && tracer.chance() && socket.readyState === OPEN) {
        return sent(socket, original, cut([data, options, callback], count), tracer, pending);
      }
      switch (count) {
        case 1:
          return original.call(this, data);
        case 2:
          return original.call(this, data, options);
        case 3:
          return original.call(this, data, options, callback);
        default:
          return Reflect.apply(original, this, arguments);
      }
    };
  });
}

/* oxlint-enable prefer-rest-params */

function cut(args: unknown[], count: number): unknown[] {
  args.length = count;
  return args;
}

function within(socket: Callable, emit: Function, args: unknown[], tracer: MessageTracer): unknown {
  return tracer.within(() => Reflect.apply(emit, socket, args));
}

function received(socket: Callable, emit: Function, given: unknown[], tracer: MessageTracer): unknown {
  const binary: unknown = given[2];
  const message = new WsMessage("received", given[1], typeof binary === "boolean" ? binary : undefined);
  const span = tracer.start(message);
  if (span === undefined) return within(socket, emit, given, tracer);
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

function sent(
  socket: Callable,
  send: Function,
  args: unknown[],
  tracer: MessageTracer,
  pending: Set<MessageSpan>,
): unknown {
  const span = tracer.start(
    new WsMessage("sent", args[0], (args[1] as { binary?: boolean } | null | undefined)?.binary),
  );
  if (span === undefined) return Reflect.apply(send, socket, args);
  pending.add(span);
  const done = (error: unknown): void => {
    pending.delete(span);
    contain("message span", () => {
      if (error != null) span.failed(error);
      span.end();
    });
  };
  const at = args.findIndex((arg, index) => index > 0 && typeof arg === "function");
  const callback = args[at] as Function | undefined;
  const told = function told(this: unknown, ...results: unknown[]): unknown {
    done(results[0]);
    return callback === undefined ? undefined : Reflect.apply(callback, this, results);
  };
  try {
    return Reflect.apply(send, socket, at === -1 ? [args[0], args[1], told] : args.with(at, told));
  } catch (error) {
    done(error);
    throw error;
  }
}
