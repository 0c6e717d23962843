import type { Attributes, Context, SpanContext } from "@opentelemetry/api";
import type {
  EVENT_WEBSOCKET_CONNECTION_CAPACITY,
  EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED,
  EVENT_WEBSOCKET_CONNECTION_SLOW_CONSUMER,
} from "../semconv.ts";
import type { ClosedFacts, HandshakeFacts, MessageFacts, MessageSpan, OpenedFacts, Role } from "./facts.ts";
import type { Capacity } from "./health/capacity.ts";
import type { Ledger } from "./ledger.ts";
import type { MessageSampler } from "./message-options.ts";
import type { TraceCarrier } from "./options.ts";
import type { Totals } from "./totals.ts";

/** How a handshake ended: exactly one of accepted (101), refused (another status) and failed (an error). */
export interface HandshakeOutcome {
  readonly statusCode?: number | undefined;
  /** Absent where the handshake was accepted. */
  readonly errorType?: string | undefined;
}

/** A connection's end, with what the metrics may say about it. */
export interface Closure extends ClosedFacts {
  readonly closeClass: string;
  /** The code where it may stand on a metric. */
  readonly metricCode: number | undefined;
  /** Seconds from 101 to the end. */
  readonly duration: number;
  readonly ageGroup: string;
}

/** What heartbeats were like, for the span. */
export interface HeartbeatTotals {
  readonly acknowledged: number;
  readonly missed: number;
  /** Seconds. */
  readonly meanRoundTrip: number | undefined;
}

/** A connection's life so far. Times in seconds on the monotonic clock. */
export interface Progress {
  readonly openedAt: number;
  readonly now: number;
  readonly totals: Totals;
  /** Absent where there was no heartbeat. */
  readonly heartbeats: HeartbeatTotals | undefined;
}

/** The trace side of one connection: its spans and its lifecycle events. */
export interface ConnectionTrace {
  /** Whether a span or lifecycle events come of it, so that totals are worth keeping. */
  readonly recording: boolean;
  /** Of the span that is being recorded now, for links to it; `undefined` where there is none. */
  readonly spanContext: SpanContext | undefined;
  /** Hands the trace context's header fields (`traceparent` …) to `set`. */
  inject(set: (name: string, value: string) => void): void;
  opened(facts: OpenedFacts, outcome: HandshakeOutcome): void;
  /** What the span says about the client. */
  client(description: string): void;
  /** A handshake that was not accepted: the span ends at once. */
  rejected(outcome: HandshakeOutcome): void;
  /** A checkpoint is due. */
  checkpoint(progress: Progress): void;
  /** The running segment has lasted long enough: its span ends and another goes on. */
  nextSegment(progress: Progress): void;
  closed(closure: Closure, progress: Progress): void;
  /** The connection is no longer observed (instrumentation disabled): ends the span without a close. */
  abandoned(): void;
}

/** Durations that are measured one by one. */
export type DurationName =
  | "heartbeat.duration"
  | "ack.duration"
  | "message.latency"
  | "message.processing.duration"
  | "send.duration"
  | "reconnection.delay";

/** Things that are counted one by one. */
export type CountName = "heartbeats" | "reconnections" | "fallbacks";

/** Something that happened to a connection, for the log. */
export type EventName =
  | typeof EVENT_WEBSOCKET_CONNECTION_CAPACITY
  | typeof EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED
  | typeof EVENT_WEBSOCKET_CONNECTION_SLOW_CONSUMER;

/** What is reported of a server also without connections; either of both. */
export interface ServerReading {
  readonly capacity?: Capacity;
  /** Counts the clients that reconnect too often. */
  readonly frequentReconnectors?: () => number;
}

/** Where a message belongs. */
export interface MessageOrigin {
  readonly route: string | undefined;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  /** `undefined` where nothing is recorded of the connection. */
  readonly trace: ConnectionTrace | undefined;
}

/** A message's span, with the context in which it is active. */
export interface TracedMessage extends MessageSpan {
  readonly context: Context;
}

/** Where facts become OpenTelemetry signals; implemented by the telemetry layer. */
export interface Signals {
  /** Called before each handshake: follows a meter provider that was registered late. */
  refresh(): void;
  ledger(role: Role): Ledger;
  /** `common` stands on the span; `carrier` gives a trace context that is not in the request's header fields. */
  trace(
    facts: HandshakeFacts,
    route: string | undefined,
    common: Attributes,
    carrier?: () => TraceCarrier | undefined,
  ): ConnectionTrace;
  /** A handshake ended after `seconds`. */
  handshake(role: Role, attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void;
  /** A connection ended. */
  closed(role: Role, attributes: Attributes, closure: Closure): void;
  /** `seconds` were measured. */
  duration(role: Role, name: DurationName, seconds: number, attributes: Attributes): void;
  /** Something was counted. */
  count(role: Role, name: CountName, attributes: Attributes): void;
  /** Something happened; `trace` is that of the connection. */
  event(name: EventName, attributes: Attributes, trace: ConnectionTrace | undefined): void;
  /** Starts a message's span, unless `sampler` says that it gets none. */
  message(
    facts: MessageFacts,
    operation: string | undefined,
    origin: MessageOrigin,
    sampler: MessageSampler | undefined,
  ): TracedMessage | undefined;
  /** The context in which a connection's span is active. */
  contextOf(trace: ConnectionTrace): Context;
  /** Reports a reading of the server's at each collection until the returned function is called. */
  read(reading: ServerReading): () => void;
}
