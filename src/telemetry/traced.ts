import { context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import type { OpenedFacts, Role } from "../core/facts.ts";
import type { Closure, ConnectionTrace, HandshakeOutcome, Progress } from "../core/signals.ts";
import type { ResolvedTracing } from "../core/trace-options.ts";
import {
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_WEBSOCKET_CONNECTION_AGE,
  ATTR_WEBSOCKET_SUBPROTOCOL,
  EVENT_WEBSOCKET_CONNECTION_CHECKPOINT,
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  EVENT_WEBSOCKET_CONNECTION_OPENED,
} from "../semconv.ts";
import { carriedBy, closeAttributes, defined, identityOf, intervalAttributes, totalAttributes } from "./attributes.ts";
import type { Carried } from "./attributes.ts";
import type { Emit } from "./events.ts";
import { injectInto } from "./span.ts";

/** What the traces of an observer's connections share. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly options: ResolvedTracing;
  readonly emit: Emit;
}

/** A connection of which no span and no event is wanted: what was active goes on over the handshake. */
class Untraced implements ConnectionTrace {
  readonly recording = false;
  readonly spanContext = undefined;
  inject(set: (name: string, value: string) => void): void {
    injectInto(context.active(), set);
  }
  opened(): void {}
  client(): void {}
  rejected(): void {}
  checkpoint(): void {}
  nextSegment(): void {}
  closed(): void {}
  abandoned(): void {}
}

export const UNTRACED: ConnectionTrace = new Untraced();

/** Of a span that is not recorded only the context is worth holding, and that only until it is injected. */
export class Unrecorded extends Untraced {
  readonly #span: Span;
  constructor(span: Span) {
    super();
    this.#span = span;
  }
  override inject(set: (name: string, value: string) => void): void {
    injectInto(trace.setSpan(context.active(), this.#span), set);
  }
}

/** A connection's events, which all kinds of spans have in common. */
export abstract class Traced implements ConnectionTrace {
  readonly recording = true;
  protected readonly tracing: Tracing;
  protected readonly role: Role;
  /** The span's attributes from the beginning, for as long as nothing else has them. */
  protected start: Attributes | undefined;
  readonly #common: Attributes;
  #checkpointed: Carried | undefined;

  constructor(tracing: Tracing, role: Role, start: Attributes, common: Attributes) {
    this.tracing = tracing;
    this.role = role;
    this.start = start;
    this.#common = common;
  }

  /** What tells the connection apart on its events; made anew each time, since it would have to be held for each. */
  get identity(): Attributes {
    return identityOf(this.role, this.attributes, this.#common);
  }

  abstract get spanContext(): SpanContext | undefined;
  /** The span's attributes, as far as they are known. */
  protected abstract get attributes(): Attributes;
  /** In which events are emitted. */
  abstract get context(): Context;
  abstract inject(set: (name: string, value: string) => void): void;
  abstract client(description: string): void;
  abstract rejected(outcome: HandshakeOutcome): void;
  abstract nextSegment(progress: Progress): void;
  abstract abandoned(): void;

  opened(facts: OpenedFacts, _outcome: HandshakeOutcome): void {
    this.#event(EVENT_WEBSOCKET_CONNECTION_OPENED, () => ({
      [ATTR_URL_SCHEME]: this.start?.[ATTR_URL_SCHEME],
      [ATTR_URL_PATH]: this.start?.[ATTR_URL_PATH],
      [ATTR_WEBSOCKET_SUBPROTOCOL]: facts.subprotocol === "" ? undefined : facts.subprotocol,
    }));
  }

  checkpoint(progress: Progress): void {
    this.#event(EVENT_WEBSOCKET_CONNECTION_CHECKPOINT, () => ({
      ...soFar(progress),
      ...intervalAttributes(progress, this.#checkpointed),
    }));
    this.#checkpointed = carriedBy(progress);
  }

  closed(closure: Closure, progress: Progress): void {
    this.#event(EVENT_WEBSOCKET_CONNECTION_CLOSED, () => ({
      ...soFar(progress),
      ...closeAttributes(closure, this.role),
    }));
  }

  #event(name: string, attributes: () => Attributes): void {
    if (!this.tracing.options.lifecycle) return;
    this.tracing.emit(name, { ...this.identity, ...defined(attributes()) }, this.context);
  }
}

function soFar(progress: Progress): Attributes {
  return { [ATTR_WEBSOCKET_CONNECTION_AGE]: progress.now - progress.openedAt, ...totalAttributes(progress) };
}
