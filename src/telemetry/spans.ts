import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import { contain } from "../core/contain.ts";
import type { HandshakeFacts, OpenedFacts, Role, SpanFacts } from "../core/facts.ts";
import type { TraceCarrier } from "../core/options.ts";
import type { Closure, ConnectionTrace, HandshakeOutcome, HeartbeatTotals } from "../core/signals.ts";
import type { Totals } from "../core/totals.ts";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_NETWORK_TRANSPORT,
  ATTR_NETWORK_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  ATTR_WEBSOCKET_CLIENT_HASH,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CLEAN,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CLOSE_REASON,
  ATTR_WEBSOCKET_COMPRESSION,
  ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_BYTES_SENT,
  ATTR_WEBSOCKET_CONNECTION_FIRST_MESSAGE_DELAY,
  ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_ACKNOWLEDGED,
  ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_LONGEST_SILENCE,
  ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT,
  ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT,
  ATTR_WEBSOCKET_SUBPROTOCOL,
  NETWORK_TYPE_VALUE_IPV4,
  NETWORK_TYPE_VALUE_IPV6,
  WEBSOCKET_COMPRESSION_VALUE_NONE,
  WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE,
} from "../semconv.ts";
import { redactQuery, redactUrl } from "./redact.ts";
import { initiatorValue } from "./values.ts";

/** RFC 6455 section 4.1: the protocol's version. */
const PROTOCOL_VERSION = "13";

type Carrier = HandshakeFacts["request"]["headers"] | TraceCarrier;

const HEADER_GETTER = {
  keys: (carrier: Carrier) => Object.keys(carrier),
  get(carrier: Carrier, key: string) {
    const value = carrier[key.toLowerCase()];
    return typeof value === "number" ? String(value) : (value as string | string[] | undefined);
  },
};

/** Trace context for a connection of which no span is wanted: what was active goes on over the handshake. */
class Untraced implements ConnectionTrace {
  readonly recording = false;
  readonly spanContext = undefined;
  inject(set: (name: string, value: string) => void): void {
    injectInto(context.active(), set);
  }
  opened(): void {}
  client(): void {}
  rejected(): void {}
  closed(): void {}
  abandoned(): void {}
}

const UNTRACED = new Untraced();

/** One span from the handshake to the close. */
class LifetimeSpan implements ConnectionTrace {
  readonly recording = true;
  /** What tells the connection apart. */
  readonly identity: Attributes;
  readonly #role: Role;
  readonly #span: Span;

  constructor(role: Role, span: Span, id: string) {
    this.identity = { [ATTR_WEBSOCKET_CONNECTION_ID]: id };
    this.#role = role;
    this.#span = span;
  }

  get spanContext(): SpanContext {
    return this.#span.spanContext();
  }

  inject(set: (name: string, value: string) => void): void {
    injectInto(trace.setSpan(context.active(), this.#span), set);
  }

  opened(facts: OpenedFacts, outcome: HandshakeOutcome): void {
    const { transport, peerAddress, peerPort } = facts.peer();
    const attributes: Attributes = {
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: outcome.statusCode,
      [ATTR_WEBSOCKET_COMPRESSION]: facts.compressed
        ? WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE
        : WEBSOCKET_COMPRESSION_VALUE_NONE,
      [ATTR_NETWORK_TRANSPORT]: transport,
      [ATTR_NETWORK_PEER_ADDRESS]: peerAddress,
      [ATTR_NETWORK_PEER_PORT]: peerPort,
      [ATTR_NETWORK_TYPE]: peerAddress === undefined ? undefined : networkType(peerAddress),
    };
    if (facts.subprotocol !== "") attributes[ATTR_WEBSOCKET_SUBPROTOCOL] = facts.subprotocol;
    this.#span.setAttributes(defined(attributes));
  }

  client(description: string): void {
    this.#span.setAttribute(ATTR_WEBSOCKET_CLIENT_HASH, description);
  }

  /** The context in which events of the connection are emitted. */
  get context(): Context {
    return trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  rejected(outcome: HandshakeOutcome): void {
    const { statusCode, errorType } = outcome;
    this.#span.setAttributes(defined({ [ATTR_HTTP_RESPONSE_STATUS_CODE]: statusCode, [ATTR_ERROR_TYPE]: errorType }));
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }

  closed(
    closure: Closure,
    totals: Totals | undefined,
    openedAt: number,
    heartbeats: HeartbeatTotals | undefined,
  ): void {
    const { code, closeClass, initiator, reason, clean, errorType } = closure;
    this.#span.setAttributes(
      defined({
        [ATTR_WEBSOCKET_CLOSE_CODE]: code,
        [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass,
        [ATTR_WEBSOCKET_CLOSE_INITIATOR]: initiatorValue(initiator, this.#role),
        [ATTR_WEBSOCKET_CLOSE_REASON]: reason === "" ? undefined : reason,
        [ATTR_WEBSOCKET_CLOSE_CLEAN]: clean,
        [ATTR_ERROR_TYPE]: errorType,
        ...(totals === undefined ? {} : totalAttributes(totals, openedAt)),
        [ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_ACKNOWLEDGED]: heartbeats?.acknowledged,
        [ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED]: heartbeats?.missed,
        [ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP]: heartbeats?.meanRoundTrip,
      }),
    );
    if (errorType !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }

  abandoned(): void {
    this.#span.end();
  }
}

/** Starts the span of a handshake, or stands in for it where none is recorded. */
export function startTrace(
  tracer: Tracer,
  facts: HandshakeFacts,
  route: string | undefined,
  common: Attributes,
  carrier?: () => TraceCarrier | undefined,
): ConnectionTrace {
  const server = facts.role === "server";
  const parent = server ? serverParent(facts, carrier) : context.active();
  const target = server ? route : facts.serverAddress;
  const id = connectionId();
  const span = tracer.startSpan(
    target === undefined ? "websocket" : `websocket ${target}`,
    { kind: server ? SpanKind.SERVER : SpanKind.CLIENT, attributes: startAttributes(facts, route, common, id) },
    parent,
  );
  // Of a span that is not recorded only the context is worth holding, and that only until it is injected.
  return span.isRecording() ? new LifetimeSpan(facts.role, span, id) : new Unrecorded(span);
}

/** What a connection's events and messages say about it, and the context of its span; the root context without one. */
export function eventScopeOf(connection: ConnectionTrace | undefined): { identity: Attributes; context: Context } {
  return connection instanceof LifetimeSpan ? connection : { identity: {}, context: ROOT_CONTEXT };
}

/** No span at all; `off` in the options. */
export function noTrace(): ConnectionTrace {
  return UNTRACED;
}

class Unrecorded extends Untraced {
  readonly #span: Span;
  constructor(span: Span) {
    super();
    this.#span = span;
  }
  override inject(set: (name: string, value: string) => void): void {
    injectInto(trace.setSpan(context.active(), this.#span), set);
  }
}

function injectInto(active: Context, set: (name: string, value: string) => void): void {
  propagation.inject(active, undefined, { set: (_carrier, name, value) => set(name, value) });
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

function startAttributes(facts: HandshakeFacts, route: string | undefined, common: Attributes, id: string): Attributes {
  const described: SpanFacts = facts.describe();
  return defined({
    ...common,
    [ATTR_NETWORK_PROTOCOL_NAME]: "websocket",
    [ATTR_NETWORK_PROTOCOL_VERSION]: PROTOCOL_VERSION,
    [ATTR_WEBSOCKET_CONNECTION_ID]: id,
    [ATTR_URL_SCHEME]: facts.scheme,
    [ATTR_URL_PATH]: described.path,
    [ATTR_URL_QUERY]: described.query === undefined ? undefined : redactQuery(described.query),
    [ATTR_URL_FULL]: described.fullUrl === undefined ? undefined : redactUrl(described.fullUrl),
    [ATTR_HTTP_ROUTE]: route,
    [ATTR_SERVER_ADDRESS]: described.serverAddress ?? facts.serverAddress,
    [ATTR_SERVER_PORT]: described.serverPort ?? facts.serverPort,
    [ATTR_CLIENT_ADDRESS]: described.clientAddress,
    [ATTR_USER_AGENT_ORIGINAL]: described.userAgent,
  });
}

function totalAttributes(totals: Totals, openedAt: number): Attributes {
  return {
    [ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT]: totals.messagesSent,
    [ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED]: totals.messagesReceived,
    [ATTR_WEBSOCKET_CONNECTION_BYTES_SENT]: totals.bytesSent,
    [ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED]: totals.bytesReceived,
    [ATTR_WEBSOCKET_CONNECTION_LONGEST_SILENCE]: totals.longestSilence,
    [ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT]: totals.maxBufferedAmount,
    ...(totals.firstMessageAt > 0 && {
      [ATTR_WEBSOCKET_CONNECTION_FIRST_MESSAGE_DELAY]: totals.firstMessageAt - openedAt,
    }),
  };
}

function networkType(address: string): string | undefined {
  if (address.includes(":")) return NETWORK_TYPE_VALUE_IPV6;
  return /^[\d.]+$/.test(address) ? NETWORK_TYPE_VALUE_IPV4 : undefined;
}

/**
 * Without the attributes that are undefined: some SDKs warn about them. A copy, since deleting them would make a
 * dictionary of the object, which an SDK reads at half the speed.
 */
function defined(attributes: Attributes): Attributes {
  const result: Attributes = {};
  for (const key in attributes) if (attributes[key] !== undefined) result[key] = attributes[key];
  return result;
}

/** Node builds a UUID from sixteen pieces and keeps them all, 480 bytes, until a character is looked at. */
function connectionId(): string {
  const id = globalThis.crypto.randomUUID();
  id.charCodeAt(0);
  return id;
}
