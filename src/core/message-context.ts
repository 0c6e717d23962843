import type { Context } from "@opentelemetry/api";

/** By the object that carries a message's data: it goes with it. */
const contexts = new WeakMap<object, Context>();

/** Keeps the context of a received message's span for `contextOfMessage`. */
export function rememberContext(data: unknown, context: Context): void {
  if (typeof data === "object" && data !== null) contexts.set(data, context);
}

/** The context in which a received message's span is active. */
export function contextOfMessage(data: unknown): Context | undefined {
  return typeof data === "object" && data !== null ? contexts.get(data) : undefined;
}
