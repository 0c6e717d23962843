import { ROOT_CONTEXT, context, propagation, trace } from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import { contain } from "../core/contain.ts";
import type { HandshakeFacts } from "../core/facts.ts";
import type { TraceCarrier } from "../core/options.ts";
import type { ConnectionTrace } from "../core/signals.ts";
import { startAttributes } from "./attributes.ts";
import { DeferredSpan } from "./deferred-span.ts";
import { OpenSpan } from "./open-span.ts";
import { startSpan } from "./span.ts";
import type { Tracing } from "./traced.ts";
import { Traced, UNTRACED, Unrecorded } from "./traced.ts";

type Carrier = HandshakeFacts["request"]["headers"] | TraceCarrier;

const HEADER_GETTER = {
  keys: (carrier: Carrier) => Object.keys(carrier),
  get(carrier: Carrier, key: string) {
    const value = carrier[key.toLowerCase()];
    return typeof value === "number" ? String(value) : (value as string | string[] | undefined);
  },
};

/** Starts the trace of a connection with its handshake, or stands in for it where nothing is recorded. */
export function startTrace(
  tracing: Tracing,
  facts: HandshakeFacts,
  route: string | undefined,
  common: Attributes,
  carrier?: () => TraceCarrier | undefined,
): ConnectionTrace {
  const { mode, lifecycle } = tracing.options;
  if (mode === "off" && !lifecycle) return UNTRACED;
  const { role } = facts;
  const parent = role === "server" ? serverParent(facts, carrier) : context.active();
  const attributes = startAttributes(facts, route, common);
  if (mode === "deferred" || mode === "off") return new DeferredSpan(tracing, role, parent, attributes, common);
  const span = startSpan(tracing.tracer, role, parent, { attributes });
  return span.isRecording() ? new OpenSpan(tracing, role, span, attributes, common) : new Unrecorded(span);
}

/** What a connection's events say about it, and the context to emit them in. */
export function eventScopeOf(connection: ConnectionTrace | undefined): { identity: Attributes; context: Context } {
  return connection instanceof Traced ? connection : { identity: {}, context: ROOT_CONTEXT };
}

/** A span that is already active (a framework's) is nearer than the remote one that it descends from itself. */
function serverParent(facts: HandshakeFacts, carrierOf?: () => TraceCarrier | undefined): Context {
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  const carrier = carrierOf?.();
  // What stands there may be of the client's choice, whose form not every propagator checks.
  const given = carrier && contain("traceContext", () => propagation.extract(ROOT_CONTEXT, carrier, HEADER_GETTER));
  if (given !== undefined && trace.getSpan(given) !== undefined) return given;
  return propagation.extract(ROOT_CONTEXT, facts.request.headers, HEADER_GETTER);
}
