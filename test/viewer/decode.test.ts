import { SeverityNumber, SpanKind, SpanStatusCode, TraceFlags, ValueType } from "@opentelemetry/api";
import { AggregationType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import type { ResourceMetrics as CollectedMetrics } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeRequest } from "../../src/viewer/decode.ts";
import type { Telemetry } from "../../src/viewer/otlp.ts";
import { plainAttributes } from "../../src/viewer/otlp.ts";
import type { Receiver } from "../../src/viewer/receiver.ts";
import { startReceiver } from "../../src/viewer/receiver.ts";
import { binarySchema } from "../../src/viewer/schema.ts";
import { exporters, logsSdk } from "../support/exporters.ts";
import { latest, logs, points, spans } from "../support/query.ts";

const encodings = ["protobuf", "json"] as const;

let receiver: Receiver;
let received: Telemetry[] = [];
beforeAll(async () => {
  receiver = await startReceiver({ onTelemetry: (telemetry) => received.push(telemetry) });
});
afterAll(() => receiver.close());

/** What the receiver makes of one export. */
async function exported(send: (done: (result: { code: number; error?: Error }) => void) => void): Promise<Telemetry> {
  received = [];
  await new Promise<void>((resolve, reject) => {
    send(({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error("export failed"))));
  });
  expect(received).toHaveLength(1);
  return received[0] ?? {};
}

describe("spans of the SDK", () => {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: memory })] });
  const tracer = provider.getTracer("a scope", "1.2.3");
  const linked = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: TraceFlags.SAMPLED,
  };
  const span = tracer.startSpan("websocket /chat", {
    kind: SpanKind.SERVER,
    startTime: [1_700_000_000, 123_456_789],
    links: [{ context: linked, attributes: { "link.index": 3 } }],
    attributes: {
      text: "zażółć 🐝",
      empty: "",
      zero: 0,
      integer: 42,
      negative: -42,
      large: 2 ** 60,
      largeNegative: -(2 ** 60),
      double: 0.1,
      negativeDouble: -1.5e-7,
      yes: true,
      no: false,
      strings: ["a", "b"],
      mixed: [1, -2, 0.5],
      none: [],
      bytes: new Uint8Array([0, 1, 254, 255]),
      nested: { inner: { deep: -7 } },
    },
  });
  span.addEvent("an event", { "event.attribute": "x" }, [1_700_000_001, 5]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: "went wrong" });
  span.end([1_700_000_002, 0]);

  test.each(encodings)("are decoded from %s", async (encoding) => {
    const exporter = new exporters[encoding].traces({ url: `${receiver.url}/v1/traces` });
    const telemetry = await exported((done) => exporter.export(memory.getFinishedSpans(), done));
    const [decoded] = spans(telemetry);
    expect(decoded).toMatchObject({
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: "",
      name: "websocket /chat",
      kind: 2,
      startTimeUnixNano: "1700000000123456789",
      endTimeUnixNano: "1700000002000000000",
      status: { code: 2, message: "went wrong" },
      scope: "a scope",
      droppedEventsCount: 0,
    });
    expect(decoded?.events).toEqual([
      {
        name: "an event",
        timeUnixNano: "1700000001000000005",
        attributes: [{ key: "event.attribute", value: { stringValue: "x" } }],
        droppedAttributesCount: 0,
      },
    ]);
    expect(decoded?.links).toMatchObject([
      {
        traceId: linked.traceId,
        spanId: linked.spanId,
        attributes: [{ key: "link.index", value: { intValue: 3 } }],
      },
    ]);
    expect(plainAttributes(decoded?.attributes ?? [])).toEqual({
      text: "zażółć 🐝",
      empty: "",
      zero: 0,
      integer: 42,
      negative: -42,
      large: "1152921504606846976",
      largeNegative: "-1152921504606846976",
      double: 0.1,
      negativeDouble: -1.5e-7,
      yes: true,
      no: false,
      strings: ["a", "b"],
      mixed: [1, -2, 0.5],
      none: [],
      bytes: "AAH+/w==",
      nested: { inner: { deep: -7 } },
    });
  });

  test("are the same from both encodings, plain and compressed", async () => {
    const results: Telemetry[] = [];
    for (const encoding of encodings) {
      for (const compression of ["none", "gzip"] as const) {
        const exporter = new exporters[encoding].traces({ url: `${receiver.url}/v1/traces`, compression });
        results.push(await exported((done) => exporter.export(memory.getFinishedSpans(), done)));
      }
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

describe("metrics of the SDK", () => {
  class Reader extends MetricReader {
    protected async onShutdown(): Promise<void> {}
    protected async onForceFlush(): Promise<void> {}
  }
  const reader = new Reader();
  const provider = new MeterProvider({
    readers: [reader],
    views: [
      { instrumentName: "exponential", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      {
        instrumentName: "explicit",
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [1, 10, 100] } },
      },
    ],
  });
  const meter = provider.getMeter("a scope");
  let metrics: CollectedMetrics;

  beforeAll(async () => {
    const counter = meter.createCounter("counter", { valueType: ValueType.INT, unit: "{message}" });
    counter.add(3, { direction: "sent" });
    counter.add(2 ** 53 + 2, { direction: "received" });
    meter.createUpDownCounter("up.down", { valueType: ValueType.INT }).add(-5);
    meter.createGauge("gauge").record(0.25);
    const explicit = meter.createHistogram("explicit", { unit: "s" });
    const exponential = meter.createHistogram("exponential");
    for (const value of [0.5, 5, 5.5, 1000]) {
      explicit.record(value);
      exponential.record(value);
    }
    exponential.record(0);
    metrics = (await reader.collect()).resourceMetrics;
  });

  test.each(encodings)("are decoded from %s", async (encoding) => {
    const exporter = new exporters[encoding].metrics({ url: `${receiver.url}/v1/metrics` });
    const telemetry = await exported((done) => exporter.export(metrics, done));
    expect(latest(telemetry, "counter", { direction: "sent" })).toMatchObject([
      { kind: "sum", unit: "{message}", point: { asInt: 3 } },
    ]);
    expect(latest(telemetry, "counter", { direction: "received" })).toMatchObject([
      { point: { asInt: "9007199254740994" } },
    ]);
    expect(points(telemetry, "up.down")).toMatchObject([{ value: -5 }]);
    expect(points(telemetry, "gauge")).toMatchObject([{ kind: "gauge", value: 0.25, point: { asDouble: 0.25 } }]);
    expect(points(telemetry, "explicit")[0]?.point).toMatchObject({
      count: 4,
      sum: 1011,
      min: 0.5,
      max: 1000,
      explicitBounds: [1, 10, 100],
      bucketCounts: [1, 2, 0, 1],
    });
    const exponential = points(telemetry, "exponential")[0]?.point;
    expect(exponential).toMatchObject({ count: 5, zeroCount: 1, min: 0, max: 1000 });
    expect(exponential?.positive?.bucketCounts.reduce((total: number, count) => total + Number(count), 0)).toBe(4);
    const sum = telemetry.resourceMetrics?.[0]?.scopeMetrics[0]?.metrics.find(({ name }) => name === "counter")?.sum;
    expect(sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
  });

  test("are the same from both encodings", async () => {
    const results: Telemetry[] = [];
    for (const encoding of encodings) {
      const exporter = new exporters[encoding].metrics({ url: `${receiver.url}/v1/metrics` });
      results.push(await exported((done) => exporter.export(metrics, done)));
    }
    expect(results[1]).toEqual(results[0]);
  });
});

describe("log records of the SDK", () => {
  const memory = new logsSdk.InMemoryLogRecordExporter();
  const processors = [new logsSdk.SimpleLogRecordProcessor({ exporter: memory })];
  new logsSdk.LoggerProvider({ processors }).getLogger("a scope").emit({
    eventName: "websocket.connection.opened",
    severityNumber: SeverityNumber.INFO,
    timestamp: 1_700_000_000_000,
    body: "text",
    attributes: { "websocket.close.code": 1006, "websocket.close.clean": false },
  });

  test.each(encodings)("are decoded from %s", async (encoding) => {
    const exporter = new exporters[encoding].logs({ url: `${receiver.url}/v1/logs` });
    const telemetry = await exported((done) => exporter.export(memory.getFinishedLogRecords(), done));
    const [record] = logs(telemetry, { name: "websocket.connection.opened" });
    expect(record).toMatchObject({
      severityNumber: 9,
      timeUnixNano: "1700000000000000000",
      body: { stringValue: "text" },
      traceId: "",
      spanId: "",
      attributes: [
        { key: "websocket.close.code", value: { intValue: 1006 } },
        { key: "websocket.close.clean", value: { boolValue: false } },
      ],
    });
  });
});

describe("what the SDK for JavaScript does not send", () => {
  const json = (body: unknown): Telemetry => decodeRequest("metrics", "json", Buffer.from(JSON.stringify(body)));
  const request = binarySchema.lookupType("ExportMetricsServiceRequest");

  test("summaries and exemplars are decoded alike", () => {
    const summary = {
      dataPoints: [{ count: "3", sum: 6.5, timeUnixNano: "7", quantileValues: [{ quantile: 0.5, value: 2 }] }],
    };
    const exemplars = [{ asInt: "-9", timeUnixNano: "8" }];
    const histogram = { dataPoints: [{ count: "1", bucketCounts: ["1", "0"], explicitBounds: [0], exemplars }] };
    const body = {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: "a", summary },
                { name: "b", histogram },
              ],
            },
          ],
        },
      ],
    };
    const decoded = json(body);
    expect(points(decoded, "a")).toMatchObject([
      { kind: "summary", point: { count: 3, quantileValues: [{ value: 2 }] } },
    ]);
    expect(points(decoded, "b")[0]?.point.exemplars).toMatchObject([{ asInt: -9, traceId: "" }]);
    const binary = request.encode(request.fromObject(body)).finish();
    expect(decodeRequest("metrics", "protobuf", binary)).toEqual(decoded);
  });

  test("64-bit integers are exact up to the ends of their range", () => {
    const values = ["9223372036854775807", "-9223372036854775808", "9007199254740991", 5];
    const dataPoints = values.map((asInt) => ({ asInt }));
    const decoded = json({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "a", sum: { dataPoints } }] }] }] });
    expect(points(decoded, "a").map(({ point }) => point.asInt)).toEqual([
      "9223372036854775807",
      "-9223372036854775808",
      9_007_199_254_740_991,
      5,
    ]);
  });

  test("ids are lower-cased, unknown fields and enumeration names of later versions are skipped", () => {
    const span = { traceId: "0AF7651916CD43DD8448EB211C80319C", spanId: "b7ad6b7169203331", laterField: { a: 1 } };
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }], later: 1 }));
    expect(spans(decodeRequest("traces", "json", body))).toMatchObject([
      { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "", kind: 0 },
    ]);
  });
});

describe("a malformed body", () => {
  const deep = `${'{"arrayValue":{"values":['.repeat(5000)}{}${"]}}".repeat(5000)}`;
  const inSpan = (fields: string): string => `{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`;

  test.each([
    ["text that is no JSON", "json", "{", "JSON"],
    ["an empty body as JSON", "json", "", "JSON"],
    ["bytes that are no UTF-8", "json", Buffer.from([0x7b, 0xff, 0x7d]), "utf-8"],
    ["an array", "json", "[]", "expected object"],
    ["a list that is none", "json", '{"resourceSpans":{}}', "expected array"],
    ["a trace id that is too short", "json", inSpan('"traceId":"abc"'), "traceId must have 32 hexadecimal digits"],
    ["a span id that is no hexadecimal", "json", inSpan('"spanId":"zzzzzzzzzzzzzzzz"'), "spanId must have 16"],
    ["a time that is no integer", "json", inSpan('"startTimeUnixNano":"soon"'), "invalid integer"],
    ["values nested too deep", "json", inSpan(`"attributes":[{"key":"a","value":${deep}}]`), "max depth"],
    ["protobuf that ends early", "protobuf", Buffer.from([0x0a, 0x7f, 0x01]), "not an OTLP traces request in protobuf"],
    ["JSON where protobuf is announced", "protobuf", '{"resourceSpans":[]}', "not an OTLP traces request in protobuf"],
  ] as const)("with %s is refused with the reason", (_, encoding, body, message) => {
    expect(() => decodeRequest("traces", encoding, Buffer.from(body))).toThrow(message);
    expect(() => decodeRequest("traces", encoding, Buffer.from(body))).toThrow(
      expect.objectContaining({ name: "MalformedBody" }),
    );
  });
});
