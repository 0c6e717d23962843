/** What looks at single messages on their way between `ws` and the application, on the sockets that ask for it. */
import { contain } from "../../core/contain.ts";
import type { MessageSpan, MessageTap, MessageTracer } from "../../core/facts.ts";
import { OPEN, hang } from "./internals.ts";
import type { Callback, WsWebSocket } from "./internals.ts";
import { received, sent, withCallback } from "./messages.ts";
import type { Method, Patches } from "./patches.ts";

/** `error.type` of a message that the transport had not taken when the connection ended. */
const CLOSED = "closed";

const kInterceptor: unique symbol = Symbol("opentelemetry-websocket.interceptor");

type Intercepted = WsWebSocket & { [kInterceptor]?: Interceptor | undefined };

/** What is wanted of one socket. */
export class Interceptor {
  /** Sees received messages before anything else, and may keep them. */
  tap: MessageTap | undefined;
  /** Is told the seconds from each send until the transport has taken the message. */
  timer: ((seconds: number) => void) | undefined;
  tracer: MessageTracer | undefined;
  #pending: Set<MessageSpan> | undefined;

  /** That of a socket, made if there is none. */
  static of(socket: Intercepted): Interceptor {
    const known = socket[kInterceptor];
    if (known !== undefined) return known;
    const created = new Interceptor();
    hang(socket, kInterceptor, created);
    return created;
  }

  /** Leaves a socket alone from now on. */
  static release(socket: Intercepted): void {
    const interceptor = socket[kInterceptor];
    if (interceptor === undefined) return;
    socket[kInterceptor] = undefined;
    const type = socket.readyState === OPEN ? undefined : CLOSED;
    for (const span of interceptor.#pending ?? []) contain("message span", () => span.end(type));
    interceptor.#pending = undefined;
  }

  /** Spans of messages that the transport has not taken yet. */
  get pending(): Set<MessageSpan> {
    return (this.#pending ??= new Set());
  }

  /** An event of a socket whose messages are tapped, or whose listeners run in a context of ours. */
  emit(socket: WsWebSocket, original: Callback, args: unknown[]): unknown {
    const { tap } = this;
    if (tap === undefined || args[0] !== "message") return this.#deliver(socket, original, args);
    if (contain("message", () => tap.before(args[1])) === true) return true;
    if (tap.after === undefined || socket.listenerCount("message") === 0) return this.#deliver(socket, original, args);
    const startedAt = performance.now();
    try {
      return this.#deliver(socket, original, args);
    } finally {
      contain("message.processing.duration", () => tap.after?.((performance.now() - startedAt) / 1000));
    }
  }

  #deliver(socket: WsWebSocket, original: Callback, args: unknown[]): unknown {
    const { tracer } = this;
    if (tracer === undefined) return Reflect.apply(original, socket, args);
    if (args[0] === "message" && tracer.takesReceived()) return received(socket, original, args, tracer);
    return tracer.within(() => Reflect.apply(original, socket, args));
  }

  /** A send whose time is told. */
  send(socket: WsWebSocket, original: Callback, args: unknown[], timer: (seconds: number) => void): unknown {
    const startedAt = performance.now();
    const timed = withCallback(args, (error) => {
      if (error == null) contain("send.duration", () => timer((performance.now() - startedAt) / 1000));
    });
    const { tracer } = this;
    if (tracer?.takesSent() === true) return sent(socket, original, timed, tracer, this.pending);
    return Reflect.apply(original, socket, timed);
  }
}

/**
 * Wraps `emit` and `send` on the prototype of `ws`'s WebSocket. A method of their own on the sockets that ask for it would
 * give those another shape than all others, and what V8 has compiled for one would be wrong for the other.
 */
export function patchMessages(patches: Patches, prototype: object): void {
  // The arguments are passed on by number: an array or `arguments` that leaves the function would be made for every
  // message, and cost more than all the rest of one that nothing looks at. `ws` gives three at most; so do we.
  // Each does so itself: what V8 learns of the one original must not be mixed with the other.
  /* oxlint-disable prefer-rest-params */
  patches.method(
    prototype,
    "emit",
    (original: Method) => {
      return function emit(this: Intercepted, event: unknown, data: unknown, binary: unknown): unknown {
        const interceptor = this?.[kInterceptor];
        const count = arguments.length;
        if (interceptor !== undefined && count <= 3) {
          const { tap, tracer } = interceptor;
          if (tap !== undefined || tracer?.propagates === true) {
            return interceptor.emit(this, original, cut([event, data, binary], count));
          }
          if (event === "message" && tracer?.takesReceived() === true) {
            return received(this, original, cut([event, data, binary], count), tracer);
          }
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
    },
    "intercepted",
  );
  patches.method(
    prototype,
    "send",
    (original: Method) => {
      return function send(this: Intercepted, data: unknown, options: unknown, callback: unknown): unknown {
        const interceptor = this?.[kInterceptor];
        const count = arguments.length;
        // A send that ws refuses is left as it is: with a callback it may not report what it reports without.
        if (interceptor !== undefined && count <= 3) {
          const { timer, tracer } = interceptor;
          if (timer !== undefined) {
            if (this.readyState === OPEN) {
              return interceptor.send(this, original, cut([data, options, callback], count), timer);
            }
          } else if (tracer?.takesSent() === true && this.readyState === OPEN) {
            return sent(this, original, cut([data, options, callback], count), tracer, interceptor.pending);
          }
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
    },
    "intercepted",
  );
  /* oxlint-enable prefer-rest-params */
}

function cut(args: unknown[], count: number): unknown[] {
  args.length = count;
  return args;
}
