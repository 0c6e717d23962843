import { ROOT_CONTEXT, context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Link, Span, SpanContext } from "@opentelemetry/api";
import type { OpenedFacts, Role } from "../core/facts.ts";
import type { Closure, HandshakeOutcome, Progress } from "../core/signals.ts";
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLIENT_HASH,
  ATTR_WEBSOCKET_CONNECTION_SEGMENT,
  ATTR_WEBSOCKET_SEGMENT_RELATION,
  WEBSOCKET_SEGMENT_RELATION_VALUE_FIRST,
  WEBSOCKET_SEGMENT_RELATION_VALUE_NEXT,
  WEBSOCKET_SEGMENT_RELATION_VALUE_PREVIOUS,
} from "../semconv.ts";
import { carriedBy, intervalAttributes, openedAttributes } from "./attributes.ts";
import type { Carried } from "./attributes.ts";
import { endClosed, endRejected, injectInto, startSpan } from "./span.ts";
import type { Tracing } from "./traced.ts";
import { Traced } from "./traced.ts";

/** A span that is open while the connection is; one after the other where the connection outlives a segment. */
export class OpenSpan extends Traced {
  /** `undefined` in a segment that the sampler left out. */
  #span: Span | undefined;
  #segment = 1;
  /** The first segment, and the last one that has ended. */
  #first: SpanContext | undefined;
  #previous: SpanContext | undefined;
  /** What the connection had carried when the running segment began. */
  #carried: Carried | undefined;

  constructor(tracing: Tracing, role: Role, span: Span, start: Attributes, common: Attributes) {
    super(tracing, role, start, common);
    this.#span = span;
  }

  get spanContext(): SpanContext | undefined {
    return this.#span?.spanContext();
  }

  get context(): Context {
    return this.#span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  protected get attributes(): Attributes {
    return this.start ?? attributesOf(this.#span) ?? {};
  }

  inject(set: (name: string, value: string) => void): void {
    injectInto(this.#span === undefined ? context.active() : trace.setSpan(context.active(), this.#span), set);
  }

  override opened(facts: OpenedFacts, outcome: HandshakeOutcome): void {
    super.opened(facts, outcome);
    const attributes = openedAttributes(facts, outcome);
    this.#span?.setAttributes(attributes);
    // The span of OpenTelemetry's own SDK can be asked for its attributes, so they need not be held twice.
    this.start = attributesOf(this.#span) === undefined ? { ...this.start, ...attributes } : undefined;
  }

  client(description: string): void {
    this.#span?.setAttribute(ATTR_WEBSOCKET_CLIENT_HASH, description);
    if (this.start !== undefined) this.start[ATTR_WEBSOCKET_CLIENT_HASH] = description;
  }

  rejected(outcome: HandshakeOutcome): void {
    if (this.#span !== undefined) endRejected(this.#span, outcome);
  }

  /** The next span begins before this one ends, so that each can have a link to the other. */
  nextSegment(progress: Progress): void {
    const ending = this.#span;
    // Without the handshake's status: a further segment had no handshake.
    const { [ATTR_HTTP_RESPONSE_STATUS_CODE]: _, ...start } = this.attributes;
    const segment = this.#segment + 1;
    const next = startSpan(this.tracing.tracer, this.role, ROOT_CONTEXT, {
      attributes: { ...start, [ATTR_WEBSOCKET_CONNECTION_SEGMENT]: segment },
      links: this.#links(),
    });
    const recorded = next.isRecording();
    if (ending !== undefined) {
      if (recorded) ending.addLink(link(next.spanContext(), WEBSOCKET_SEGMENT_RELATION_VALUE_NEXT));
      ending.setAttribute(ATTR_WEBSOCKET_CONNECTION_SEGMENT, this.#segment);
      ending.setAttributes(intervalAttributes(progress, this.#carried));
      ending.end();
      this.#carried = carriedBy(progress);
      this.#previous = ending.spanContext();
      this.#first ??= this.#previous;
    }
    this.#segment = segment;
    this.#span = recorded ? next : undefined;
    this.start = attributesOf(this.#span) === undefined ? start : undefined;
  }

  override closed(closure: Closure, progress: Progress): void {
    super.closed(closure, progress);
    const span = this.#span;
    if (span === undefined) return;
    if (this.#segment > 1) span.setAttributes(intervalAttributes(progress, this.#carried));
    endClosed(span, closure, progress, this.role);
  }

  abandoned(): void {
    this.#span?.end();
  }

  #links(): Link[] {
    const previous = this.#span?.spanContext() ?? this.#previous;
    if (previous === undefined) return [];
    const links = [link(previous, WEBSOCKET_SEGMENT_RELATION_VALUE_PREVIOUS)];
    if (this.#first === undefined || this.#first.spanId === previous.spanId) return links;
    return [link(this.#first, WEBSOCKET_SEGMENT_RELATION_VALUE_FIRST), ...links];
  }
}

function link(to: SpanContext, relation: string): Link {
  return { context: to, attributes: { [ATTR_WEBSOCKET_SEGMENT_RELATION]: relation } };
}

/** What the span of OpenTelemetry's own SDK says about itself; spans of others may not. */
function attributesOf(span: Span | undefined): Attributes | undefined {
  return (span as { attributes?: Attributes } | undefined)?.attributes;
}
