import type { Attributes } from "@opentelemetry/api";
import type { ClosedFacts, HandshakeFacts, OpenedFacts, Role } from "./facts.ts";
import type { Ledger } from "./ledger.ts";
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
  /** `closeClass`'s code where it may stand on a metric. */
  readonly metricCode: number | undefined;
  /** Seconds from 101 to the end. */
  readonly duration: number;
}

/** The trace side of one connection. The seam for segments, events and message spans. */
export interface ConnectionTrace {
  /** Whether a span is recorded, so that totals are worth keeping. */
  readonly recording: boolean;
  /** Hands the trace context's header fields (`traceparent` …) to `set`. */
  inject(set: (name: string, value: string) => void): void;
  opened(facts: OpenedFacts, outcome: HandshakeOutcome): void;
  /** A handshake that was not accepted: the span ends at once. */
  rejected(outcome: HandshakeOutcome): void;
  /** `openedAt` in seconds on the monotonic clock. */
  closed(closure: Closure, totals: Totals | undefined, openedAt: number): void;
  /** The connection is no longer observed (instrumentation disabled): ends the span without a close. */
  abandoned(): void;
}

/** Where facts become OpenTelemetry signals; implemented by the telemetry layer. */
export interface Signals {
  /** Called before each handshake: follows a meter provider that was registered late. */
  refresh(): void;
  ledger(role: Role): Ledger;
  trace(facts: HandshakeFacts, route: string | undefined): ConnectionTrace;
  /** A handshake ended after `seconds`. */
  handshake(role: Role, attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void;
  /** A connection ended. */
  closed(role: Role, attributes: Attributes, closure: Closure): void;
}
