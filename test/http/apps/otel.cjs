// An SDK in memory, with the instrumentations that INSTRUMENTATIONS names and ours, which has the options in OPTIONS and
// is left out with OURS=0.
const { diag, DiagLogLevel, metrics, propagation, context, trace } = require("@opentelemetry/api");
const { AsyncLocalStorageContextManager } = require("@opentelemetry/context-async-hooks");
const { W3CTraceContextPropagator } = require("@opentelemetry/core");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { AggregationTemporality, InMemoryMetricExporter } = require("@opentelemetry/sdk-metrics");
const { MeterProvider, PeriodicExportingMetricReader } = require("@opentelemetry/sdk-metrics");
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require("@opentelemetry/sdk-trace");
const { WebSocketInstrumentation } = require("opentelemetry-websocket");

const errors = [];
const ignore = () => {};
diag.setLogger(
  { error: (...args) => errors.push(args.join(" ")), warn: ignore, info: ignore, debug: ignore, verbose: ignore },
  DiagLogLevel.ERROR,
);

const spans = new InMemorySpanExporter();
const started = [];
const watch = { onStart: (span) => void started.push(span), onEnd() {}, async forceFlush() {}, async shutdown() {} };
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans }), watch] }),
);
const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
const meterProvider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(meterProvider);

const instrumentation = new WebSocketInstrumentation({
  enabled: process.env.OURS !== "0",
  ...JSON.parse(process.env.OPTIONS ?? "{}"),
});
const wanted = (process.env.INSTRUMENTATIONS ?? "http").split(",");
const others = {
  http: () => new (require("@opentelemetry/instrumentation-http").HttpInstrumentation)(),
  express: () => new (require("@opentelemetry/instrumentation-express").ExpressInstrumentation)(),
  undici: () => new (require("@opentelemetry/instrumentation-undici").UndiciInstrumentation)(),
};
const instances = Object.fromEntries(wanted.map((name) => [name, others[name]()]));
registerInstrumentations({ instrumentations: Object.values(instances) });

const described = (span) => ({
  name: span.name,
  scope: span.instrumentationScope.name,
  kind: span.kind,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentId: span.parentSpanContext?.spanId,
  attributes: span.attributes,
});

/** Prints what was recorded, and `more`, for the test. */
async function report(more = {}) {
  await meterProvider.forceFlush();
  const collected = points.getMetrics().at(-1)?.scopeMetrics ?? [];
  const sampled = collected.flatMap((scope) =>
    scope.metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.reduce((sum, { value }) => sum + (value.count ?? value), 0),
    ]),
  );
  const ended = spans.getFinishedSpans().map(described);
  const open = started.filter((span) => !span.ended).map(described);
  console.log(
    `report ${JSON.stringify({ spans: ended, open, metrics: Object.fromEntries(sampled), errors, ...more })}`,
  );
}

module.exports = { instances, instrumentation, report, tracer: trace.getTracer("application") };
