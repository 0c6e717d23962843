import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Link, Span, Tracer } from "@opentelemetry/api";
import { errorType } from "../core/bounded.ts";
import type { MessageFacts } from "../core/facts.ts";
import type { MessageSampler } from "../core/message-options.ts";
import type { MessageOrigin, TracedMessage } from "../core/signals.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  ATTR_WEBSOCKET_MESSAGE_SIZE,
  ATTR_WEBSOCKET_MESSAGE_TYPE,
  ATTR_WEBSOCKET_OPERATION_NAME,
} from "../semconv.ts";
import { eventScopeOf } from "./spans.ts";

/** `SamplingDecision.NOT_RECORD` of OpenTelemetry's samplers. */
const NOT_RECORD = 0;

/** Starts a message's span, unless `sampler` says that it gets none. */
export function startMessageSpan(
  tracer: Tracer,
  facts: MessageFacts,
  operation: string | undefined,
  origin: MessageOrigin,
  sampler: MessageSampler | undefined,
): TracedMessage | undefined {
  const received = facts.direction === "received";
  const verb = received ? "receive" : "send";
  const target = operation ?? origin.route;
  const name = target === undefined ? verb : `${verb} ${target}`;
  const kind = received ? SpanKind.CONSUMER : SpanKind.PRODUCER;
  const attributes = attributesOf(facts, operation, origin);
  const connection = origin.trace?.spanContext;
  const links: Link[] = connection === undefined ? [] : [{ context: connection }];
  const active = context.active();
  if (sampler !== undefined) {
    const parent = received ? trace.deleteSpan(active) : active;
    const traceId = trace.getSpanContext(parent)?.traceId ?? randomTraceId();
    const result = sampler.shouldSample(parent, traceId, name, kind, attributes, links);
    if (result.decision === NOT_RECORD) return undefined;
    Object.assign(attributes, result.attributes);
  }
  // Nearly always there is no span to be taken out of the context, which would be copied for it.
  const root = received && trace.getSpan(active) !== undefined;
  const span = tracer.startSpan(name, { kind, root, links, attributes }, active);
  return new RunningMessage(span, active);
}

class RunningMessage implements TracedMessage {
  readonly #span: Span;
  readonly #around: Context;
  #context: Context | undefined;
  #ended = false;

  /** `around` is the context in which the span began. */
  constructor(span: Span, around: Context) {
    this.#span = span;
    this.#around = around;
  }

  get context(): Context {
    return (this.#context ??= trace.setSpan(this.#around, this.#span));
  }

  run<T>(work: () => T): T {
    return context.with(this.context, work);
  }

  failed(error: unknown): void {
    if (this.#ended) return;
    this.#error(errorType(error));
    this.#span.recordException(error instanceof Error ? error : String(error));
  }

  end(type?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    if (type !== undefined) this.#error(type);
    this.#span.end();
  }

  #error(type: string): void {
    this.#span.setAttribute(ATTR_ERROR_TYPE, type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

function attributesOf(facts: MessageFacts, operation: string | undefined, origin: MessageOrigin): Attributes {
  const attributes: Attributes = {
    [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: facts.direction,
    [ATTR_WEBSOCKET_MESSAGE_TYPE]: facts.type,
    [ATTR_WEBSOCKET_MESSAGE_SIZE]: facts.size,
  };
  const id = eventScopeOf(origin.trace).identity[ATTR_WEBSOCKET_CONNECTION_ID];
  if (id !== undefined) attributes[ATTR_WEBSOCKET_CONNECTION_ID] = id;
  if (operation !== undefined) attributes[ATTR_WEBSOCKET_OPERATION_NAME] = operation;
  if (origin.route !== undefined) attributes[ATTR_HTTP_ROUTE] = origin.route;
  if (origin.serverAddress !== undefined) attributes[ATTR_SERVER_ADDRESS] = origin.serverAddress;
  if (origin.serverPort !== undefined) attributes[ATTR_SERVER_PORT] = origin.serverPort;
  return attributes;
}

/** W3C Trace Context: 16 bytes that are not all zero. */
function randomTraceId(): string {
  return globalThis.crypto.randomUUID().replaceAll("-", "");
}
