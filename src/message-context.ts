import type { Context } from "@opentelemetry/api";
import { contextOfMessage } from "./core/message-context.ts";

/**
 * The context of a received message's span, by the message's data: for code that does not run within a listener, as the
 * body of a loop over `events.on(socket, "message")`, or what reads a stream of the socket.
 *
 * @example
 * ```ts
 * for await (const [data] of on(socket, "message")) {
 *   await context.with(getMessageContext(data) ?? context.active(), () => handle(data));
 * }
 * ```
 * @param data the object that the listeners get: a Buffer, an ArrayBuffer or an array of Buffers
 * @returns `undefined` where the message has no span, or where its data is a string (text in `ws` 7)
 */
export function getMessageContext(data: unknown): Context | undefined {
  return contextOfMessage(data);
}
