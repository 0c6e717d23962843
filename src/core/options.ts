import type { Attributes } from "@opentelemetry/api";
import type { HandshakeRequest } from "./facts.ts";
import { HEALTH_KEYS, resolveHealth } from "./health/options.ts";
import type { HealthOptions, ResolvedHealth } from "./health/options.ts";
import { resolveMessageSpans } from "./message-options.ts";
import type { MessageSpanOptions, ResolvedMessageSpans } from "./message-options.ts";
import { resolveTracing } from "./trace-options.ts";
import type { ConnectionSpanOptions, EventOptions, ResolvedTracing } from "./trace-options.ts";
import { flag, integer, invalid, optionalFunction } from "./validate.ts";

/** Fields that a propagator reads, such as `traceparent` and `tracestate` (W3C Trace Context), by name. */
export type TraceCarrier = Readonly<Record<string, string | null | undefined>>;

/** Options of every way in; all of them optional. */
export interface ObserverOptions extends HealthOptions {
  /**
   * Names the route of an upgrade request, as `http.route` on metrics and in the span's name. Return a template
   * (`/rooms/{id}`), not the path: every distinct value is a series. Server only.
   * @default the `path` that the server was created with; no route where there is none
   */
  route?: ((request: HandshakeRequest) => string | undefined) | undefined;
  /**
   * Where the trace context of an upgrade request stands if it is not in its header fields, which browsers cannot set:
   * `({ url }) => ({ traceparent: new URL(url, "ws://host").searchParams.get("traceparent") })`. The header fields count
   * where it gives no valid context. Server only.
   * @default the header fields
   */
  traceContext?: ((request: HandshakeRequest) => TraceCarrier | undefined) | undefined;
  /**
   * Attributes of the application's own on every metric of a connection: primitives, at most 16, with few
   * distinct values. Past `maxAttributeSets` all further connections share one overflow series.
   * @default none
   */
  metricAttributes?: ((request: HandshakeRequest) => Attributes | undefined) | undefined;
  /**
   * Subprotocols that may appear on metrics beside those registered with IANA; others become `_OTHER`.
   * @default []
   */
  subprotocols?: readonly string[] | undefined;
  /**
   * Close codes that may appear on metrics beside those registered with IANA. Codes 3000-4999 are the peer's
   * choice; without this only their class is recorded.
   * @default []
   */
  closeCodes?: readonly number[] | undefined;
  /**
   * Whether the handshake request of a client gets no span and no metrics from OpenTelemetry's HTTP instrumentation;
   * the trace context is sent all the same. Client only.
   * @default false
   */
  suppressHttpSpan?: boolean | undefined;
  /** Connection spans. */
  connectionSpan?: ConnectionSpanOptions | undefined;
  /** Log events. */
  events?: EventOptions | undefined;
  /**
   * Gives single messages spans of their own.
   * @default no message has a span
   */
  messageSpans?: MessageSpanOptions | undefined;
  /**
   * Whether the connection's span is active while listeners of its socket run, so that what they start is put under it;
   * where a message has a span, that one is. A connection of days becomes one trace of everything that was done in it.
   * @default false
   */
  propagateConnection?: boolean | undefined;
  /**
   * Limit on distinct attribute sets, 1 to 498, or to 398, 332 and 284 with four, five and six `ageGroups`: more would
   * pass the SDK's limit of 2000 series for a metric, past which it loses what was counted. Connections beyond the limit
   * are counted under `otel.metric.overflow=true`.
   * @default 400, or the most that `ageGroups` allows
   */
  maxAttributeSets?: number | undefined;
}

/** The options with every default filled in. */
export interface ResolvedOptions extends ResolvedHealth {
  readonly route: ((request: HandshakeRequest) => string | undefined) | undefined;
  readonly traceContext: ((request: HandshakeRequest) => TraceCarrier | undefined) | undefined;
  readonly metricAttributes: ((request: HandshakeRequest) => Attributes | undefined) | undefined;
  readonly subprotocols: ReadonlySet<string>;
  readonly closeCodes: ReadonlySet<number>;
  readonly suppressHttpSpan: boolean;
  readonly tracing: ResolvedTracing;
  readonly messageSpans: ResolvedMessageSpans | undefined;
  readonly propagateConnection: boolean;
  readonly maxAttributeSets: number;
}

const KEYS: ReadonlySet<string> = new Set([
  "route",
  "traceContext",
  "metricAttributes",
  "subprotocols",
  "closeCodes",
  "suppressHttpSpan",
  "connectionSpan",
  "events",
  "messageSpans",
  "propagateConnection",
  "maxAttributeSets",
  ...HEALTH_KEYS,
] satisfies (keyof ObserverOptions)[]);

/** RFC 7230 token, which RFC 6455 section 4.1 requires of a subprotocol. */
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;

/**
 * Checks options and fills in the defaults.
 * @param extraKeys names that the caller handles itself
 * @throws TypeError that names the option, what was expected, what was given, and how to mend it
 */
export function resolveOptions(options: unknown, extraKeys: readonly string[] = []): ResolvedOptions {
  if (options === undefined) return resolveOptions({}, extraKeys);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalid("options", "an object", options, "pass {} or leave it out for the defaults");
  }
  for (const key of Object.keys(options)) {
    if (!KEYS.has(key) && !extraKeys.includes(key)) {
      const known = [...KEYS, ...extraKeys].join(", ");
      throw invalid(key, "no such option", (options as Record<string, unknown>)[key], `known options are ${known}`);
    }
  }
  const given = options as ObserverOptions;
  const health = resolveHealth(given);
  const mostSets = attributeSetsFor(Math.max(MESSAGE_SERIES, health.ageGroups.size));
  return {
    ...health,
    route: optionalFunction("route", given.route),
    traceContext: optionalFunction("traceContext", given.traceContext),
    metricAttributes: optionalFunction("metricAttributes", given.metricAttributes),
    subprotocols: stringSet("subprotocols", given.subprotocols),
    closeCodes: codeSet("closeCodes", given.closeCodes),
    suppressHttpSpan: flag("suppressHttpSpan", given.suppressHttpSpan, false),
    tracing: resolveTracing(given.connectionSpan, given.events),
    messageSpans: resolveMessageSpans(given.messageSpans),
    propagateConnection: flag("propagateConnection", given.propagateConnection, false),
    maxAttributeSets: integer("maxAttributeSets", given.maxAttributeSets, 1, mostSets, Math.min(400, mostSets)),
  };
}

/** Series of one attribute set in the metric that has most of them by default: messages, by direction and type. */
const MESSAGE_SERIES = 4;
/** The SDK keeps 2000 series of an instrument; in the last one it puts the rest, of observed ones without adding up. */
const MOST_SERIES = 1999;

/** How many attribute sets fit, the overflow set beside them. */
function attributeSetsFor(series: number): number {
  return Math.floor(MOST_SERIES / series) - 1;
}

function stringSet(option: string, value: readonly string[] | undefined): ReadonlySet<string> {
  if (value === undefined) return new Set();
  const mend = 'pass an array such as ["chat.v1"]';
  if (!Array.isArray(value)) throw invalid(option, "an array of subprotocol names", value, mend);
  for (const entry of value as readonly unknown[]) {
    if (typeof entry !== "string" || !TOKEN.test(entry)) throw invalid(option, "a subprotocol name", entry, mend);
  }
  return new Set(value);
}

function codeSet(option: string, value: readonly number[] | undefined): ReadonlySet<number> {
  if (value === undefined) return new Set();
  const mend = "pass an array such as [4401, 4403]";
  if (!Array.isArray(value)) throw invalid(option, "an array of close codes", value, mend);
  for (const entry of value as readonly unknown[]) {
    if (!Number.isInteger(entry) || (entry as number) < 1000 || (entry as number) > 4999) {
      throw invalid(option, "a close code from 1000 to 4999", entry, mend);
    }
  }
  return new Set(value);
}
