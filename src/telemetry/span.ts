import { SpanKind, SpanStatusCode, propagation } from "@opentelemetry/api";
import type { Attributes, Context, Link, Span, Tracer } from "@opentelemetry/api";
import type { Role } from "../core/facts.ts";
import type { Closure, HandshakeOutcome, Progress } from "../core/signals.ts";
import { ATTR_HTTP_ROUTE, ATTR_SERVER_ADDRESS } from "../semconv.ts";
import { characterAttributes, closeAttributes, rejectedAttributes, totalAttributes } from "./attributes.ts";

/** Starts a span of a connection, named by where the connection goes. */
export function startSpan(
  tracer: Tracer,
  role: Role,
  parent: Context,
  options: { attributes: Attributes; links?: Link[]; startTime?: number },
): Span {
  const server = role === "server";
  const target = options.attributes[server ? ATTR_HTTP_ROUTE : ATTR_SERVER_ADDRESS] as string | undefined;
  const name = target === undefined ? "websocket" : `websocket ${target}`;
  return tracer.startSpan(name, { kind: server ? SpanKind.SERVER : SpanKind.CLIENT, ...options }, parent);
}

/** Ends the span of a handshake that was not accepted. */
export function endRejected(span: Span, outcome: HandshakeOutcome): void {
  span.setAttributes(rejectedAttributes(outcome));
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Ends the last span of a connection. */
export function endClosed(span: Span, closure: Closure, progress: Progress, role: Role): void {
  span.setAttributes({
    ...closeAttributes(closure, role),
    ...totalAttributes(progress),
    ...characterAttributes(progress),
  });
  if (closure.errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Hands the header fields that carry a context to `set`. */
export function injectInto(active: Context, set: (name: string, value: string) => void): void {
  propagation.inject(active, undefined, { set: (_carrier, name, value) => set(name, value) });
}
