import { ROOT_CONTEXT, context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanContext } from "@opentelemetry/api";
import type { OpenedFacts, Role } from "../core/facts.ts";
import type { Closure, HandshakeOutcome, Progress } from "../core/signals.ts";
import { ATTR_WEBSOCKET_CLIENT_HASH } from "../semconv.ts";
import { openedAttributes } from "./attributes.ts";
import { endClosed, endRejected, injectInto, startSpan } from "./span.ts";
import type { Tracing } from "./traced.ts";
import { Traced } from "./traced.ts";

/** The span is made when the connection has ended, or never where only events are wanted. */
export class DeferredSpan extends Traced {
  readonly spanContext = undefined;
  /** Of the whole context only this is held: what the application keeps in there would live as long as the socket. */
  readonly #parent: SpanContext | undefined;
  readonly #startTime: number = Date.now();

  constructor(tracing: Tracing, role: Role, parent: Context, start: Attributes, common: Attributes) {
    super(tracing, role, start, common);
    this.#parent = trace.getSpanContext(parent);
  }

  get context(): Context {
    return this.#parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, this.#parent);
  }

  protected get attributes(): Attributes {
    return this.start!;
  }

  inject(set: (name: string, value: string) => void): void {
    injectInto(context.active(), set);
  }

  override opened(facts: OpenedFacts, outcome: HandshakeOutcome): void {
    super.opened(facts, outcome);
    Object.assign(this.attributes, openedAttributes(facts, outcome));
  }

  client(description: string): void {
    this.attributes[ATTR_WEBSOCKET_CLIENT_HASH] = description;
  }

  rejected(outcome: HandshakeOutcome): void {
    this.#make((span) => endRejected(span, outcome));
  }

  nextSegment(): void {}

  override closed(closure: Closure, progress: Progress): void {
    super.closed(closure, progress);
    this.#make((span) => endClosed(span, closure, progress, this.role));
  }

  abandoned(): void {
    this.#make((span) => span.end());
  }

  #make(end: (span: Span) => void): void {
    if (this.tracing.options.mode !== "deferred") return;
    end(
      startSpan(this.tracing.tracer, this.role, this.context, {
        attributes: this.attributes,
        startTime: this.#startTime,
      }),
    );
  }
}
