import { metrics as metricsApi, trace as traceApi } from "@opentelemetry/api";
import type { Attributes, Context, MeterProvider, Tracer, TracerProvider } from "@opentelemetry/api";
import type { HandshakeFacts, MessageFacts, Role } from "../core/facts.ts";
import type { Ledger } from "../core/ledger.ts";
import type { MessageSampler } from "../core/message-options.ts";
import type { TraceCarrier } from "../core/options.ts";
import type { ResolvedTracing } from "../core/trace-options.ts";
import type {
  Closure,
  ConnectionTrace,
  CountName,
  DurationName,
  EventName,
  HandshakeOutcome,
  MessageOrigin,
  ServerReading,
  Signals,
  TracedMessage,
} from "../core/signals.ts";
import { emitLog, emitSpan } from "./events.ts";
import { startMessageSpan } from "./message-span.ts";
import { Metrics } from "./metrics.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";
import { eventScopeOf, startTrace } from "./spans.ts";
import type { Tracing } from "./traced.ts";

/**
 * The metrics of the provider that is registered globally. All observers without a provider of their own share
 * them: two observable counters of one name would overwrite each other's points.
 */
class GlobalMetrics {
  readonly metrics: Metrics = new Metrics();
  #provider: MeterProvider | undefined;

  /** Follows the global provider: an SDK that starts after the first connection gets everything counted so far. */
  refresh(): void {
    const provider = metricsApi.getMeterProvider();
    if (provider === this.#provider) return;
    this.#provider = provider;
    this.metrics.bind(provider.getMeter(SCOPE_NAME, SCOPE_VERSION));
  }
}

const globalMetrics = new GlobalMetrics();
const metricsByProvider = new WeakMap<MeterProvider, Metrics>();

function metricsOf(provider: MeterProvider): Metrics {
  const known = metricsByProvider.get(provider);
  if (known !== undefined) return known;
  const created = new Metrics();
  created.bind(provider.getMeter(SCOPE_NAME, SCOPE_VERSION));
  metricsByProvider.set(provider, created);
  return created;
}

/** The metrics that a metric producer reads: those of `provider`, or those of the global one. */
export function metricsFor(provider: MeterProvider | undefined): Metrics {
  if (provider !== undefined && provider !== metricsApi.getMeterProvider()) return metricsOf(provider);
  globalMetrics.refresh();
  return globalMetrics.metrics;
}

/** Providers of an observer's own; left out, the globally registered ones are used. */
export interface Providers {
  tracerProvider?: TracerProvider | undefined;
  meterProvider?: MeterProvider | undefined;
}

/** Turns what the core reports into spans, events and metrics. */
export class Telemetry implements Signals {
  #tracing: Tracing;
  #metrics!: Metrics;
  #global!: boolean;
  readonly #readings = new Set<ServerReading>();

  constructor(options: ResolvedTracing, providers: Providers = {}) {
    this.#tracing = tracingOf(tracerOf(providers), options);
    this.#useMetrics(providers);
  }

  /** Changes the providers for connections from now on. */
  useProviders(providers: Providers): void {
    this.#tracing = tracingOf(tracerOf(providers), this.#tracing.options);
    this.#useMetrics(providers);
  }

  /** How connections are traced from now on. */
  traceAs(options: ResolvedTracing): void {
    this.#tracing = tracingOf(this.#tracing.tracer, options);
  }

  refresh(): void {
    if (this.#global) globalMetrics.refresh();
  }

  ledger(role: Role): Ledger {
    return this.#metrics.of(role).ledger;
  }

  trace(
    facts: HandshakeFacts,
    route: string | undefined,
    common: Attributes,
    carrier?: () => TraceCarrier | undefined,
  ): ConnectionTrace {
    return startTrace(this.#tracing, facts, route, common, carrier);
  }

  handshake(role: Role, attributes: Attributes, outcome: HandshakeOutcome, seconds: number): void {
    this.#metrics.of(role).handshake(attributes, outcome, seconds);
  }

  closed(role: Role, attributes: Attributes, closure: Closure): void {
    this.#metrics.of(role).closed(attributes, closure);
  }

  duration(role: Role, name: DurationName, seconds: number, attributes: Attributes): void {
    this.#metrics.of(role).duration(name, seconds, attributes);
  }

  count(role: Role, name: CountName, attributes: Attributes): void {
    this.#metrics.of(role).count(name, attributes);
  }

  event(name: EventName, attributes: Attributes, trace: ConnectionTrace | undefined): void {
    if (!this.#tracing.options.conditions) return;
    const { identity, context } = eventScopeOf(trace);
    this.#tracing.emit(name, { ...identity, ...attributes }, context);
  }

  message(
    facts: MessageFacts,
    operation: string | undefined,
    origin: MessageOrigin,
    sampler: MessageSampler | undefined,
  ): TracedMessage | undefined {
    return startMessageSpan(this.#tracing.tracer, facts, operation, origin, sampler);
  }

  contextOf(trace: ConnectionTrace): Context {
    return eventScopeOf(trace).context;
  }

  read(reading: ServerReading): () => void {
    this.#readings.add(reading);
    this.#metrics.of("server").readings.add(reading);
    return () => {
      this.#readings.delete(reading);
      this.#metrics.of("server").readings.delete(reading);
    };
  }

  #useMetrics({ meterProvider }: Providers): void {
    this.#move(metricsFor(meterProvider));
    this.#global = this.#metrics === globalMetrics.metrics;
  }

  /** Goes on with other metrics, and takes along what is read there at each collection. */
  #move(metrics: Metrics): void {
    for (const reading of this.#readings) {
      this.#metrics.of("server").readings.delete(reading);
      metrics.of("server").readings.add(reading);
    }
    this.#metrics = metrics;
  }
}

function tracerOf({ tracerProvider }: Providers): Tracer {
  return (tracerProvider ?? traceApi).getTracer(SCOPE_NAME, SCOPE_VERSION);
}

function tracingOf(tracer: Tracer, options: ResolvedTracing): Tracing {
  return { tracer, options, emit: options.as === "spans" ? emitSpan(tracer) : emitLog };
}
